"""A definition: its typed form, and the reader that tells every problem with line and column."""
