"""Tests of the text: reading, numbering, cutting into batches."""
