"""Warnings of likely mistakes in rule files."""
