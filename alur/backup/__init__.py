"""One file that brings a house back, without the persons' keys."""
