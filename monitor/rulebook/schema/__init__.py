"""The shapes of rule files, for checker, editors and documentation."""
