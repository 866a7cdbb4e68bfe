"""What goes in and out as JSON; the description at /api/openapi.json is made from these."""
