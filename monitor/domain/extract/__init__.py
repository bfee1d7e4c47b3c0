"""Dates, amounts and periods read from English and Chinese text."""
