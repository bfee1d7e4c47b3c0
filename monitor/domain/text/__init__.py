"""Text as the matcher sees it: folding, sentences, phrases, patterns."""
