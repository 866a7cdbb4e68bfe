"""What would have been: past cases led through another definition by the engine's own rules. Pure."""
