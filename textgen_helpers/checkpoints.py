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

    Written under temporary names, then moved. Raises ValueError for a
    vocabulary of another size than the model's, OSError if the disk refuses.
    """
    directory = Path(directory)
    if len(vocabulary) != model.output_shape[-1]:
        raise ValueError("This vocabulary is not the model's: sizes differ.")
    path = directory / f"ckpt_{epoch}{_END}"
    weights, about = directory / f"part{_END}", directory / "part.json"
    facts = {"model": _sizes(model), "vocabulary": vocabulary.characters}
    facts["settings"] = asdict(settings)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        model.save_weights(weights)
        facts["sha256"] = _digest(weights, facts)
        about.write_text(json.dumps(facts, indent=1), encoding="utf-8")
        weights.replace(path)
        about.replace(_about(path))
    except OSError as error:
        with contextlib.suppress(OSError):
            weights.unlink()
        reason = error.strerror or str(error).splitlines()[0]
        raise OSError(
            f"Epoch {epoch} could not be saved ({reason}): free some space "
            f"for {str(directory)!r}, or make it writable."
        ) from error
    return path


def list_checkpoints(directory: Path) -> list[Path]:
    """Return the finished checkpoints of a directory, in epoch order."""
    paths = Path(directory).glob(f"ckpt_*{_END}")
    whole = (p for p in paths if epoch_of(p) and _about(p).exists())
    return sorted(whole, key=epoch_of)


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

    The batch size may differ. A model that is compiled as it was when saved
    gets its optimizer's state too. Raises as `read_checkpoint` does, and
    ValueError for another vocabulary or other sizes.
    """
    facts = read_checkpoint(path)
    asked = {"vocabulary": vocabulary.characters, "model": _sizes(model)}
    for what, value in asked.items():
        if value != facts[what]:
            there = f"{path} has another {what}, {facts[what]!r}, than asked"
            raise ValueError(f"{there}, {value!r}: use that, or train again.")
    if model.compiled:
        model.optimizer.build(model.trainable_variables)
    with warnings.catch_warnings():  # it may have been saved uncompiled
        warnings.filterwarnings("ignore", "Skipping variable loading")
        model.load_weights(path)
    return epoch_of(Path(path))


def restore_for_sampling(path: Path) -> tuple[keras.Sequential, Vocabulary]:
    """Return a model with batch size 1, and its vocabulary.

    `path` is a checkpoint or a directory. Raises as `read_checkpoint` does.
    """
    path = latest_checkpoint(path) if Path(path).is_dir() else path
    facts = read_checkpoint(path)
    vocabulary = Vocabulary(facts["vocabulary"])
    model = build_model(len(vocabulary), batch_size=1, **facts["model"])
    model.load_weights(path)
    return model, vocabulary


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return a checkpoint's sizes ("model"), "vocabulary" and "settings".

    Raises FileNotFoundError if a part is missing, ValueError on damage.
    """
    path = Path(path)
    if not path.is_file() or not _about(path).is_file():
        raise FileNotFoundError(f"No checkpoint {path} with a .json beside it.")
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        facts = json.loads(_about(path).read_text(encoding="utf-8"))
        if facts.pop("sha256") == _digest(path, facts):
            return facts
    raise ValueError(f"{path} is damaged: load another, or train again.")


def epoch_of(path: Path) -> int:
    """Return the epoch in a checkpoint's name; 0 for any other name."""
    number = path.name.removeprefix("ckpt_").removesuffix(_END)
    return int(number) if number.isdecimal() else 0


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


def _digest(weights: Path, facts: dict[str, Any]) -> str:
    about = json.dumps(facts, sort_keys=True).encode()
    return hashlib.sha256(weights.read_bytes() + about).hexdigest()
