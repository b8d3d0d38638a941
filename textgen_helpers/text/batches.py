"""Ids to batches of inputs and targets.

The text is held once, or is on disk; a batch is cut out of it when its turn
comes.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from .disk import EncodedText

BUFFER_SIZE = 10_000
"""Windows that wait in the shuffle buffer, as in the classic lesson."""

_BATCHES_PER_READ = 16
"""Batches that one call to Python cuts out of a text on disk.

A call waits for Python and maps the file: together that takes longer than to
cut a batch, so a call for each batch would be two to three times as slow.
"""


def split_input_target(chunk: Any) -> tuple[Any, Any]:
    """Split a piece of text into what is read and what should follow.

    The target at each step is the character that follows the input.

    Args:
        chunk: A string, or an array or tensor whose last axis is time.

    Returns:
        The chunk without its last character, and without its first one.

    Example:
        >>> split_input_target("hello")
        ('hell', 'ello')
    """
    if isinstance(chunk, str):
        return chunk[:-1], chunk[1:]
    return chunk[..., :-1], chunk[..., 1:]


def window_batches(
    ids: np.ndarray | EncodedText,
    seq_length: int = 100,
    batch_size: int = 64,
    *,
    shuffle: bool = True,
    seed: int | None = None,
) -> tf.data.Dataset:
    """Cut a text into windows, shuffle them in each epoch, and batch them.

    What does not fill a window or a batch is dropped.

    Args:
        ids: The text, integers of 0 or more (characters,), or a text on
            disk.
        seq_length: Characters in a window that are read.
        batch_size: Windows in a batch.
        shuffle: Whether the order changes from epoch to epoch.
        seed: The same seed gives the same orders, if TensorFlow's own seed
            is the same, too. None: new ones.

    Returns:
        Batches of inputs and targets, both int32 (batch_size, seq_length).

    Raises:
        ValueError: The text is too short for one batch, or a size is below 1.

    Example:
        >>> batches = tg.window_batches(np.arange(10), 2, 2, shuffle=False)
        >>> for inputs, targets in batches:
        ...     print(inputs.numpy().tolist(), targets.numpy().tolist())
        [[0, 1], [3, 4]] [[1, 2], [4, 5]]

    Notebook 3 builds these batches step by step.
    """
    _check_length(ids, seq_length, batch_size, batch_size * (seq_length + 1))
    count = len(ids) // (seq_length + 1)
    windows = tf.data.Dataset.range(count)  # numbers: cheap to shuffle
    if shuffle:
        windows = windows.shuffle(min(BUFFER_SIZE, count), seed=seed)

    def starts(numbers: tf.Tensor) -> tf.Tensor:
        return numbers * (seq_length + 1)

    batches = windows.batch(batch_size, drop_remainder=True)
    return _cut_batches(ids, batches, starts, seq_length)


def stream_batches(
    ids: np.ndarray | EncodedText,
    seq_length: int = 100,
    batch_size: int = 64,
    *,
    rows: range | None = None,
) -> tf.data.Dataset:
    """Cut a text into long rows that are read side by side, piece by piece.

    Row i of a batch continues where row i of the batch before it ended, so a
    stateful model can carry its state from batch to batch. What does not fill
    a piece of all rows is dropped.

    Args:
        ids: The text, integers of 0 or more (characters,), or a text on
            disk.
        seq_length: Characters in a piece.
        batch_size: Rows that the text is cut into.
        rows: The rows that are returned, side by side, as `range(8, 16)`: one
            machine's share, where several train together. None: all rows.

    Returns:
        Batches of inputs and targets, both int32 (rows, seq_length).

    Raises:
        ValueError: The text is too short for one batch, a size is below 1, or
            `rows` are not rows of the batch, or not side by side.

    Example:
        >>> for inputs, targets in tg.stream_batches(np.arange(9), 2, 2):
        ...     print(inputs.numpy().tolist(), targets.numpy().tolist())
        [[0, 1], [4, 5]] [[1, 2], [5, 6]]
        [[2, 3], [6, 7]] [[3, 4], [7, 8]]

    Notebook 3 builds these batches step by step.
    """
    _check_length(ids, seq_length, batch_size, batch_size * seq_length + 1)
    if rows is None:
        rows = range(batch_size)
    _check_rows(rows, batch_size)
    length = (len(ids) - 1) // batch_size
    row_starts = tf.range(rows.start, rows.stop, dtype=tf.int64) * length

    def starts(step: tf.Tensor) -> tf.Tensor:
        return row_starts + step[..., tf.newaxis] * seq_length

    steps = tf.data.Dataset.range(length // seq_length)
    return _cut_batches(ids, steps, starts, seq_length)


def _cut_batches(
    ids: np.ndarray | EncodedText,
    numbers: tf.data.Dataset,
    starts: Callable[[tf.Tensor], tf.Tensor],
    seq_length: int,
) -> tf.data.Dataset:
    """Return a batch for each element of `numbers`.

    `starts` turns such an element, or several with one axis more in front,
    into the positions where the rows begin, int64 (..., batch).
    """
    if isinstance(ids, EncodedText):
        batches = _cut_from_disk(ids, numbers, starts, seq_length)
    else:
        text = _smallest_tensor(ids)
        batches = numbers.map(lambda n: _cut(text, starts(n), seq_length))
    return batches.prefetch(tf.data.AUTOTUNE)


def _cut_from_disk(
    text: EncodedText,
    numbers: tf.data.Dataset,
    starts: Callable[[tf.Tensor], tf.Tensor],
    seq_length: int,
) -> tf.data.Dataset:
    """Return the batches of a text on disk; some are read at a time."""

    def cut(numbers: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        positions = _positions(starts(numbers), seq_length)
        chunk = tf.numpy_function(
            text.take, [positions], tf.int32, stateful=False
        )
        return split_input_target(tf.ensure_shape(chunk, positions.shape))

    batches = numbers.batch(_BATCHES_PER_READ).map(cut).unbatch()
    # `unbatch` forgets how many there are.
    return batches.apply(tf.data.experimental.assert_cardinality(len(numbers)))


def _smallest_tensor(ids: np.ndarray) -> tf.Tensor:
    """Return ids as a tensor of the smallest type that can hold them.

    They are converted in eight pieces: `tf.constant` copies its input twice,
    and this bounds the memory at the peak.
    """
    ids = np.asarray(ids)
    smallest, largest = int(ids.min()), int(ids.max())
    if smallest < 0 or largest > np.iinfo(np.int32).max:
        raise ValueError(
            f"Ids must be between 0 and {np.iinfo(np.int32).max}, but these "
            f"run from {smallest} to {largest}: encode the text with a "
            "vocabulary."
        )
    if largest <= np.iinfo(np.uint8).max:
        dtype: type = np.uint8
    elif largest <= np.iinfo(np.uint16).max:
        dtype = np.uint16
    else:
        dtype = np.int32
    pieces = np.array_split(ids, 8)
    return tf.concat([tf.constant(p.astype(dtype)) for p in pieces], axis=0)


def _cut(
    text: tf.Tensor, starts: tf.Tensor, seq_length: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return inputs and targets that begin at `starts`, int64 (batch,)."""
    chunk = tf.gather(text, _positions(starts, seq_length))
    return split_input_target(tf.cast(chunk, tf.int32))


def _positions(starts: tf.Tensor, seq_length: int) -> tf.Tensor:
    """Return where all characters are: `starts` with one more axis, time."""
    steps = tf.range(seq_length + 1, dtype=tf.int64)
    return starts[..., tf.newaxis] + steps


def _check_rows(rows: range, batch_size: int) -> None:
    """Raise ValueError for rows that are not a part of a batch."""
    if rows.step != 1 or not 0 <= rows.start < rows.stop <= batch_size:
        raise ValueError(
            f"rows must be one or more of the rows 0 to {batch_size - 1}, side "
            f"by side, but is {rows}: give a range as range({batch_size})."
        )


def _check_length(
    ids: np.ndarray | EncodedText,
    seq_length: int,
    batch_size: int,
    needed: int,
) -> None:
    """Raise ValueError for a text that is too short for one batch."""
    if seq_length < 1 or batch_size < 1:
        raise ValueError(
            "seq_length and batch_size must be at least 1, but are "
            f"{seq_length} and {batch_size}."
        )
    if len(ids) < needed:
        raise ValueError(
            f"The text has {len(ids):,} characters, but {batch_size} "
            f"sequences of {seq_length} need at least {needed:,}: take a "
            "longer text, a smaller batch_size or a smaller seq_length."
        )
