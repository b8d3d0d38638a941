"""Logits to a character: temperature, top-k, nucleus, the draw."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers import filter_logits
from textgen_helpers.choosing import apply_knobs, draw

few = settings(max_examples=30, deadline=None)
floats = st.floats(-5, 5, width=32, allow_subnormal=False)
rows = st.lists(floats, min_size=4, max_size=4, unique=True)


def softmax(logits: np.ndarray) -> np.ndarray:
    chances = np.exp(logits - logits.max())
    return chances / chances.sum()


@few
@given(rows, st.floats(0.1, 10))
def test_temperature_divides(row: list[float], temperature: float) -> None:
    logits = filter_logits(tf.constant([row]), temperature)
    assert np.allclose(logits[0], np.array(row) / temperature, rtol=1e-4)


@few
@given(rows, st.integers(1, 4))
def test_top_k_keeps_the_k_largest(row: list[float], k: int) -> None:
    logits = filter_logits(tf.constant([row]), top_k=k)[0].numpy()
    kept = np.flatnonzero(np.isfinite(logits))
    assert sorted(kept) == sorted(np.argsort(row)[-k:])
    assert np.allclose(logits[kept], np.array(row)[kept])


@few
@given(rows, st.floats(0.01, 1))
def test_top_p_keeps_the_smallest_nucleus(row: list[float], p: float) -> None:
    logits = filter_logits(tf.constant([row]), top_p=p)[0].numpy()
    kept = np.isfinite(logits)
    chances = softmax(np.array(row))
    assert chances[kept].min() >= chances[~kept].max(initial=0)
    assert chances[kept].sum() >= p - 1e-5
    assert chances[kept].sum() - chances[kept].min() < p + 1e-5


@few
@given(rows, st.none() | st.integers(1, 4), st.none() | st.floats(0.01, 1))
def test_knobs_may_be_tensors(row: list[float], k, p) -> None:
    tensors = [None if knob is None else tf.constant(knob) for knob in (k, p)]
    wanted = filter_logits(tf.constant([row]), 0.7, k, p)
    found = tf.function(apply_knobs)(tf.constant([row]), 0.7, *tensors)
    assert np.array_equal(np.isfinite(found), np.isfinite(wanted))
    assert np.allclose(found, wanted)


@few
@given(rows, st.floats(0, 1, exclude_max=True, width=32))
def test_a_draw_falls_where_its_number_says(
    row: list[float], uniform: float
) -> None:
    idx = int(draw(tf.constant([row]), tf.constant([[uniform]]))[0])
    ends = np.cumsum(softmax(np.array(row)))
    assert ends[idx] >= uniform - 1e-5
    assert idx == 0 or ends[idx - 1] <= uniform + 1e-5


@pytest.mark.parametrize("uniform", [0.0, 0.5, np.float32(1 - 2**-24)])
def test_what_is_fenced_off_is_never_drawn(uniform: float) -> None:
    off = -np.inf
    logits = tf.constant([[off, 1.0, off, 0.5, off]])
    idx = draw(logits, tf.constant([[uniform]], tf.float32))
    assert int(idx[0]) in (1, 3)


@pytest.mark.parametrize("seed", range(3))
def test_shares_of_many_draws_are_the_probabilities(seed: int) -> None:
    logits = tf.random.stateless_normal((1, 6), [seed, 0])
    numbers = tf.random.stateless_uniform((20_000, 1), [seed, 1])
    drawn = draw(tf.repeat(logits, 20_000, axis=0), numbers).numpy()
    shares = np.bincount(drawn, minlength=6) / 20_000
    # The standard deviation of a share is at most 0.0035.
    assert np.allclose(shares, softmax(logits[0].numpy()), atol=0.018)
