"""The ways that `compare` compares: each returns its seconds per unit."""

import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import textgen_helpers as tg
from textgen_helpers.hardware import time_matmul
from textgen_helpers.settings import FULL, ONE_MINUTE, ROOT, Settings
from textgen_helpers.text.batches import split_input_target
from textgen_helpers.training.recipes import make_optimizer

Way = Callable[[], float]  # does the work, returns its seconds per unit
VOCAB = 65
BATCH = FULL.batch_size
LENGTH = FULL.seq_length
QUICK = ONE_MINUTE  # in 32-bit numbers
QUICK_STEPS = 20  # of an epoch that is timed
CHARACTERS = 1_115_394  # the full corpus


def peer_sizes(settings: Settings) -> dict[str, float]:
    """Return what other libraries must know of a training."""
    return {
        "vocab_size": VOCAB,
        "embedding_dim": settings.embedding_dim,
        "rnn_units": settings.rnn_units,
        "batch_size": settings.batch_size,
        "seq_length": settings.seq_length,
        "learning_rate": settings.learning_rate,
        "dropout": settings.dropout,
        "weight_decay": settings.weight_decay,
    }


PEER_SIZES = {"lesson": peer_sizes(FULL), "quick": peer_sizes(QUICK)}


def batch_shape(settings: Settings) -> str:
    """Return the rows and the characters of a batch."""
    return f"{settings.batch_size} x {settings.seq_length}"


def character_flops(settings: Settings) -> float:
    """Return the operations in the products for a character, forwards.

    They are a multiplication and an addition for each weight that it meets.
    """
    units = settings.rnn_units
    gates = (settings.embedding_dim + units) * 3 * units
    return 2 * (gates + units * VOCAB)


def step_flops(settings: Settings) -> float:
    """Return the operations of a training step: backwards takes twice more."""
    positions = settings.batch_size * settings.seq_length
    return 3 * character_flops(settings) * positions


def matrix_rates() -> dict[str, float]:
    """Return multiplications and additions a second, by number format.

    The best of some 40 products of a GRU step's size.
    """
    flops = 2 * 64 * 1024 * 3072
    rates = {}
    for dtype in ("float32", "bfloat16"):
        best_ms = min(time_matmul(dtype) for _ in range(6))
        rates[dtype] = 1000 * flops / best_ms
    return rates


@functools.cache
def corpus() -> str:
    """Return the full corpus; without it, the play repeated.

    Only its length and its letters matter here.
    """
    try:
        return tg.load_corpus("shakespeare")
    except OSError as error:
        print(f"{error} Until then, the play is used, eight times in a row.")
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
    return _train(tg.to_keras_gru(tg.build_model(VOCAB)))


def train_fast(dtype: str) -> Way:
    """Time a training step with FastGRU, in a number format."""
    return _train(tg.build_model(VOCAB, dtype=dtype))


def _train(model: keras.Sequential) -> Way:
    step = tg.make_train_step(model, keras.optimizers.Adam())
    inputs, targets = next(iter(tg.window_batches(corpus_ids(), seed=0)))
    return _timed(lambda: float(step(inputs, targets)))


def quick_in_the_loop(*, is_keras: bool) -> Way:
    """Time a step of the quick recipe in a loop: Keras's own GRU, or ours."""
    model = tg.compiled_model(QUICK, VOCAB, QUICK_STEPS)
    if is_keras:
        model = tg.to_keras_gru(model)
    optimizer = make_optimizer(QUICK, QUICK.epochs * QUICK_STEPS)
    step = tg.make_train_step(model, optimizer)
    batches = quick_batches()

    def epoch() -> None:
        for inputs, targets in batches:
            float(step(inputs, targets))

    return _timed(epoch, QUICK_STEPS)


def quick_in_fit() -> Way:
    """Time a step of the quick recipe in `fit`."""
    model = tg.compiled_model(QUICK, VOCAB, QUICK_STEPS)
    batches = quick_batches()
    return _timed(
        lambda: model.fit(batches, shuffle=False, verbose=0), QUICK_STEPS
    )


