"""Ids to batches of inputs and targets.

The text is held once; a batch is cut out of it when its turn comes.
"""

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
    windows = tf.data.Dataset.range(count)  # numbers: cheap to shuffle
    if shuffle:
        windows = windows.shuffle(min(BUFFER_SIZE, count), seed=seed)
    text = _hold(ids)

    def cut(numbers: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return _cut(text, numbers * (seq_length + 1), seq_length)

    batches = windows.batch(batch_size, drop_remainder=True)
    return batches.map(cut).prefetch(tf.data.AUTOTUNE)


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
    rows = tf.range(batch_size, dtype=tf.int64) * length
    text = _hold(ids)

    def cut(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return _cut(text, rows + step * seq_length, seq_length)

    steps = tf.data.Dataset.range(length // seq_length)
    return steps.map(cut).prefetch(tf.data.AUTOTUNE)


def _hold(ids: np.ndarray) -> tf.Tensor:
    """Return ids as a tensor of the smallest type that can hold them.

    It goes over in pieces, for TensorFlow copies each twice on the way.
    """
    kinds = (np.uint8, np.uint16, np.int32)
    small = next(k for k in kinds if ids.max() <= np.iinfo(k).max)
    pieces = np.array_split(ids, 8)
    return tf.concat([tf.constant(p.astype(small)) for p in pieces], axis=0)


def _cut(
    text: tf.Tensor, starts: tf.Tensor, seq_length: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return inputs and targets that begin at `starts`, int64 (batch,)."""
    steps = tf.range(seq_length + 1, dtype=tf.int64)
    chunk = tf.gather(text, starts[:, tf.newaxis] + steps)
    return split_input_target(tf.cast(chunk, tf.int32))


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
