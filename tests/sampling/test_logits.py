"""Logits to a character: temperature, top-k, nucleus, sampling."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers.sampling.logits import (
    apply_sampling_parameters,
    filter_logits,
    sample_ids,
)

few = settings(max_examples=30)
floats = st.floats(-5, 5, width=32, allow_subnormal=False)
rows = st.lists(floats, min_size=4, max_size=4, unique=True)


def softmax(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


@few
@given(rows, st.floats(0.1, 10))
def test_temperature_divides(row: list[float], temperature: float) -> None:
    logits = filter_logits(tf.constant([row]), temperature)
    assert np.allclose(logits[0], np.array(row) / temperature, rtol=1e-4)


@few
@given(rows, st.integers(1, 4))
def test_top_k_keeps_the_k_largest(row: list[float], k: int) -> None:
    logits = filter_logits(tf.constant([row]), top_k=k)[0].numpy()
    places = np.flatnonzero(np.isfinite(logits))
    assert sorted(places) == sorted(np.argsort(row)[-k:])
    assert np.allclose(logits[places], np.array(row)[places])


@few
@given(rows, st.floats(0.01, 1))
def test_top_p_keeps_the_smallest_nucleus(row: list[float], p: float) -> None:
    logits = filter_logits(tf.constant([row]), top_p=p)[0].numpy()
    in_nucleus = np.isfinite(logits)
    probabilities = softmax(np.array(row))
    nucleus = probabilities[in_nucleus]
    assert nucleus.min() >= probabilities[~in_nucleus].max(initial=0)
    assert nucleus.sum() >= p - 1e-5
    assert nucleus.sum() - nucleus.min() < p + 1e-5


@few
@given(rows, st.none() | st.integers(1, 4), st.none() | st.floats(0.01, 1))
def test_parameters_may_be_tensors(row: list[float], k, p) -> None:
    expected = filter_logits(tf.constant([row]), 0.7, k, p)
    logits = tf.function(apply_sampling_parameters)(
        tf.constant([row]),
        0.7,
        None if k is None else tf.constant(k),
        None if p is None else tf.constant(p),
    )
    assert np.array_equal(np.isfinite(logits), np.isfinite(expected))
    assert np.allclose(logits, expected)


@few
@given(rows, st.floats(0, 1, exclude_max=True, width=32))
def test_a_sample_is_where_its_number_falls(
    row: list[float], uniform: float
) -> None:
    idx = int(sample_ids(tf.constant([row]), tf.constant([[uniform]]))[0])
    ends = np.cumsum(softmax(np.array(row)))
    assert ends[idx] >= uniform - 1e-5
    assert idx == 0 or ends[idx - 1] <= uniform + 1e-5


@pytest.mark.parametrize("uniform", [0.0, 0.5, np.float32(1 - 2**-24)])
def test_what_is_left_out_is_never_sampled(uniform: float) -> None:
    off = -np.inf
    logits = tf.constant([[off, 1.0, off, 0.5, off]])
    idx = sample_ids(logits, tf.constant([[uniform]], tf.float32))
    assert int(idx[0]) in (1, 3)


@pytest.mark.parametrize("seed", range(3))
def test_frequencies_of_many_samples_are_the_probabilities(seed: int) -> None:
    logits = tf.random.stateless_normal((1, 6), [seed, 0])
    numbers = tf.random.stateless_uniform((20_000, 1), [seed, 1])
    sampled = sample_ids(tf.repeat(logits, 20_000, axis=0), numbers).numpy()
    frequencies = np.bincount(sampled, minlength=6) / 20_000
    # The standard deviation of a frequency is at most 0.0035.
    assert np.allclose(frequencies, softmax(logits[0].numpy()), atol=0.018)


def test_the_kth_character_counts_for_the_nucleus() -> None:
    logits = tf.math.log([[0.5, 0.3, 0.2]])
    # Of the two that top-k keeps, the likeliest alone reaches 0.6, not 0.7.
    small = filter_logits(logits, top_k=2, top_p=0.6)
    large = filter_logits(logits, top_k=2, top_p=0.7)
    assert np.isfinite(small).tolist() == [[True, False, False]]
    assert np.isfinite(large).tolist() == [[True, True, False]]
