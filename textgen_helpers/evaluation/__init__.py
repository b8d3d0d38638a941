"""Notebooks 3, 4 and 6: how good a model is, and what it has learnt."""
