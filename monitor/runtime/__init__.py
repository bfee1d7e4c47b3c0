"""The running program: the only package, beside cli, that joins the parts."""
