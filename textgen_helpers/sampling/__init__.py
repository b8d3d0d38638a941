"""Notebook 4: the model writes, one character at a time."""
