"""Compiles checked rule files into a rulebook."""
