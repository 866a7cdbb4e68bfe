"""The functions that RQ may call, by name: thin, and safe to call twice."""

from workers.jobs.draining import drain
from workers.jobs.lifting import lift
from workers.jobs.performing import perform

__all__ = ["drain", "lift", "perform"]
