"""Running examples and scenarios; coverage and mutation of rules."""