def quick_batches() -> tf.data.Dataset:
    """Return the batches of an epoch of the quick recipe."""
    length, rows = QUICK.seq_length, QUICK.batch_size
    ids = corpus_ids()[: QUICK_STEPS * rows * length + 1]
    return tg.stream_batches(ids, length, rows)


def write_as_the_lesson(count: int = 100) -> Way:
    """Time the classic loop: the whole model, called for each character."""
    model = tg.to_keras_gru(tg.build_model(VOCAB, batch_size=1))

    def work() -> None:
        tg.reset_states(model)
        idx, text = tf.constant([[1]]), []
        for _ in range(count):
            logits = tf.squeeze(model(idx), 0) / 1.0
            sampled = tf.random.categorical(logits, num_samples=1)[-1, 0]
            idx = tf.expand_dims([sampled], 0)
            text.append(vocabulary().idx2char[sampled.numpy()])

    return _timed(work, count)


def write_by_steps(count: int = 300) -> Way:
    """Time the same loop around one compiled step."""
    model = tg.to_keras_gru(tg.build_model(VOCAB, batch_size=1))

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
    return _call("write_first")


def pipeline_bytes() -> float | None:
    """Return the pipeline's bytes a character at the peak; Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    return _call("hold_text")


def in_new_processes(program: str) -> Way:
    """Time a program in new processes, without the start of Python itself."""
    lines = (
        "import time",
        "start = time.perf_counter()",
        program,
        "print(time.perf_counter() - start)",
    )

    def way() -> float:
        printed = _in_a_process_of_its_own("-c", "\n".join(lines))
        return float(printed.splitlines()[-1])

    return way


def _in_a_process_of_its_own(*arguments: str) -> str:
    """Return what a new Python prints, in the quick profile."""
    return subprocess.check_output(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "TEXTGEN_PROFILE": "quick"},
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _call(function: str) -> float:
    """Return the number that a function here prints in a new process."""
    return float(_in_a_process_of_its_own("-m", "benchmarks.ways", function))


def encode_one_by_one() -> Way:
    """Time the classic lesson's list comprehension."""
    char2idx, text = vocabulary().char2idx, corpus()
    return _timed(lambda: np.array([char2idx[char] for char in text]))


def encode() -> Way:
    """Time `Vocabulary.encode`."""
    return _timed(lambda: vocabulary().encode(corpus()))


def draw_as_the_lesson() -> Way:
    """Time an epoch of the classic pipeline: sliced character by character."""
    batches = lesson_pipeline(corpus_ids())
    return _timed(lambda: [None for _ in batches])


def lesson_pipeline(
    ids: np.ndarray, seed: int | None = None
) -> tf.data.Dataset:
    """Return an epoch's batches as the classic lesson makes them."""
    characters = tf.data.Dataset.from_tensor_slices(ids)
    sequences = characters.batch(LENGTH + 1, drop_remainder=True)
    pairs = sequences.map(split_input_target)
    return pairs.shuffle(10_000, seed).batch(BATCH, drop_remainder=True)


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


def hold_text(characters: int = 20_000_000) -> None:
    """Print the bytes a character that batches of a long text take."""
    rng = np.random.default_rng(0)
    warm = rng.integers(VOCAB, size=BATCH * (LENGTH + 1), dtype=np.int32)
    next(iter(tg.window_batches(warm)))
    before = _resident_bytes("VmRSS")
    ids = rng.integers(VOCAB, size=characters, dtype=np.int32)
    next(iter(tg.window_batches(ids)))
    print((_resident_bytes("VmHWM") - before) / characters)


def _resident_bytes(name: str) -> int:
    """Return this process's memory, now (VmRSS) or at its peak (VmHWM)."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split(f"{name}:")[1].split()[0])


if __name__ == "__main__":
    programs = {"write_first": write_first, "hold_text": hold_text}
    programs[sys.argv[1]]()
