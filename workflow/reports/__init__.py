"""The reports that an office owes: counted from events and facts alone, exactly, in both languages. Pure."""
