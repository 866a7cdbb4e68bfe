"""The demo's processes: each is driven over HTTP as persons would, with every step timed."""
