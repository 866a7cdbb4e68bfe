"""Pages, one user group a file."""
