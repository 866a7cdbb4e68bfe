"""The front door: settings, embedded services, wiring and the command line."""
