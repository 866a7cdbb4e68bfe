"""One reader for each part of a definition: from a place in a file to its typed form."""
