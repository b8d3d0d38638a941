"""Programs of tools/: notebooks, slides, training, and own texts."""
