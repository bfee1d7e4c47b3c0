"""The servers that readers run on: models, asked over HTTP."""
