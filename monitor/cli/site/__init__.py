"""`site`: the pages of where each commitment stands."""
