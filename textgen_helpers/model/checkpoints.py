"""A model to a file and back: weights and their description in one file.

`ckpt_3.npz` is a NumPy archive. It holds the weights, the optimizer's numbers
and the state of the random numbers, so that a training can go on as if it had
not been interrupted, and a description in JSON. The SHA-256 of all that is
the archive's comment.
"""

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..files import write_atomically
from ..settings import Settings
from ..text.disk import EncodedText
from ..text.vocabulary import Vocabulary
from .build import build_model, check_vocabulary, recurrent_layers

SUFFIX = ".npz"
_OLD_SUFFIX = ".weights.h5"
_HASH_LENGTH = 64  # hexadecimal digits of a SHA-256
_DESCRIPTION = "description"  # the name of the JSON text in the archive
_PIECE = 2**18  # ids that are hashed at a time

Arrays = dict[str, np.ndarray]


def save_checkpoint(
    model: keras.Sequential,
    epoch: int,
    directory: Path,
    vocabulary: Vocabulary,
    settings: Settings,
    *,
    train_ids: np.ndarray | EncodedText | None = None,
    optimizer: keras.optimizers.Optimizer | None = None,
    history: Mapping[str, list[float]] | None = None,
) -> Path:
    """Save a model after an epoch, with all that is needed to go on.

    The file is written under a temporary name and then moved, so it is whole
    or not there.

    Args:
        model: A model of `build_model`.
        epoch: Number of epochs that it has been trained for, at least 1.
        directory: Folder of the file; it is made if it is missing.
        vocabulary: The vocabulary that the model was trained with.
        settings: The settings of the training; they go into the description.
        train_ids: The text that it was trained on, int32 (characters,), or a
            text on disk. Its hash goes into the description.
        optimizer: The optimizer of a training loop of one's own. None: the
            one that the model is compiled with, if it is.
        history: Numbers of each epoch so far, by name, for the description.

    Returns:
        The path of the file, as `ckpt_3.npz`.

    Raises:
        ValueError: `epoch` is no whole number above 0, or the vocabulary is
            not the model's.
        OSError: The file cannot be written.

    Example:
        `path = tg.save_checkpoint(model, 3, folder, vocabulary, settings)`
    """
    directory = Path(directory)
    if not isinstance(epoch, Integral) or isinstance(epoch, bool) or epoch < 1:
        raise ValueError(
            f"epoch must be a whole number, at least 1, but is {epoch!r}."
        )
    epoch = int(epoch)  # JSON has no integers of NumPy
    check_vocabulary(model, len(vocabulary))
    optimizer = optimizer or (model.optimizer if model.compiled else None)
    arrays = numbered("weights", model.get_weights())
    arrays |= numbered("random", [s.numpy() for s in random_states(model)])
    if optimizer and optimizer.built:
        numbers = [np.asarray(x) for x in optimizer.variables]
        arrays |= numbered("optimizer", numbers)
    description = {
        "epoch": epoch,
        "model": model_sizes(model),
        "vocabulary": vocabulary.characters,
        "history": dict(history or {}),
        "training": describe_training(settings, train_ids),
    }
    path = checkpoint_path(directory, epoch)
    try:
        write_weights(path, arrays, description)
    except OSError as error:
        raise OSError(
            f"Epoch {epoch} could not be saved in {str(directory)!r} "
            f"({error.strerror or error}): the epochs saved before are whole. "
            "Free some space, or make the folder writable."
        ) from error
    return path


def list_checkpoints(directory: Path) -> list[Path]:
    """Return the checkpoints in a folder.

    Args:
        directory: The folder; it may be missing.

    Returns:
        Their paths, in the order of epochs.

    Example:
        >>> tg.list_checkpoints("no such folder")
        []
    """
    paths = Path(directory).glob(f"ckpt_*{SUFFIX}")
    return sorted((path for path in paths if epoch_of(path)), key=epoch_of)


