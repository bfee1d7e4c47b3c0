"""`feeds`: list, add, check and import feeds."""
