"""Commands for those who write rules."""
