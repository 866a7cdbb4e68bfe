"""Checks across the parts of a definition; each tells its problems at the place to mend."""
