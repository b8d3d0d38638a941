"""Tests of the model: its layers, its copies, its files."""
