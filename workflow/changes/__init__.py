"""What each type of event changes in a case: one noun a module, each with its table `CHANGES`."""
