"""The running program. This package and `cli` are the only ones that join the parts."""
