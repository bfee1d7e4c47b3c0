"""What is decided, and nothing else: no I/O, no clock, no framework."""
