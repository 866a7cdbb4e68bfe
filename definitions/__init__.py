"""Processes, offices, calendars and card templates: data only."""
