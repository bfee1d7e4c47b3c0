"""`backup`, `restore`, `health`, `upgrade` and `completion`: what an operator does."""
