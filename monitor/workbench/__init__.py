"""The workbench of people who write rules: what works over many stories, rule files or examples.

Pure of databases and clocks: stories, folders and moments are passed in, and facts come back for the command line to show.
"""
