"""What the tests of resuming compare."""

from pathlib import Path

import numpy as np

from textgen_helpers.model.checkpoints import read_weights


def assert_same_arrays(path: Path, expected_path: Path) -> None:
    """Compare weights, optimizer and random numbers of two checkpoints."""
    arrays, _ = read_weights(path)
    expected, _ = read_weights(expected_path)
    assert list(arrays) == list(expected)
    for name, array in arrays.items():
        assert np.array_equal(array, expected[name]), name