def latest_checkpoint(directory: Path) -> Path:
    """Return the checkpoint with the most epochs of a folder's last training.

    A new training in a folder overwrites the first epochs of an older one; the
    later ones, which it has not reached, are passed over. If a file is damaged,
    a line says so, and the one before is returned.

    Args:
        directory: The folder of a training.

    Returns:
        The path of an undamaged checkpoint.

    Raises:
        FileNotFoundError: There is none.

    Example:
        `path = tg.latest_checkpoint(settings.checkpoint_dir)`
    """
    training = _first_training(directory)
    for path, description in undamaged_checkpoints(directory):
        if description["training"] == training:
            return path
    if list(Path(directory).glob(f"ckpt_*{_OLD_SUFFIX}")):
        raise FileNotFoundError(
            f"The checkpoints in {str(directory)!r} are of an older version "
            "of this course: train again."
        )
    raise FileNotFoundError(
        f"There is no checkpoint in {str(directory)!r}: train first."
    )


def _first_training(directory: Path) -> dict[str, Any] | None:
    """Return what the checkpoint with the fewest epochs says of its training.

    None if there is no undamaged one.
    """
    for path in list_checkpoints(directory):
        with contextlib.suppress(OSError, ValueError):
            return read_checkpoint(path)["training"]
    return None


