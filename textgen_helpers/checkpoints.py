"""A model to files and back: `ckpt_3.weights.h5`, `ckpt_3.json` beside it.

The first is in Keras's format, the second has what rebuilds the model.
"""

import contextlib
import hashlib
import json
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from .model import build_model, recurrent_layers
from .settings import Settings
from .vocabulary import Vocabulary

_END = ".weights.h5"


def save_checkpoint(
    model: keras.Sequential,
    epoch: int,
    directory: Path,
    vocabulary: Vocabulary,
    settings: Settings,
) -> Path:
    """Save a model (and its optimizer, if compiled), and return the path.

    Written under temporary names, then moved; checkpoints of this and later
    epochs, from an earlier run, give way. Raises OSError if the disk refuses.
    """
    weights, about = directory / f"part{_END}", directory / "part.json"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        model.save_weights(weights)
        content = {
            "model": _sizes(model),
            "vocabulary": vocabulary.characters,
            "settings": asdict(settings),
            "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        }
        about.write_text(json.dumps(content, indent=1), encoding="utf-8")
    except OSError as error:
        raise OSError(
            f"Epoch {epoch} could not be saved ({error}): free some space "
            f"for {str(directory)!r}, or make it writable."
        ) from error
    for old in list_checkpoints(directory):
        if _epoch(old) >= epoch:
            _about(old).unlink()
            old.unlink()
    path = directory / f"ckpt_{epoch}{_END}"
    weights.replace(path)
    about.replace(_about(path))
    return path


def list_checkpoints(directory: Path) -> list[Path]:
    """Return the finished checkpoints of a directory, in epoch order."""
    paths = Path(directory).glob(f"ckpt_*{_END}")
    return sorted((p for p in paths if _about(p).exists()), key=_epoch)


def latest_checkpoint(directory: Path) -> Path:
    """Return the checkpoint of the highest epoch; FileNotFoundError if none."""
    paths = list_checkpoints(directory)
    if not paths:
        raise FileNotFoundError(f"No checkpoint in {directory}: train first.")
    return paths[-1]


def load_checkpoint(
    model: keras.Sequential, vocabulary: Vocabulary, path: Path
) -> int:
    """Load weights into a model of the same sizes; return their epoch.

    The batch size may differ. A compiled model gets the optimizer's state
    back too. Raises FileNotFoundError where the checkpoint is missing, and
    ValueError where it is damaged or of another vocabulary or other sizes.
    """
    about = _read_about(path)
    if vocabulary.characters != about["vocabulary"]:
        raise ValueError(
            f"{path.name} was trained on {len(about['vocabulary'])} other "
            f"characters than the {len(vocabulary)} here: train on this text."
        )
    if _sizes(model) != about["model"]:
        raise ValueError(
            f"{path.name} holds a model of {about['model']}, but this one "
            f"has {_sizes(model)}: build it with the same sizes."
        )
    if model.compiled:
        model.optimizer.build(model.trainable_variables)
    with warnings.catch_warnings():  # it may have been saved uncompiled
        warnings.filterwarnings("ignore", "Skipping variable loading")
        model.load_weights(path)
    return _epoch(path)


def restore_for_sampling(path: Path) -> tuple[keras.Sequential, Vocabulary]:
    """Return a model with batch size 1, and its vocabulary.

    `path` is a checkpoint, or a directory whose latest is taken. Raises as
    `load_checkpoint` does.
    """
    path = latest_checkpoint(path) if Path(path).is_dir() else Path(path)
    about = _read_about(path)
    vocabulary = Vocabulary(about["vocabulary"])
    model = build_model(len(vocabulary), batch_size=1, **about["model"])
    load_checkpoint(model, vocabulary, path)
    return model, vocabulary


def _sizes(model: keras.Sequential) -> dict[str, Any]:
    """Return the arguments of `build_model` that shape the weights."""
    rnns = recurrent_layers(model)
    rates = [x.rate for x in model.layers if hasattr(x, "rate")]
    return {
        "embedding_dim": model.layers[0].output_dim,
        "rnn_units": rnns[0].units,
        "rnn_layers": len(rnns),
        "dropout": max(rates, default=0.0),
    }


def _about(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_END) + ".json")


def _epoch(path: Path) -> int:
    return int(path.name.removeprefix("ckpt_").removesuffix(_END))


def _read_about(path: Path) -> dict[str, Any]:
    if not path.is_file() or not _about(path).is_file():
        raise FileNotFoundError(
            f"There is no checkpoint {str(path)!r} with its .json beside it."
        )
    with contextlib.suppress(ValueError, KeyError, TypeError):
        about = json.loads(_about(path).read_text(encoding="utf-8"))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest == about["sha256"]:
            return about
    raise ValueError(
        f"The checkpoint {str(path)!r} is damaged: delete it, and load an "
        "earlier one or train again."
    )
