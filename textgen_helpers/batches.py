"""Ids to batches of inputs and targets, sliced once."""

from typing import Any

import numpy as np
import tensorflow as tf

BUFFER_SIZE = 10_000
"""Windows that wait in the shuffle buffer, as in the classic lesson."""


def split_input_target(chunk: Any) -> tuple[Any, Any]:
    """Return a chunk without its last character, and without its first.

    `chunk` is a string, or an array or tensor whose last axis is time. The
    target at each step is the character that follows the input.
    """
    if isinstance(chunk, str):
        return chunk[:-1], chunk[1:]
    return chunk[..., :-1], chunk[..., 1:]


def window_batches(
    ids: np.ndarray,
    seq_length: int = 100,
    batch_size: int = 64,
    *,
    shuffle: bool = True,
    seed: int | None = None,
) -> tf.data.Dataset:
    """Cut ids into windows, shuffle them anew each epoch, and batch them.

    `ids` has shape (characters,). Each element of the dataset is a pair of
    inputs and targets, both int32 (batch_size, seq_length); what does not
    fill a window or a batch is dropped. Raises ValueError if the text is too
    short for one batch.
    """
    _check_length(ids, seq_length, batch_size, batch_size * (seq_length + 1))
    count = len(ids) // (seq_length + 1)
    windows = ids[: count * (seq_length + 1)].reshape(count, seq_length + 1)
    dataset = tf.data.Dataset.from_tensor_slices(windows)
    if shuffle:
        dataset = dataset.shuffle(min(BUFFER_SIZE, count), seed=seed)
    dataset = dataset.batch(batch_size, drop_remainder=True)
    return dataset.map(split_input_target).prefetch(tf.data.AUTOTUNE)


def stream_batches(
    ids: np.ndarray, seq_length: int = 100, batch_size: int = 64
) -> tf.data.Dataset:
    """Cut ids into parallel streams; row i of a batch continues in the next.

    `ids` has shape (characters,) and is cut into `batch_size` long rows; each
    batch is the next piece of all rows. Elements as in `window_batches`: the
    targets of a batch end with the inputs that begin the next. Raises
    ValueError if the text is too short for one batch.
    """
    _check_length(ids, seq_length, batch_size, batch_size * seq_length + 1)
    length = (len(ids) - 1) // batch_size
    starts = range(0, batch_size * length, length)
    rows = tf.constant(np.stack([ids[i : i + length + 1] for i in starts]))

    def piece(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        begin = tf.stack([0, tf.cast(step, tf.int32) * seq_length])
        chunk = tf.slice(rows, begin, [batch_size, seq_length + 1])
        return split_input_target(chunk)

    dataset = tf.data.Dataset.range(length // seq_length)
    return dataset.map(piece).prefetch(tf.data.AUTOTUNE)


def _check_length(
    ids: np.ndarray, seq_length: int, batch_size: int, needed: int
) -> None:
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
