"""One script a step of the schema, in order."""
