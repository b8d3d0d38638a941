"""Ids to batches: shifted by one, nothing twice, streams that go on."""

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers import split_input_target, stream_batches, window_batches
from textgen_helpers.batches import BUFFER_SIZE

few = settings(max_examples=25, deadline=None)
lengths = st.integers(1, 12)
batch_sizes = st.integers(1, 5)
extras = st.integers(0, 200)


def collect(dataset: tf.data.Dataset) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(dataset.as_numpy_iterator())


def test_the_target_is_the_next_character() -> None:
    assert split_input_target("hello") == ("hell", "ello")
    rows = np.arange(10).reshape(2, 5)
    inputs, targets = split_input_target(rows)
    assert inputs.tolist() == [[0, 1, 2, 3], [5, 6, 7, 8]]
    assert targets.tolist() == [[1, 2, 3, 4], [6, 7, 8, 9]]


@few
@given(lengths, batch_sizes, extras)
def test_windows_cover_the_text_once(
    seq_length: int, batch_size: int, extra: int
) -> None:
    ids = np.arange(batch_size * (seq_length + 1) + extra, dtype=np.int32)
    batches = collect(window_batches(ids, seq_length, batch_size, seed=1))
    assert len(batches) == len(ids) // (seq_length + 1) // batch_size
    starts = []
    for inputs, targets in batches:
        assert inputs.shape == targets.shape == (batch_size, seq_length)
        assert inputs.dtype == targets.dtype == np.int32
        assert (targets == inputs + 1).all()
        assert (np.diff(inputs, axis=1) == 1).all()
        starts += inputs[:, 0].tolist()
    assert len(set(starts)) == len(starts)
    assert all(start % (seq_length + 1) == 0 for start in starts)


@few
@given(lengths, batch_sizes, extras)
def test_row_i_goes_on_in_the_next_batch(
    seq_length: int, batch_size: int, extra: int
) -> None:
    ids = np.arange(batch_size * seq_length + 1 + extra, dtype=np.int32)
    batches = collect(stream_batches(ids, seq_length, batch_size))
    assert len(batches) == (len(ids) - 1) // batch_size // seq_length
    for inputs, targets in batches:
        assert inputs.shape == targets.shape == (batch_size, seq_length)
        assert (targets == inputs + 1).all()
    rows = np.concatenate([inputs for inputs, _ in batches], axis=1)
    assert (np.diff(rows, axis=1) == 1).all()
    assert len(np.unique(rows)) == rows.size
    assert rows[0, 0] == 0


def test_shuffling_is_new_each_epoch_and_repeats_with_its_seed() -> None:
    ids = np.arange(600, dtype=np.int32)
    dataset = window_batches(ids, 5, 4, seed=3)
    epochs = [np.stack([x for x, _ in collect(dataset)]) for _ in range(2)]
    assert not np.array_equal(*epochs)
    again = collect(window_batches(ids, 5, 4, seed=3))
    assert np.array_equal(epochs[0], np.stack([x for x, _ in again]))
    other = collect(window_batches(ids, 5, 4, seed=4))
    assert not np.array_equal(epochs[0], np.stack([x for x, _ in other]))


def test_without_shuffling_windows_come_in_order() -> None:
    ids = np.arange(100, dtype=np.int32)
    first, _ = collect(window_batches(ids, 4, 2, shuffle=False))[0]
    assert first.tolist() == [[0, 1, 2, 3], [5, 6, 7, 8]]


def test_shapes_are_known_before_any_data() -> None:
    ids = np.zeros(1_000, dtype=np.int32)
    for dataset in (window_batches(ids, 10, 4), stream_batches(ids, 10, 4)):
        assert [spec.shape for spec in dataset.element_spec] == [(4, 10)] * 2


@pytest.mark.parametrize(
    ("make", "needed"), [(window_batches, 33), (stream_batches, 31)]
)
def test_a_text_too_short_is_refused(make, needed: int) -> None:
    assert len(make(np.zeros(needed, np.int32), 10, 3)) == 1
    with pytest.raises(ValueError, match=f"need at least {needed}"):
        make(np.zeros(needed - 1, np.int32), 10, 3)


@pytest.mark.parametrize("make", [window_batches, stream_batches])
@pytest.mark.parametrize("sizes", [(0, 4), (4, 0)])
def test_sizes_below_one_are_refused(make, sizes) -> None:
    with pytest.raises(ValueError, match="must be at least 1"):
        make(np.zeros(100, np.int32), *sizes)


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(),
    reason="only Linux says how much memory a process used at most",
)
@pytest.mark.parametrize("vocab_size", [65, 3_000])
@pytest.mark.parametrize("make", [window_batches, stream_batches])
def test_eight_bytes_hold_a_character(make, vocab_size: int) -> None:
    next(iter(make(np.zeros(10_000, np.int32))))  # TensorFlow's own memory
    before = memory("VmRSS")
    ids = np.full(20_000_000, vocab_size - 1, np.int32)
    Path("/proc/self/clear_refs").write_text("5")  # forget the old peak
    for inputs, _ in make(ids).take(20):
        assert (inputs == vocab_size - 1).numpy().all()
    used = (memory("VmHWM") - before) / len(ids)
    assert 4 < used < 8.5, used  # some megabytes are TensorFlow's own


def memory(which: str) -> int:
    """Return the bytes that this process uses, or has used at most."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(rf"{which}:\s+(\d+)", status)[1])


@pytest.mark.parametrize("highest", [255, 256, 65_535, 65_536])
@pytest.mark.parametrize("make", [window_batches, stream_batches])
def test_large_ids_stay_what_they_are(make, highest: int) -> None:
    ids = np.arange(highest - 32, highest + 1, dtype=np.int32)
    (inputs, targets), *_ = collect(make(ids, 10, 3))
    assert inputs.dtype == np.int32 and targets.max() >= highest - 2
    assert (targets == inputs + 1).all()


def test_the_buffer_is_that_of_the_lesson() -> None:
    assert BUFFER_SIZE == 10_000
    ids = np.arange(50 * 11, dtype=np.int32)
    (inputs, _), *_ = collect(window_batches(ids, 10, 50, seed=1))
    moved = np.abs(inputs[:, 0] // 11 - np.arange(50))
    assert moved.max() > 20  # a small buffer would mix only neighbours


def test_an_epoch_of_the_full_corpus_has_172_batches() -> None:
    # The lesson's count follows from its sizes alone.
    dataset = window_batches(np.zeros(1_115_394, np.int32))
    assert len(dataset) == 172
