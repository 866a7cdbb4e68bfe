"""Commands of the front door, one noun a file."""
