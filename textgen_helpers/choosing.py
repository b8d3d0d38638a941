"""Logits to the next character: temperature, top-k, nucleus, the draw."""

import math

import tensorflow as tf


def filter_logits(
    logits: tf.Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tf.Tensor:
    """Return logits to sample from, float (batch, vocab) like the given ones.

    They are divided by `temperature`; then all but the `top_k` largest become
    minus infinity, and all outside of the nucleus, the smallest set of
    characters whose probabilities reach `top_p` (Holtzman et al., 2020).
    Ties with the last one kept are kept too. Raises as `check_knobs` does.
    """
    check_knobs(logits.shape[-1], temperature, top_k, top_p)
    return apply_knobs(logits, temperature, top_k, top_p)


def check_knobs(
    vocab_size: int,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
) -> None:
    """Raise ValueError for a knob that is out of its range.

    `temperature` must be positive and finite, `top_k` from 1 to `vocab_size`,
    `top_p` above 0 and at most 1; the last two may be None.
    """
    if not 1e-30 <= temperature < math.inf:  # what float32 can divide by
        raise ValueError(
            f"temperature must be positive and finite, but is {temperature}: "
            "try 0.5 to 1.2; for the likeliest character, set top_k=1."
        )
    if top_k is not None and not 1 <= top_k <= vocab_size:
        raise ValueError(
            f"top_k must be from 1 to {vocab_size}, but is {top_k}."
        )
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, not {top_p}.")


def apply_knobs(
    logits: tf.Tensor,
    temperature: float | tf.Tensor,
    top_k: int | tf.Tensor | None,
    top_p: float | tf.Tensor | None,
) -> tf.Tensor:
    """Do what `filter_logits` does, in a graph too: knobs may be tensors."""
    logits = logits / temperature
    ordered = tf.sort(logits, direction="DESCENDING")
    if top_k is not None:
        least = ordered[:, top_k - 1, tf.newaxis]
        logits, ordered = (_drop(x, x < least) for x in (logits, ordered))
    if top_p is not None:
        before = tf.cumsum(tf.nn.softmax(ordered), axis=-1, exclusive=True)
        kept = tf.where(before < top_p, ordered, math.inf)
        least = tf.reduce_min(kept, axis=-1, keepdims=True)
        logits = _drop(logits, logits < least)
    return logits


def draw(logits: tf.Tensor, uniform: tf.Tensor) -> tf.Tensor:
    """Return a character of each row, int32 (batch,), by its probability.

    Probabilities are laid end to end; the one that `uniform`, a number from
    0 to below 1 for each row (batch, 1), falls into is drawn.
    """
    ends = tf.cumsum(tf.nn.softmax(logits), axis=-1)
    passed = ends <= uniform * ends[:, -1:]
    return tf.reduce_sum(tf.cast(passed, tf.int32), axis=-1)


def _drop(logits: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    return tf.where(where, -math.inf, logits)
