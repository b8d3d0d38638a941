"""Logits to the next character: temperature, top-k, nucleus, the draw."""

import math

import tensorflow as tf


def filter_logits(
    logits: tf.Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tf.Tensor:
    """Change logits so that sampling from them is safer or bolder.

    First all are divided by the temperature. Then those that may not be
    sampled become minus infinity. Logits equal to the last one that is kept
    are kept, too.

    Args:
        logits: Floats (batch, vocab).
        temperature: Divides the logits; above 0. Below 1 the text is safer.
        top_k: Keep the k largest logits. None: all.
        top_p: Keep the nucleus, the smallest set of characters whose
            probabilities together reach p (Holtzman et al., 2020). None: all.

    Returns:
        Logits, float (batch, vocab).

    Raises:
        ValueError: A parameter is out of its range.

    Example:
        >>> logits = tf.constant([[2.0, 1.0, 0.0]])
        >>> print(tg.filter_logits(logits, temperature=0.5, top_k=2).numpy())
        [[  4.   2. -inf]]

    The exercises of notebook 4 build it.
    """
    vocab_size = logits.shape[-1]
    check_sampling_parameters(vocab_size, temperature, top_k, top_p)
    return apply_sampling_parameters(logits, temperature, top_k, top_p)


def check_sampling_parameters(
    vocab_size: int,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
) -> None:
    """Raise ValueError for a parameter that is no number or out of its range.

    `temperature` must be positive and finite, `top_k` from 1 to `vocab_size`,
    `top_p` above 0 and at most 1; the last two may be None.
    """
    parameters = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    for name, value in parameters.items():
        is_missing = value is None and name != "temperature"
        if not is_missing and not _is_number(value):
            raise ValueError(f"{name} must be a number, but is {value!r}.")
    if not 1e-30 <= temperature < math.inf:  # what float32 can divide by
        raise ValueError(
            f"temperature must be positive and finite, but is {temperature}: "
            "try 0.5 to 1.2; for the likeliest character, set top_k=1."
        )
    if top_k is not None and not 1 <= top_k <= vocab_size:
        raise ValueError(
            f"top_k must be from 1 to {vocab_size}, but is {top_k}."
        )
    if top_k is not None and top_k != int(top_k):
        raise ValueError(f"top_k must be a whole number, but is {top_k}.")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(
            f"top_p must be above 0 and at most 1, but is {top_p}."
        )


def apply_sampling_parameters(
    logits: tf.Tensor,
    temperature: float | tf.Tensor,
    top_k: int | tf.Tensor | None,
    top_p: float | tf.Tensor | None,
) -> tf.Tensor:
    """Do what `filter_logits` does, unchecked: in a graph they are tensors."""
    logits = logits / temperature
    ordered = tf.sort(logits, direction="DESCENDING")
    if top_k is not None:
        smallest = ordered[:, top_k - 1, tf.newaxis]
        logits = _drop(logits, logits < smallest)
        ordered = _drop(ordered, ordered < smallest)
    if top_p is not None:
        before = tf.cumsum(tf.nn.softmax(ordered), axis=-1, exclusive=True)
        nucleus = tf.where(before < top_p, ordered, math.inf)
        smallest = tf.reduce_min(nucleus, axis=-1, keepdims=True)
        logits = _drop(logits, logits < smallest)
    return logits


def sample_ids(logits: tf.Tensor, uniform: tf.Tensor) -> tf.Tensor:
    """Sample one character for each row, int32 (batch,).

    The probabilities of a row are laid end to end from 0 to 1. The character
    is the one whose part `uniform`, a random number from 0 to below 1 for
    each row, (batch, 1), falls into.
    """
    ends = tf.cumsum(tf.nn.softmax(logits), axis=-1)
    passed = ends <= uniform * ends[:, -1:]
    return tf.reduce_sum(tf.cast(passed, tf.int32), axis=-1)


def _is_number(value: object) -> bool:
    """Tell whether a value compares and divides as a number does."""
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return not isinstance(value, str | bytes | bool)


def _drop(logits: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    """Make logits minus infinity where a condition holds."""
    return tf.where(where, -math.inf, logits)
