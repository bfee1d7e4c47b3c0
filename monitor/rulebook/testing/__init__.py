"""The examples and scenarios in rule files."""
