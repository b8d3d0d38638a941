"""Notebooks 3 and 5: training with `fit`, and in a loop of your own."""