def undamaged_checkpoints(
    directory: Path,
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield checkpoints and their descriptions, the last epoch first.

    What is damaged, or cannot be read, is named in a line and passed over.
    """
    for path in reversed(list_checkpoints(directory)):
        try:
            description = read_checkpoint(path)
        except (OSError, ValueError) as error:
            print(error)
        else:
            yield path, description


def load_checkpoint(
    model: keras.Sequential,
    vocabulary: Vocabulary,
    path: Path,
    *,
    optimizer: keras.optimizers.Optimizer | None = None,
) -> int:
    """Load weights into a model of the same sizes.

    The batch size may be another. The optimizer and the random numbers of
    dropout go on where they were when the checkpoint was saved.

    Args:
        model: A model of `build_model`.
        vocabulary: The vocabulary that goes with it.
        path: A checkpoint.
        optimizer: As in `save_checkpoint`.

    Returns:
        Number of epochs that the model has been trained for.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is damaged, or of a model of other sizes, another
            vocabulary or another optimizer.

    Example:
        `epochs = tg.load_checkpoint(model, vocabulary, path)`
    """
    arrays, description = read_weights(path)
    _check_same("vocabulary", description, vocabulary.characters, path)
    _check_same("model", description, model_sizes(model), path)
    optimizer = optimizer or (model.optimizer if model.compiled else None)
    numbers = _listed("optimizer", arrays)
    if optimizer and numbers:
        optimizer.build(model.trainable_variables)
        variables = optimizer.variables
        if [v.shape for v in variables] != [n.shape for n in numbers]:
            raise ValueError(
                f"{path} was saved with another kind of optimizer: use that, "
                "or train again."
            )
        for variable, number in zip(variables, numbers, strict=True):
            variable.assign(number)
    model.set_weights(_listed("weights", arrays))
    states = _listed("random", arrays)
    for variable, state in zip(random_states(model), states, strict=False):
        variable.assign(state)
    return description["epoch"]


def load_for_generation(path: Path) -> tuple[keras.Sequential, Vocabulary]:
    """Return a trained model that is ready to write.

    Args:
        path: A checkpoint, or a folder: then its latest one.

    Returns:
        The model, with batch size 1, and its vocabulary.

    Raises:
        FileNotFoundError: There is no checkpoint.
        ValueError: It is damaged.

    Example:
        `model, vocabulary = tg.load_for_generation(folder)`

    Notebook 4 does the same step by step.
    """
    path = Path(path)
    if path.is_dir():
        path = latest_checkpoint(path)
    return model_from(*read_weights(path))


def model_from(
    arrays: Arrays, description: Mapping[str, Any]
) -> tuple[keras.Sequential, Vocabulary]:
    """Return the model of a file that has been read, and its vocabulary."""
    vocabulary = Vocabulary(description["vocabulary"])
    model = build_model(len(vocabulary), batch_size=1, **description["model"])
    model.set_weights(_listed("weights", arrays))
    return model, vocabulary


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return the description of a checkpoint.

    It has "epoch", the sizes of the "model", "vocabulary", "history" and
    "training" (see `describe_training`). Raises FileNotFoundError if there is
    no such file, ValueError if it is damaged or no checkpoint of a training.
    """
    description = read_weights(path)[1]
    if not {"epoch", "training"} <= description.keys():
        raise ValueError(
            f"{path} holds a model, but is no checkpoint of a training."
        )
    return description


def describe_training(
    settings: Settings, train_ids: np.ndarray | EncodedText | None
) -> dict[str, Any]:
    """Return what makes a training this one and no other: JSON."""
    return {
        "settings": settings.hyperparameters(),
        "dtype": settings.dtype,
        "train_ids_sha256": None if train_ids is None else hash_ids(train_ids),
    }


def hash_ids(ids: np.ndarray | EncodedText) -> str:
    """Return the SHA-256 of ids as int32, in memory or on disk."""
    digest = hashlib.sha256()
    # In pieces, because a long text may not fit in memory as int32.
    for start in range(0, len(ids), _PIECE):
        piece = np.asarray(ids[start : start + _PIECE], dtype="<i4")
        digest.update(piece.tobytes())
    return digest.hexdigest()


def checkpoint_path(directory: Path, epoch: int) -> Path:
    """Return where the checkpoint of an epoch is."""
    return Path(directory) / f"ckpt_{epoch}{SUFFIX}"


def epoch_of(path: Path) -> int:
    """Return the epoch in a checkpoint's name; 0 for any other name."""
    number = path.name.removeprefix("ckpt_").removesuffix(SUFFIX)
    return int(number) if number.isdecimal() else 0


def model_sizes(model: keras.Sequential) -> dict[str, Any]:
    """Return the arguments of `build_model` that shape the weights."""
    layers = recurrent_layers(model)
    rates = [layer.rate for layer in model.layers if hasattr(layer, "rate")]
    return {
        "embedding_dim": model.layers[0].output_dim,
        "rnn_units": layers[0].units,
        "rnn_layers": len(layers),
        "dropout": max(rates, default=0.0),
    }


def write_weights(
    path: Path, arrays: Arrays, description: Mapping[str, Any]
) -> None:
    """Write arrays and what describes them to one file, whole or not at all.

    `description` is JSON. Raises OSError if the disk refuses.
    """
    text = json.dumps(description, indent=1)
    encoded = np.frombuffer(text.encode(), np.uint8)
    contents: dict[str, Any] = {_DESCRIPTION: encoded, **arrays}
    buffer = io.BytesIO()
    np.savez(buffer, **contents)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = bytes(_HASH_LENGTH)  # room for the hash
    content = buffer.getvalue()[:-_HASH_LENGTH]
    with write_atomically(path) as part:
        part.write_bytes(content + _hash(content))


def read_weights(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Return the arrays and the description that `write_weights` wrote.

    Raises FileNotFoundError if there is no such file, ValueError for a file
    that is damaged or of another kind.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if path.name.endswith(_OLD_SUFFIX):
        raise ValueError(
            f"{path} is of an older version of this course: train again."
        )
    data = path.read_bytes()
    content, digest = data[:-_HASH_LENGTH], data[-_HASH_LENGTH:]
    if digest != _hash(content):
        raise ValueError(
            f"{path} is damaged, or no file of this course: load another one, "
            "or delete it and train again."
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    text = arrays.pop(_DESCRIPTION).tobytes().decode()
    return arrays, json.loads(text)


def _check_same(
    name: str, description: Mapping[str, Any], expected: Any, path: Path
) -> None:
    """Raise ValueError if a checkpoint's description differs in one part."""
    if description[name] != expected:
        raise ValueError(
            f"{path} has another {name}, {description[name]!r}, than this "
            f"one, {expected!r}: use that, or train again."
        )


def random_states(model: keras.Sequential) -> list[Any]:
    """Return the variables that decide what dropout leaves out next."""
    return [
        layer.seed_generator.state
        for layer in model.layers
        if hasattr(layer, "seed_generator")
    ]


def numbered(name: str, arrays: list[np.ndarray]) -> Arrays:
    """Give each array a name with a number, as `weights_3`."""
    return {f"{name}_{i}": array for i, array in enumerate(arrays)}


def _listed(name: str, arrays: Arrays) -> list[np.ndarray]:
    """Return the arrays that `numbered` has named, in their order."""
    count = sum(key.startswith(f"{name}_") for key in arrays)
    return [arrays[f"{name}_{i}"] for i in range(count)]


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
