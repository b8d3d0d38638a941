"""How good is it? The bits that each character of a text costs a model."""

import math
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from .training import loss, nats_to_bits

STREAMS, PIECE = 32, 100  # rows that are read at once, characters at a time


def uniform_bits(vocab_size: int) -> float:
    """Return the bits per character of a fair draw of any character."""
    return math.log2(vocab_size)


def bits_per_char(
    model: keras.Sequential, ids: np.ndarray, window: int | None = None
) -> float:
    """Return the model's mean cost of a character, in bits.

    `ids` has shape (characters,). They are read as `surprises` reads them, in
    32 streams, or fewer, if there are not 100 characters for each. With a
    `window`, a number of characters, they are read in windows of that length
    that each begin with an empty state; the incomplete last one is left out.
    The model itself and its state stay as they are. Raises ValueError for
    fewer than 101 ids, or fewer than a window and one more.
    """
    needed = (window or PIECE) + 1
    if len(ids) < needed:
        raise ValueError(
            f"There are {len(ids)} ids to measure on, but it needs at least "
            f"{needed}: take a longer text."
        )
    if window:
        return float(_in_windows(model, ids, window).mean())
    streams = min(STREAMS, (len(ids) - 1) // PIECE)
    return float(surprises(model, ids, streams).mean())


def surprises(
    model: keras.Sequential, ids: np.ndarray, streams: int = 1
) -> np.ndarray:
    """Return what each character costs the model, in bits.

    That is -log2 of the probability that it gave to the character. `ids`
    (characters,) are cut into `streams` rows, read side by side, each from an
    empty state on. Float (streams, characters): element [i, t] belongs to
    character t + 1 of row i, for the first one of a row is only read. Fewer
    than `streams` characters at the end are left out. Raises ValueError for
    fewer than one character and one more for each stream.
    """
    if not 1 <= streams < len(ids):
        raise ValueError(
            f"streams must be from 1 to {len(ids) - 1}, for there are "
            f"{len(ids)} ids, but is {streams}: take a longer text, or fewer."
        )
    length = (len(ids) - 1) // streams
    rows = ids[length * np.arange(streams)[:, None] + np.arange(length + 1)]
    read = _reader(model, streams)
    pieces = [
        read(rows[:, t : min(t + PIECE, length) + 1])
        for t in range(0, length, PIECE)
    ]
    return np.concatenate(pieces, axis=1)


def _in_windows(
    model: keras.Sequential, ids: np.ndarray, window: int
) -> np.ndarray:
    """Return the cost of characters in windows, float (windows, window)."""
    starts = np.arange(0, len(ids) - window, window)
    rows = ids[starts[:, None] + np.arange(window + 1)]
    read = _reader(model, None)
    groups = range(0, len(rows), STREAMS)  # all at once take much memory
    return np.concatenate([read(rows[i : i + STREAMS]) for i in groups])


def _reader(
    model: keras.Sequential, batch_size: int | None
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from ids (batch, time + 1) to bits (batch, time).

    With a batch size its state is carried from call to call; without one,
    each call begins with an empty state.
    """
    shape = keras.Input(batch_shape=(batch_size, None), dtype="int32")
    copies = [_copy(layer, bool(batch_size)) for layer in model.layers]
    reader = keras.Sequential([shape, *copies])
    reader.set_weights(model.get_weights())

    @tf.function(reduce_retracing=True)
    def cost(ids: tf.Tensor) -> tf.Tensor:
        return loss(ids[:, 1:], reader(ids[:, :-1], training=False))

    def bits(ids: np.ndarray) -> np.ndarray:
        return nats_to_bits(cost(tf.constant(ids, tf.int32)).numpy())

    return bits


def _copy(layer: keras.Layer, stateful: bool) -> keras.Layer:
    """Return a layer like this one that, if recurrent, carries its state."""
    config = layer.get_config()
    if "stateful" in config:
        config["stateful"] = stateful
    return type(layer).from_config(config)
