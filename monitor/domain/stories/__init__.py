"""Which entries are one story: keys, near-duplicates, syndicated copies, retractions."""
