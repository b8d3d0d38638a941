"""A trained model that comes with the course: `data/pretrained.npz`.

It has the format of a checkpoint, with weights of 16 bits to be small.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..settings import DATA_DIR
from ..text.vocabulary import Vocabulary
from .checkpoints import (
    model_from,
    model_sizes,
    numbered,
    read_weights,
    write_weights,
)

PATH = DATA_DIR / "pretrained.npz"


def load_pretrained() -> tuple[keras.Sequential, Vocabulary]:
    """Return the trained model that comes with the course.

    It has read nine tenths of Shakespeare's text.

    Returns:
        The model, with batch size 1, and its vocabulary of 65 characters.

    Raises:
        FileNotFoundError: The file is missing.
        ValueError: The file is damaged.

    Example:
        >>> model, vocabulary = tg.load_pretrained()
        >>> len(vocabulary)
        65

    Notebook 1 lets it write; notebook 5 shows how it was trained.
    """
    arrays, description = _read()
    weights = {name: x.astype(np.float32) for name, x in arrays.items()}
    return model_from(weights, description)


def pretrained_info() -> dict[str, Any]:
    """Return the description of the pretrained model.

    Returns:
        "settings" and "history" of its training (loss and val_loss in nats,
        and seconds of each epoch), "corpus_sha256", "processor" and
        "versions", "parameters" (their number), "held_out" (nats per
        character, by how it was measured), "vocabulary", and the sizes of the
        "model".

    Raises:
        FileNotFoundError: The file is missing.
        ValueError: The file is damaged.

    Example:
        >>> tg.pretrained_info()["settings"]["rnn_layers"]
        2
    """
    return _read()[1]


def save_pretrained(
    model: keras.Sequential,
    vocabulary: Vocabulary,
    facts: Mapping[str, Any],
    path: Path = PATH,
) -> None:
    """Write the file that `load_pretrained` reads.

    `facts` is JSON and goes into the description.
    """
    weights = [array.astype(np.float16) for array in model.get_weights()]
    description = {
        **facts,
        "model": model_sizes(model),
        "vocabulary": vocabulary.characters,
    }
    write_weights(path, numbered("weights", weights), description)


def _read() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read the file; say where another one is to be had if that fails."""
    try:
        return read_weights(PATH)
    except (FileNotFoundError, ValueError) as error:
        raise type(error)(
            f"The pretrained model cannot be used: {PATH} is missing or "
            "damaged. Download the course again."
        ) from error
