"""Bits per character: known values, and the order that must hold."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen_helpers.evaluation.bits import (
    Bits,
    bits_per_char,
    mean_bits,
    measure_bits,
    surprisals,
    uniform_bits,
)
from textgen_helpers.model.build import build_model, reset_states
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.training.fit import nats_to_bits
from textgen_helpers.training.loop import train


def test_an_untrained_model_costs_log2_of_the_vocabulary(tiny, ids) -> None:
    bits = bits_per_char(tiny, ids[:5_000])
    assert bits == pytest.approx(uniform_bits(65), abs=0.02)


def test_training_costs_less_afterwards(tiny, ids) -> None:
    before = bits_per_char(tiny, ids[:3_000])
    train(tiny, stream_batches(ids[:5_000], 20, 4), 1)
    assert bits_per_char(tiny, ids[:3_000]) < before


def confident_model(batch_size: int):
    """Return a model that is not indifferent between characters."""
    keras.utils.set_random_seed(0)
    model = build_model(65, 8, 16, batch_size=batch_size)
    model.layers[0].embeddings.assign(model.layers[0].embeddings * 50)
    return model


def bits_by_hand(model, rows: np.ndarray) -> np.ndarray:
    """Return the bits of all but the first character of rows."""
    reset_states(model)
    logits = model(rows[:, :-1]).numpy().astype(float)
    log_sum = np.log(np.exp(logits).sum(-1))
    right = np.take_along_axis(logits, rows[:, 1:, None], -1)[..., 0]
    return nats_to_bits(log_sum - right)


def test_it_is_the_mean_over_all_characters_of_all_streams(ids) -> None:
    model = confident_model(32)
    length = 312  # (10,000 - 1) // 32, in four pieces
    rows = np.stack([ids[i * length :][: length + 1] for i in range(32)])
    by_hand = bits_by_hand(model, rows)
    bits = surprisals(model, ids[:10_000], streams=32)
    assert bits.shape == (32, length)
    assert np.allclose(bits, by_hand, atol=1e-3)
    mean_bits = bits_per_char(model, ids[:10_000])
    assert mean_bits == pytest.approx(by_hand.mean(), abs=1e-4)


def test_windows_begin_with_an_empty_state(ids) -> None:
    # 71 characters make three windows of 20 and the target of the last.
    model = confident_model(3)
    rows = np.stack([ids[i : i + 21] for i in (0, 20, 40)])
    bits = bits_per_char(model, ids[:71], window=20)
    by_hand = bits_by_hand(model, rows)
    assert bits == pytest.approx(by_hand.mean(), abs=1e-4)
    assert bits != pytest.approx(surprisals(model, ids[:61]).mean(), abs=1e-3)


def test_many_windows_are_read_in_groups(ids) -> None:
    model = confident_model(70)
    rows = np.stack([ids[i : i + 11] for i in range(0, 700, 10)])
    bits = bits_per_char(model, ids[:701], window=10)
    by_hand = bits_by_hand(model, rows)
    assert bits == pytest.approx(by_hand.mean(), abs=1e-4)


def test_neither_state_nor_batch_size_of_the_model_matter(tiny, ids) -> None:
    bits = bits_per_char(tiny, ids[:5_000])
    tiny(np.ones((4, 9), np.int32))
    state = tiny.layers[1].states[0].numpy()
    assert bits_per_char(tiny, ids[:5_000]) == bits
    assert np.array_equal(tiny.layers[1].states[0].numpy(), state)
    twin = build_model(65, 8, 16, batch_size=1, stateful=False)
    twin.set_weights(tiny.get_weights())
    assert bits_per_char(twin, ids[:5_000]) == pytest.approx(bits)


def test_a_short_text_is_read_in_fewer_streams(tiny, ids) -> None:
    assert bits_per_char(tiny, ids[:101]) > 0
    with pytest.raises(ValueError, match="at least 101 are needed"):
        bits_per_char(tiny, ids[:100])
    with pytest.raises(ValueError, match="at least 11 are needed"):
        bits_per_char(tiny, ids[:10], window=10)
    for streams in (0, 3):
        with pytest.raises(ValueError, match="from 1 to 2, since there are 3"):
            surprisals(tiny, ids[:3], streams)


@pytest.mark.parametrize("window", [0, -1, -100])
def test_a_window_below_one_is_refused(tiny, ids, window: int) -> None:
    message = f"window must be at least 1, but is {window}"
    with pytest.raises(ValueError, match=message):
        bits_per_char(tiny, ids, window=window)


def test_a_measurement_prints_its_error_where_there_is_one() -> None:
    assert str(Bits(1.984, 0.031)) == "1.98 ± 0.03"
    assert str(Bits(2.58)) == "2.58"


@pytest.mark.parametrize("window", [None, 20])
def test_a_measurement_is_the_mean_with_its_standard_error(ids, window) -> None:
    model = confident_model(32)
    bits = measure_bits(model, ids[:10_000], window)
    assert bits.mean == bits_per_char(model, ids[:10_000], window)
    assert 0 < bits.error < bits.mean / 10
    if window is None:
        costs = surprisals(model, ids[:10_000], streams=32)
        assert bits == mean_bits(costs)


def test_the_error_is_that_of_the_mean_of_twenty_parts() -> None:
    # Parts of 5 equal numbers each: the spread within a part is nothing.
    parts = np.random.default_rng(0).normal(size=20)
    bits = mean_bits(np.repeat(parts, 5).reshape(4, 25))
    assert bits.error == pytest.approx(parts.std(ddof=1) / np.sqrt(20))
    assert np.allclose(bits.blocks, parts)
    assert "blocks" not in repr(bits)


def test_the_error_foretells_how_much_means_vary() -> None:
    rng = np.random.default_rng(0)
    texts = rng.normal(size=(400, 1_000))
    errors = [mean_bits(costs).error for costs in texts]
    spread = texts.mean(axis=1).std()
    assert np.mean(errors) == pytest.approx(spread, rel=0.1)


def test_a_single_character_has_no_spread() -> None:
    assert mean_bits(np.array([2.0])).error == 0.0


def test_a_difference_has_the_error_of_the_blocks_differences() -> None:
    one = mean_bits(np.array([1.0, 5.0, 3.0]))
    other = mean_bits(np.array([2.0, 5.0, 5.0]))
    difference = one - other  # -1, 0, -2
    assert (difference.mean, difference.blocks) == (-1.0, (-1.0, 0.0, -2.0))
    assert difference.error == pytest.approx(1 / np.sqrt(3))
    assert difference.error < one.error
    assert str(difference) == "-1.00 ± 0.58"


texts_of_one_length = st.integers(1, 60).flatmap(
    lambda length: st.tuples(
        *[st.lists(st.floats(0, 20), min_size=length, max_size=length)] * 2
    )
)


@given(texts_of_one_length)
def test_differences_of_any_costs(costs) -> None:
    first, second = (mean_bits(np.array(each)) for each in costs)
    difference = first - second
    assert difference.mean == first.mean - second.mean
    assert difference.error <= first.error + second.error + 1e-9
    assert (second - first).mean == -difference.mean
    assert (second - first).error == pytest.approx(difference.error)
    nothing = first - first
    assert (nothing.mean, nothing.error) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("blocks", "found"),
    [((), "0 and 2"), ((1.0,), "1 and 2"), ((1.0, 2.0, 3.0), "3 and 2")],
)
def test_only_measurements_of_the_same_text_are_subtracted(
    blocks, found
) -> None:
    other = mean_bits(np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match=f"The two have {found} blocks"):
        Bits(1.5, 0.1, blocks) - other
    with pytest.raises(ValueError, match="0 blocks: subtract what was"):
        Bits(2.5) - Bits(2.5)
