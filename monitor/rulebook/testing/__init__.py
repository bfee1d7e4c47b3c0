"""The examples and scenarios that rule files carry."""
