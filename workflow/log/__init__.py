"""The log that seals histories: its tree, its leaves and its signed checkpoints. Pure."""
