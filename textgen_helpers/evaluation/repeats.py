"""Results of trainings with other first weights, stored with the course."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..model.checkpoints import describe_training
from ..settings import DATA_DIR, Settings

PATH = DATA_DIR / "repeats.json"

Results = dict[str, dict[str, list[float]]]


def stored_results(recipe: Settings, train_ids: np.ndarray) -> Results:
    """Return what trainings like this one gave, with other first weights.

    Args:
        recipe: Sizes and rates of the training.
        train_ids: The text that it reads, int32 (characters,).

    Returns:
        Bits per character of held-out text: for each way to train, and for
        each way to measure, one for each training. Nothing if the course has
        none of this recipe and this text.

    Example:
        `earlier = tg.stored_results(recipe, train_ids)`

    Notebook 3 uses it; `benchmarks/repeats.py` has measured them.
    """
    training = describe_training(recipe, train_ids)
    for entry in read_entries():
        if is_same(entry["training"], training):
            return entry["results"]
    return {}


def read_entries() -> list[dict[str, Any]]:
    """Return all that is stored; nothing if the file is missing."""
    if not PATH.is_file():
        return []
    return json.loads(PATH.read_text(encoding="utf-8"))


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two trainings differ in their number format at most."""
    keys = ("settings", "train_ids_sha256")
    return all(one[key] == other[key] for key in keys)
