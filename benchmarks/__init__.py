"""Figures, each beside the floor it is held against, measured in the same run."""
