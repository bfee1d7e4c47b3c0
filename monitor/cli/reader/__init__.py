"""`reader`: the language model beside the rules: what it is asked, and how well it reads."""
