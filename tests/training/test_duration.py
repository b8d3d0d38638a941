"""How long a training takes is computed from one measured step."""

import functools
import math
import random
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.model.build import build_model
from textgen_helpers.settings import FULL, ONE_MINUTE
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.training import duration
from textgen_helpers.training.duration import (
    Announcement,
    announce_training,
    describe_duration,
    quick_operations,
    step_operations,
    step_seconds,
    training_seconds,
)

QUICK_STEP = (ONE_MINUTE.batch_size, ONE_MINUTE.seq_length)


@functools.cache
def quick_model(dtype: str = "float32") -> keras.Sequential:
    sizes = (ONE_MINUTE.embedding_dim, ONE_MINUTE.rnn_units)
    return build_model(65, *sizes, ONE_MINUTE.batch_size, dtype=dtype)


def test_the_operations_are_those_of_the_products() -> None:
    lesson = build_model(65)
    # The kernel, the recurrent weights and the biases of the GRU; the dense
    # layer: all 4,021,569 parameters but those of the embedding.
    weights = 4_021_569 - 65 * 256
    expected = 6 * weights * 64 * 100 + 100 * 3e7
    assert step_operations(lesson, 64, 100) == pytest.approx(expected)
    assert FULL.rnn_units == 1024


def test_each_recurrent_layer_has_its_small_operations() -> None:
    sizes = {"embedding_dim": 8, "rnn_units": 16}
    one, two = (
        build_model(65, **sizes, rnn_layers=layers) for layers in (1, 2)
    )
    more = step_operations(two, 4, 10) - step_operations(one, 4, 10)
    second = 16 * 48 + 16 * 48 + 2 * 48
    assert more == pytest.approx(6 * second * 4 * 10 + 10 * 3e7)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_the_quick_step_takes_what_was_measured(dtype) -> None:
    model = quick_model(dtype)
    assert step_seconds(model, *QUICK_STEP) == pytest.approx(0.02)
    thousand = training_seconds(model, *QUICK_STEP, 1000)
    assert thousand == pytest.approx(duration.START_SECONDS + 20)


def test_measuring_gives_seconds_and_leaves_random_numbers_alone() -> None:
    random.seed(3)
    tf.random.set_seed(3)
    expected = random.random()
    random.seed(3)
    assert duration._time_quick_step("float32") > 0
    assert quick_operations("float32") > 0
    assert random.random() == expected


def test_it_is_announced(tiny, capsys) -> None:
    ids = np.zeros(4 * 10 * 30 + 1, np.int32)
    batches = stream_batches(ids, 10, 4)
    announced = announce_training(tiny, batches, 5)
    printed = capsys.readouterr().out
    assert printed == "150 steps: a few seconds on this machine\n"
    assert announced.seconds == training_seconds(tiny, 4, 10, 150)


def test_a_long_wait_comes_with_ways_out(tiny, capsys, monkeypatch) -> None:
    batches = stream_batches(np.zeros(4 * 10 * 30 + 1, np.int32), 10, 4)
    monkeypatch.setattr(duration, "training_seconds", lambda *_: 3_600.0)
    announce_training(tiny, batches, 1)
    printed = capsys.readouterr().out
    assert printed.startswith("30 steps: about 60 min on this machine\nShorter")
    for way in ("stored", "TEXTGEN_PROFILE=quick", "pretrained"):
        assert way in printed


def test_what_is_not_known_is_not_announced(tiny, capsys) -> None:
    ids = tf.zeros((4, 10), tf.int32)
    spec = tf.TensorSpec((4, None), tf.int32)
    batches = tf.data.Dataset.from_generator(
        lambda: iter([(ids, ids)]), output_signature=(spec, spec)
    )
    announced = announce_training(tiny, batches, 1)
    assert capsys.readouterr().out == ""
    assert announced.seconds == math.inf
    assert announced.late(0.5) == ""
    assert not announce_training(tiny, batches, 0).late(0)


def test_late_tells_what_is_left(monkeypatch) -> None:
    now = [100.0]
    fake = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr(duration, "time", fake)
    announced = Announcement(60.0, epochs=4)
    assert announced.late(0) == ""
    now[0] += 60
    assert announced.late(1) == ""
    now[0] += 32
    assert announced.late(0) == ""  # nothing is done that could be measured
    assert announced.late(3) == " (longer than announced: about 30 s more)"
    assert announced.late(4) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.1, "a few seconds"),
        (7.4, "a few seconds"),
        (8, "about 10 s"),
        (24, "about 25 s"),
        (89, "about 90 s"),
        (91, "about 2 min"),
        (59 * 60, "about 59 min"),
        (5_400, "about 1.5 h"),
        (36_000, "about 10.0 h"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert describe_duration(seconds) == words
