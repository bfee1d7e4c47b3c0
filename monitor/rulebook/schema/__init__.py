"""The shape of the rule files: the models that editor, checker and documentation share."""
