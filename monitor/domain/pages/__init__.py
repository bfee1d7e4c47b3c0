"""What the pages and the files for machines say: view models made from verdicts, changes and evidence."""
