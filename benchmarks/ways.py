"""The ways that `compare.py` compares: each returns its seconds per unit."""

import functools
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import textgen_helpers as tg
from textgen_helpers.machine import product_seconds

Way = Callable[[], float]  # does the work, returns its seconds per unit
VOCAB, EMBEDDING, UNITS = 65, tg.FULL.embedding_dim, tg.FULL.rnn_units
BATCH, LENGTH = tg.FULL.batch_size, tg.FULL.seq_length
CHARACTERS = 1_115_394  # the full corpus
SIZES = f"{BATCH} x {LENGTH}"
# A multiplication and an addition for each weight that a character meets.
WEIGHTS = (EMBEDDING + UNITS) * 3 * UNITS + UNITS * VOCAB
CHARACTER_FLOPS = 2 * WEIGHTS
STEP_FLOPS = CHARACTER_FLOPS * BATCH * LENGTH


def matrix_rates() -> dict[str, float]:
    """Return multiplications and additions a second, by number format.

    The best of some 40 products of a GRU step's size.
    """
    flops = 2 * 64 * 1024 * 3072
    formats = ("float32", "bfloat16")
    best = {n: min(product_seconds(n) for _ in range(6)) for n in formats}
    return {name: flops / seconds for name, seconds in best.items()}


@functools.cache
def corpus() -> str:
    """Return the full corpus; without it, the play again and again.

    What it says does not matter here, but its length and its letters do.
    """
    try:
        return tg.load_corpus("shakespeare")
    except OSError as error:
        print(f"{error} Until then, the play eight times takes its place.")
        return (tg.load_corpus("sample") * 8)[:CHARACTERS]


@functools.cache
def vocabulary() -> tg.Vocabulary:
    """Return the corpus's vocabulary."""
    return tg.Vocabulary.from_text(corpus())


@functools.cache
def corpus_ids() -> np.ndarray:
    """Return the corpus as ids, int32 (characters,)."""
    return vocabulary().encode(corpus())


def _timed(work: Callable[[], Any], units: float = 1) -> Way:
    work()  # compiles

    def way() -> float:
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) / units

    return way


def train_keras() -> Way:
    """Time a training step with Keras's own GRU."""
    return _train(tg.with_keras_gru(tg.build_model(VOCAB)))


def train_fast(dtype: str) -> Way:
    """Time a training step with FastGRU, in a number format."""
    return _train(tg.build_model(VOCAB, dtype=dtype))


def _train(model: keras.Sequential) -> Way:
    step = tg.make_train_step(model, keras.optimizers.Adam())
    inputs, targets = next(iter(tg.window_batches(corpus_ids(), seed=0)))
    return _timed(lambda: float(step(inputs, targets)))


def write_as_the_lesson(count: int = 100) -> Way:
    """Time the classic loop: the whole model, called for each character."""
    model = tg.with_keras_gru(tg.build_model(VOCAB, batch_size=1))

    def work() -> None:
        tg.reset_states(model)
        idx, text = tf.constant([[1]]), []
        for _ in range(count):
            logits = tf.squeeze(model(idx), 0) / 1.0
            drawn = tf.random.categorical(logits, num_samples=1)[-1, 0].numpy()
            idx = tf.expand_dims([drawn], 0)
            text.append(vocabulary().idx2char[drawn])

    return _timed(work, count)


def write_by_steps(count: int = 300) -> Way:
    """Time the same loop around one compiled step."""
    model = tg.with_keras_gru(tg.build_model(VOCAB, batch_size=1))

    @tf.function
    def step(idx: tf.Tensor) -> tf.Tensor:
        logits = model(idx)[:, -1]
        return tf.random.categorical(logits, 1, dtype=tf.int32)

    def work() -> None:
        tg.reset_states(model)
        idx = tf.constant([[1]])
        for _ in range(count):
            idx = step(idx)
            idx.numpy()

    return _timed(work, count)


def write(texts: int, dtype: str, count: int = 1000) -> Way:
    """Time `generate_text` on some texts at once."""
    model = tg.build_model(VOCAB, batch_size=1, dtype=dtype)
    starts = ["ROMEO: "] * texts

    def work() -> None:
        tg.generate_text(model, vocabulary(), starts, count, seed=1)

    return _timed(work, texts * count)


def first_call() -> float:
    """Return the seconds of the first text in a new process, compiled too."""
    answer = subprocess.check_output(
        [sys.executable, __file__], stderr=subprocess.DEVNULL, text=True
    )
    return float(answer)


def encode_one_by_one() -> Way:
    """Time the classic lesson's list comprehension."""
    char2idx, text = vocabulary().char2idx, corpus()
    return _timed(lambda: np.array([char2idx[char] for char in text]))


def encode() -> Way:
    """Time `Vocabulary.encode`."""
    return _timed(lambda: vocabulary().encode(corpus()))


def draw_as_the_lesson() -> Way:
    """Time an epoch of the classic pipeline: sliced character by character."""
    characters = tf.data.Dataset.from_tensor_slices(corpus_ids())
    sequences = characters.batch(LENGTH + 1, drop_remainder=True)
    pairs = sequences.map(tg.split_input_target)
    batches = pairs.shuffle(10_000).batch(BATCH, drop_remainder=True)
    return _timed(lambda: [None for _ in batches])


def draw(make: Callable[..., tf.data.Dataset]) -> Way:
    """Time an epoch of one of this package's pipelines."""
    batches = make(corpus_ids())
    return _timed(lambda: [None for _ in batches])


def write_first(count: int = 1000) -> None:
    """Print the seconds that this process takes for its first text."""
    model = tg.build_model(VOCAB, batch_size=1)
    letters = tg.Vocabulary.from_text(tg.load_corpus("sample"))
    start = time.perf_counter()
    tg.generate_text(model, letters, "ROMEO: ", count, seed=1)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    write_first()
