"""How messages leave: one small file a channel."""
