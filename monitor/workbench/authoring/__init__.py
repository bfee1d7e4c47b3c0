"""Writing rules: new commitments, added examples, editor set-up."""
