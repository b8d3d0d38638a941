"""A killed training is compared with one that was left alone."""

import numpy as np
import pytest

from benchmarks.kills import count_differences, count_epochs
from textgen_helpers.model.checkpoints import write_weights

ARRAYS = {"weights_0": np.zeros(3), "random_0": np.ones(2)}
LOSSES = {"loss": [2.0, 1.5], "val_loss": [2.1, 1.7]}


@pytest.mark.parametrize(
    ("arrays", "losses", "different"),
    [
        ({}, {}, 0),
        ({"random_0": np.zeros(2)}, {}, 1),
        ({"optimizer_0": np.zeros(2)}, {}, 1),
        ({}, {"loss": [2.0, 1.6]}, 1),
        ({"weights_0": np.ones(3)}, {"val_loss": [2.1, 1.8]}, 2),
    ],
)
def test_each_difference_counts(tmp_path, arrays, losses, different) -> None:
    folders = (tmp_path / "killed", tmp_path / "alone")
    contents = ((ARRAYS, LOSSES), (ARRAYS | arrays, LOSSES | losses))
    for folder, (numbers, history) in zip(folders, contents, strict=True):
        description = {"epoch": 2, "training": {}, "history": history}
        write_weights(folder / "ckpt_2.npz", numbers, description)
    assert count_differences(*folders) == different
    assert count_epochs(folders[0]) == 2


def test_without_a_checkpoint_no_epoch_is_saved(tmp_path) -> None:
    assert count_epochs(tmp_path / "nothing") == 0
