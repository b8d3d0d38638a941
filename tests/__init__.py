"""The checks of `python tasks.py test`."""
