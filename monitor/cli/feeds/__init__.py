"""`feeds`: list, add and check feeds."""
