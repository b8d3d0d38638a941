"""Notebook 1: a text becomes batches of numbers."""
