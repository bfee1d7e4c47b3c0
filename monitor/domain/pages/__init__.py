"""View models of the pages and of the files for machines."""
