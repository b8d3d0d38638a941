"""Decks of slides: made from notebooks, and opened in a browser."""
