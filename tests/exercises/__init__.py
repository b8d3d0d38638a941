"""Tests of the exercises: the verdicts, the guesses, and every check."""
