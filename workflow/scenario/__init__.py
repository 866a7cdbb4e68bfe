"""Scenarios: the acceptance test of a process, as data. Read, told and counted here; performed by `alur.scenarios`."""
