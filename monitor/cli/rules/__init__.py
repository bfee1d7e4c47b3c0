"""`rules`: check and test what analysts write."""
