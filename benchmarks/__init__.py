"""How fast the program is, beside its peers and limits: one module a bench, `report` runs all and writes README.md."""
