"""The engine's store: PostgreSQL, written by one transaction a batch."""
