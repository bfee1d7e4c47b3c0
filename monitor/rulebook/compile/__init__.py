"""From checked rule files to the compiled rulebook."""
