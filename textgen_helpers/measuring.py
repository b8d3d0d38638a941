"""How good is it? Bits per character, beside simple baselines."""

import math

import keras
import numpy as np

from .batches import stream_batches
from .model import reset_states
from .training import loss, nats_to_bits

PIECE = 100  # characters that are read between two sums of the loss


def bits_per_char(model: keras.Sequential, ids: np.ndarray) -> float:
    """Return the model's mean cost of a character, in bits.

    `ids` has shape (characters,). They are read as one stream for each row of
    the model's batch, with carried state; each stream starts with an empty
    one, and the characters that do not fill a piece are left out. The model's
    state is reset before and after. Raises ValueError if there are fewer ids
    than one piece of 100 characters for each row needs.
    """
    batch_size = model.input_shape[0]
    total, pieces = 0.0, 0
    reset_states(model)
    for inputs, targets in stream_batches(ids, PIECE, batch_size):
        logits = model(inputs, training=False)
        total += float(keras.ops.mean(loss(targets, logits)))
        pieces += 1
    reset_states(model)
    return nats_to_bits(total / pieces)


def uniform_bits(vocab_size: int) -> float:
    """Return the bits per character of a fair draw of any character."""
    return math.log2(vocab_size)


def unigram_bits(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int
) -> float:
    """Return the bits per character of `ids` under letter frequencies.

    The frequencies are counted in `train_ids`, with one added to each count,
    so that no character is impossible (Laplace's rule).
    """
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return float(-np.log2(counts / counts.sum())[ids].mean())


def bigram_bits(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int
) -> float:
    """Return the bits per character of `ids`, each judged by the one before.

    Pairs are counted in `train_ids`, with one added to each count. The first
    character has none before it and is left out. Raises ValueError for
    fewer than two ids.
    """
    if len(ids) < 2:
        raise ValueError(
            f"A pair needs two characters, but there are {len(ids)}: "
            "measure on a longer text."
        )
    counts = np.ones((vocab_size, vocab_size))
    np.add.at(counts, (train_ids[:-1], train_ids[1:]), 1)
    probabilities = counts / counts.sum(axis=1, keepdims=True)
    return float(-np.log2(probabilities[ids[:-1], ids[1:]]).mean())
