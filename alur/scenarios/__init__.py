"""Performing scenarios against the real engine, in databases that are made for it and dropped."""
