"""How good is a model? The bits that each character of a text costs it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from ..model.build import clone_model, reset_states
from ..training.fit import loss, nats_to_bits

STREAMS = 32  # rows of text that are read side by side
CHUNK_SIZE = 100  # characters of each row that are read at a time

BLOCKS = 20  # parts of a text, to see how much it varies

_READERS = "_recorded_readers"  # where a model keeps them


@dataclass(frozen=True)
class Bits:
    """What a character of a text costs a model, and how exact that is.

    Example:
        >>> print(tg.Bits(1.984, 0.031), "or", tg.Bits(2.58))
        1.98 ± 0.03 or 2.58
    """

    mean: float
    """Bits per character; less is better."""
    error: float | None = None
    """The standard error of the mean; None if it is not known."""
    blocks: tuple[float, ...] = field(default=(), repr=False)
    """The means of 20 parts of the text, in order; none if not known."""

    def __str__(self) -> str:
        """Return the mean, and the error if there is one."""
        if self.error is None:
            return f"{self.mean:.2f}"
        return f"{self.mean:.2f} ± {self.error:.2f}"

    def __sub__(self, other: "Bits") -> "Bits":
        """Return how much more the first of two costs on the same text.

        The error is the paired one, that of the blocks' differences: what
        makes a block hard for both is not in them.

        Raises:
            ValueError: They have no blocks, or not the same number.
        """
        if not self.blocks or len(self.blocks) != len(other.blocks):
            raise ValueError(
                f"The two have {len(self.blocks)} and {len(other.blocks)} "
                "blocks: subtract what was measured on the same text, "
                "character by character."
            )
        differences = np.subtract(self.blocks, other.blocks)
        mean = self.mean - other.mean
        return Bits(mean, _error(differences), tuple(differences.tolist()))


def uniform_bits(vocab_size: int) -> float:
    """Return the bits per character if all characters are equally likely."""
    return math.log2(vocab_size)


def bits_per_char(
    model: keras.Sequential, ids: np.ndarray, window: int | None = None
) -> float:
    """Measure what a character of a text costs a model, on average.

    The model and its state stay as they are.

    Args:
        model: A model of `build_model`.
        ids: The text, int32 (characters,); 101 or more, or one more than a
            window.
        window: None: the text is cut into 32 long rows (fewer for a short
            text), and the state is carried along each row. A number: it is
            cut into windows of so many characters, each read with an empty
            state; the incomplete last one is left out.

    Returns:
        Bits per character; less is better.

    Raises:
        ValueError: The text is too short, or `window` is below 1.

    Example:
        >>> model = tg.build_model(2, embedding_dim=2, rnn_units=2)
        >>> model.layers[-1].set_weights([np.zeros((2, 2)), np.zeros(2)])
        >>> tg.bits_per_char(model, np.zeros(201, "int32"))  # 2 equal chances
        1.0

    Notebook 3 uses it first.
    """
    return measure_bits(model, ids, window).mean


def measure_bits(
    model: keras.Sequential, ids: np.ndarray, window: int | None = None
) -> Bits:
    """Measure as `bits_per_char` does, and how exact the number is.

    Args:
        model: A model of `build_model`.
        ids: The text, as for `bits_per_char`.
        window: As for `bits_per_char`.

    Returns:
        Bits per character, with their `standard_error`. Printed, they are
        such as "1.98 ± 0.03".

    Raises:
        ValueError: The text is too short, or `window` is below 1.

    Example:
        >>> model = tg.build_model(2, embedding_dim=2, rnn_units=2)
        >>> model.layers[-1].set_weights([np.zeros((2, 2)), np.zeros(2)])
        >>> print(tg.measure_bits(model, np.zeros(201, "int32")))
        1.00 ± 0.00
    """
    if window is not None and window < 1:
        raise ValueError(f"window must be at least 1, but is {window}.")
    min_length = (CHUNK_SIZE if window is None else window) + 1
    if len(ids) < min_length:
        raise ValueError(
            f"There are {len(ids)} ids to measure on, but at least "
            f"{min_length} are needed: take a longer text."
        )
    if window is not None:
        costs = _bits_in_windows(model, ids, window)
    else:
        streams = min(STREAMS, (len(ids) - 1) // CHUNK_SIZE)
        costs = surprisals(model, ids, streams)
    return mean_bits(costs)


def mean_bits(costs: np.ndarray) -> Bits:
    """Return the mean of characters' costs, and how exact it is.

    The error says how exactly these characters fix the mean, as far as 20
    parts of this text differ from each other (neighbouring characters are too
    alike to be counted one by one). Another text may lie farther away.

    Args:
        costs: Bits of each character, floats of any shape, in the order of
            the text.

    Returns:
        The mean, the standard deviation of the parts' means divided by the
        root of their number (0 for a single character), and these means.
    """
    parts = np.array_split(costs.ravel(), min(BLOCKS, costs.size))
    means = np.array([part.mean() for part in parts])
    return Bits(float(costs.mean()), _error(means), tuple(means.tolist()))


def surprisals(
    model: keras.Sequential, ids: np.ndarray, streams: int = 1
) -> np.ndarray:
    """Measure what each character of a text costs a model.

    The surprisal of a character is minus the binary logarithm of the
    probability that the model gave to it.

    Args:
        model: A model of `build_model`. It stays as it is.
        ids: The text, int32 (characters,). It is cut into rows that are read
            side by side, each from an empty state on. Characters that do not
            fill the rows, fewer than `streams`, are left out.
        streams: Number of rows.

    Returns:
        Bits, float (streams, characters). Element [i, t] belongs to character
        t + 1 of row i, since the first one of a row is only read.

    Raises:
        ValueError: There are not two characters for each row.

    Example:
        >>> model = tg.build_model(2, embedding_dim=2, rnn_units=2)
        >>> model.layers[-1].set_weights([np.zeros((2, 2)), np.zeros(2)])
        >>> print(tg.surprisals(model, np.array([0, 1, 1])))
        [[1. 1.]]
    """
    if not 1 <= streams < len(ids):
        raise ValueError(
            f"streams must be from 1 to {len(ids) - 1}, since there are "
            f"{len(ids)} ids, but is {streams}: take a longer text, or fewer."
        )
    length = (len(ids) - 1) // streams
    rows = ids[length * np.arange(streams)[:, None] + np.arange(length + 1)]
    read = _reader(model, streams)
    pieces = [
        read(rows[:, t : min(t + CHUNK_SIZE, length) + 1])
        for t in range(0, length, CHUNK_SIZE)
    ]
    return np.concatenate(pieces, axis=1)


def _error(means: np.ndarray) -> float:
    """Return the standard error of the mean of some means; 0 for one."""
    if len(means) < 2:
        return 0.0
    return float(np.std(means, ddof=1) / math.sqrt(len(means)))


def _bits_in_windows(
    model: keras.Sequential, ids: np.ndarray, window: int
) -> np.ndarray:
    """Return the bits of characters in windows, float (windows, window)."""
    starts = np.arange(0, len(ids) - window, window)
    rows = ids[starts[:, None] + np.arange(window + 1)]
    read = _reader(model, None)
    groups = range(0, len(rows), STREAMS)  # all at once take much memory
    return np.concatenate([read(rows[i : i + STREAMS]) for i in groups])


def _new_reader(
    model: keras.Sequential, batch_size: int | None
) -> tuple[keras.Sequential, Callable[[tf.Tensor], tf.Tensor]]:
    """Return a copy of a model, and what characters cost it, recorded."""
    is_stateful = batch_size is not None
    reader = clone_model(model, batch_size=batch_size, stateful=is_stateful)

    @tf.function(reduce_retracing=True)
    def nats(ids: tf.Tensor) -> tf.Tensor:
        return loss(ids[:, 1:], reader(ids[:, :-1], training=False))

    return reader, nats


def _reader(
    model: keras.Sequential, batch_size: int | None
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from ids (batch, time + 1) to bits (batch, time).

    With a batch size its state is carried from call to call; without one,
    each call begins with an empty state. What is recorded for it is kept with
    the model, and so it is freed with it.
    """
    readers = vars(model).setdefault(_READERS, {})
    if batch_size not in readers:
        readers[batch_size] = _new_reader(model, batch_size)
    reader, nats = readers[batch_size]
    reader.set_weights(model.get_weights())
    reset_states(reader)

    def bits(ids: np.ndarray) -> np.ndarray:
        return nats_to_bits(nats(tf.constant(ids, tf.int32)).numpy())

    return bits
