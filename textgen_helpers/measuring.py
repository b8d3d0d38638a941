"""How good is it? Bits per character, beside simple baselines."""

import math

import keras
import numpy as np
import tensorflow as tf

from .batches import stream_batches
from .training import loss, nats_to_bits

STREAMS, PIECE = 32, 100  # rows that are read at once, characters at a time


def bits_per_char(model: keras.Sequential, ids: np.ndarray) -> float:
    """Return the model's mean cost of a character, in bits.

    `ids` has shape (characters,). They are read as 32 contiguous streams
    (fewer, if there are not 100 characters for each) with carried state; each
    stream starts with an empty state, and what does not fill a last piece of
    100 characters is left out. The model itself and its state stay as they
    are. Raises ValueError for fewer than 101 ids.
    """
    batch_size = min(STREAMS, max(1, (len(ids) - 1) // PIECE))
    shape = keras.Input(batch_shape=(batch_size, None), dtype="int32")
    copies = [_carrying(layer) for layer in model.layers]
    reader = keras.Sequential([shape, *copies])
    reader.set_weights(model.get_weights())

    @tf.function
    def cost(inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(loss(targets, reader(inputs, training=False)))

    costs = [float(cost(*x)) for x in stream_batches(ids, PIECE, batch_size)]
    return nats_to_bits(float(np.mean(costs)))


def _carrying(layer: keras.Layer) -> keras.Layer:
    """Return a layer like this one that, if recurrent, carries its state."""
    config = layer.get_config()
    if "stateful" in config:
        config["stateful"] = True
    return type(layer).from_config(config)


def uniform_bits(vocab_size: int) -> float:
    """Return the bits per character of a fair draw of any character."""
    return math.log2(vocab_size)


def unigram_bits(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int
) -> float:
    """Return the bits per character of `ids` under letter frequencies.

    The frequencies are counted in `train_ids`, with one added to each count,
    so that no character is impossible (Laplace's rule). Raises ValueError
    without any id.
    """
    if not len(ids):
        raise ValueError("There is no id to measure: take a longer text.")
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
