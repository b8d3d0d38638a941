"""Notebooks 2 and 6: the network, its GRU layer, and its weights in files."""
