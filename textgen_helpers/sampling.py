"""A model and a start string to text: one character at a time."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .model import recurrent_layers
from .vocabulary import Vocabulary


def generate_text(
    model: keras.Sequential,
    vocabulary: Vocabulary,
    start_string: str | Sequence[str],
    num_generate: int = 1000,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
) -> str | list[str]:
    """Return the start string, continued by `num_generate` characters.

    The model reads the whole start string before it writes. A list of start
    strings gives a list of texts. The same `seed` gives the same text. The
    model's own state and batch size play no part.

    Raises ValueError without a start string, for a character that the
    vocabulary lacks, a negative `num_generate`, and as `filter_logits` does.
    """
    starts = [start_string] if isinstance(start_string, str) else start_string
    prompts = [_encode_start(vocabulary, start) for start in starts]
    if num_generate < 0 or not prompts:
        raise ValueError(
            "Give at least one start string, and a num_generate of 0 or more."
        )
    pick = functools.partial(
        filter_logits, temperature=temperature, top_k=top_k, top_p=top_p
    )
    pick(tf.zeros((1, len(vocabulary))))  # a wrong setting fails at once
    if seed is None:
        seed = int(tf.random.uniform((), maxval=2**31 - 1, dtype=tf.int32))
    rows = _continue(model, prompts, num_generate, pick, seed)
    texts = [vocabulary.decode(row) for row in rows]
    return texts[0] if isinstance(start_string, str) else texts


def _continue(
    model: keras.Sequential,
    prompts: list[np.ndarray],
    num_generate: int,
    pick: Callable[[tf.Tensor], tf.Tensor],
    seed: int,
) -> list[np.ndarray]:
    """Return each prompt's ids with the ids that the model adds to them."""
    lengths = np.array([len(prompt) for prompt in prompts])
    total = lengths.max() + num_generate
    ids = keras.utils.pad_sequences(prompts, total, padding="post")
    step, states = _compiled_step(model), _zero_states(model, len(prompts))
    for i in range(ids.shape[1] - 1):
        logits, states = step(tf.constant(ids[:, i]), states)
        writing = lengths <= i + 1  # the other rows still read their prompt
        if writing.any():
            drawn = tf.random.stateless_categorical(pick(logits), 1, [seed, i])
            ids[writing, i + 1] = drawn.numpy()[writing, 0]
    return [ids[i, : n + num_generate] for i, n in enumerate(lengths)]


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
    Ties with the last one kept are kept too. Raises ValueError unless
    `temperature` is positive and finite, `top_k` 1 to vocab, `top_p` 0 to 1.
    """
    if not 1e-30 <= temperature < math.inf:  # what float32 can divide by
        raise ValueError(
            f"temperature must be positive and finite, but is {temperature}: "
            "try 0.5 to 1.2; for the likeliest character, set top_k=1."
        )
    if top_k is not None and not 1 <= top_k <= logits.shape[-1]:
        most = logits.shape[-1]
        raise ValueError(f"top_k must be from 1 to {most}, but is {top_k}.")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, not {top_p}.")
    logits = logits / temperature
    if top_k is not None:
        logits = _drop_below(logits, tf.math.top_k(logits, top_k).values)
    if top_p is not None:
        ordered = tf.sort(logits, direction="DESCENDING")
        before = tf.cumsum(tf.nn.softmax(ordered), axis=-1, exclusive=True)
        kept = tf.where(before < top_p, ordered, math.inf)
        logits = _drop_below(logits, kept)
    return logits


def next_char_logits(
    model: keras.Sequential, vocabulary: Vocabulary, text: str
) -> tf.Tensor:
    """Return the logits of the character after `text`, float (vocab,)."""
    step, states = _compiled_step(model), _zero_states(model, 1)
    for idx in _encode_start(vocabulary, text):
        logits, states = step(tf.constant([idx]), states)
    return logits[0]


def _drop_below(logits: tf.Tensor, kept: tf.Tensor) -> tf.Tensor:
    least = tf.reduce_min(kept, axis=-1, keepdims=True)
    return tf.where(logits < least, -math.inf, logits)


def _encode_start(vocabulary: Vocabulary, start: str) -> np.ndarray:
    if not start:
        raise ValueError("The start string is empty: give it a character.")
    return vocabulary.encode(start)


def _zero_states(model: keras.Sequential, batch_size: int) -> list[Any]:
    rnns = recurrent_layers(model)
    return [rnn.cell.get_initial_state(batch_size) for rnn in rnns]


@functools.lru_cache(maxsize=8)
def _compiled_step(model: keras.Sequential) -> Callable[..., Any]:
    """Return ids (batch,), states -> logits (batch, vocab), new states."""

    @tf.function(reduce_retracing=True)
    def step(ids: tf.Tensor, states: list[Any]) -> tuple[tf.Tensor, Any]:
        x, old, new = ids, iter(states), []
        for layer in model.layers:
            if isinstance(layer, keras.layers.RNN):
                x, state = layer.cell(x, next(old))
                new.append(state)
            else:
                x = layer(x, training=False)
        return x, new

    return step
