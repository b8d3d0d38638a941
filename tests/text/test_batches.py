"""Ids to batches: shifted by one, nothing twice, streams that continue."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers.text import batches as batches_module
from textgen_helpers.text.batches import (
    split_input_target,
    stream_batches,
    window_batches,
)
from textgen_helpers.text.disk import EncodedText, encode_to_disk
from textgen_helpers.text.vocabulary import Vocabulary

few = settings(max_examples=25)
lengths = st.integers(1, 12)
batch_sizes = st.integers(1, 5)
extras = st.integers(0, 200)

both_kinds = pytest.mark.parametrize(
    "make_batches", [window_batches, stream_batches]
)
Maker = Callable[..., tf.data.Dataset]


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
def test_row_i_continues_in_the_next_batch(
    seq_length: int, batch_size: int, extra: int
) -> None:
    ids = np.arange(batch_size * seq_length + 1 + extra, dtype=np.int32)
    batches = collect(stream_batches(ids, seq_length, batch_size))
    assert len(batches) == (len(ids) - 1) // batch_size // seq_length
    for inputs, targets in batches:
        assert inputs.shape == targets.shape == (batch_size, seq_length)
        assert inputs.dtype == targets.dtype == np.int32
        assert (targets == inputs + 1).all()
    rows = np.concatenate([inputs for inputs, _ in batches], axis=1)
    assert (np.diff(rows, axis=1) == 1).all()
    assert len(np.unique(rows)) == rows.size
    assert rows[0, 0] == 0


def test_shuffling_differs_by_epoch_and_repeats_with_its_seed() -> None:
    ids = np.arange(600, dtype=np.int32)
    dataset = window_batches(ids, 5, 4, seed=3)
    first, second = (
        np.stack([inputs for inputs, _ in collect(dataset)]) for _ in range(2)
    )
    assert not np.array_equal(first, second)
    same_seed = collect(window_batches(ids, 5, 4, seed=3))
    assert np.array_equal(first, np.stack([x for x, _ in same_seed]))
    other_seed = collect(window_batches(ids, 5, 4, seed=4))
    assert not np.array_equal(first, np.stack([x for x, _ in other_seed]))


def test_shuffling_mixes_more_than_neighbours() -> None:
    ids = np.arange(50 * 11, dtype=np.int32)
    (inputs, _), *_ = collect(window_batches(ids, 10, 50, seed=1))
    moved = np.abs(inputs[:, 0] // 11 - np.arange(50))
    assert moved.max() > 20


def test_without_shuffling_windows_come_in_order() -> None:
    ids = np.arange(100, dtype=np.int32)
    first, _ = collect(window_batches(ids, 4, 2, shuffle=False))[0]
    assert first.tolist() == [[0, 1, 2, 3], [5, 6, 7, 8]]


@both_kinds
def test_shapes_are_known_before_any_data(make_batches: Maker) -> None:
    dataset = make_batches(np.zeros(1_000, np.int32), 10, 4)
    assert [spec.shape for spec in dataset.element_spec] == [(4, 10)] * 2


@pytest.mark.parametrize(
    ("make_batches", "needed"), [(window_batches, 33), (stream_batches, 31)]
)
def test_a_text_too_short_is_refused(make_batches: Maker, needed: int) -> None:
    assert len(make_batches(np.zeros(needed, np.int32), 10, 3)) == 1
    with pytest.raises(ValueError, match=f"need at least {needed}"):
        make_batches(np.zeros(needed - 1, np.int32), 10, 3)


@both_kinds
@pytest.mark.parametrize("sizes", [(0, 4), (4, 0)])
def test_sizes_below_one_are_refused(
    make_batches: Maker, sizes: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="must be at least 1"):
        make_batches(np.zeros(100, np.int32), *sizes)


@pytest.mark.parametrize(
    ("largest", "dtype"),
    [
        (0, tf.uint8),
        (255, tf.uint8),
        (256, tf.uint16),
        (65_535, tf.uint16),
        (65_536, tf.int32),
        (2**31 - 1, tf.int32),
    ],
)
def test_the_text_is_held_in_the_smallest_type(
    largest: int, dtype: tf.DType
) -> None:
    held = batches_module._smallest_tensor(np.array([0, largest]))
    assert held.dtype == dtype
    assert held.numpy().tolist() == [0, largest]


def test_the_text_is_converted_in_small_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pieces: list[np.ndarray] = []
    constant = tf.constant

    def observed_constant(array: np.ndarray) -> tf.Tensor:
        pieces.append(array)
        return constant(array)

    ids = np.arange(1_003) % 65
    monkeypatch.setattr(batches_module.tf, "constant", observed_constant)
    held = batches_module._smallest_tensor(ids)
    monkeypatch.undo()
    # tf.constant copies its input twice: the copies of a piece are small.
    assert max(map(len, pieces)) <= len(ids) / 8 + 1
    assert {piece.dtype for piece in pieces} == {np.dtype("uint8")}
    assert np.array_equal(held, ids)


@both_kinds
@pytest.mark.parametrize("largest", [255, 256, 65_535, 65_536])
def test_batches_have_the_ids_of_the_text(
    make_batches: Maker, largest: int
) -> None:
    ids = np.arange(largest - 32, largest + 1, dtype=np.int32)
    (inputs, targets), *_ = collect(make_batches(ids, 10, 3))
    assert inputs.dtype == np.int32 and targets.max() >= largest - 2
    assert (targets == inputs + 1).all()


@both_kinds
@pytest.mark.parametrize("wrong_id", [-1, 2**31])
def test_numbers_that_are_no_ids_are_refused(
    make_batches: Maker, wrong_id: int
) -> None:
    ids = np.zeros(100, np.int64)
    ids[7] = wrong_id
    with pytest.raises(ValueError, match=f"between 0 and .*{wrong_id}"):
        make_batches(ids, 10, 3)


def test_an_epoch_of_the_full_corpus_has_172_batches() -> None:
    # This number of the classic lesson follows from its sizes alone.
    dataset = window_batches(np.zeros(1_115_394, np.int32))
    assert len(dataset) == 172


# A share of the rows.


@few
@given(lengths, batch_sizes, extras, st.data())
def test_rows_are_those_of_the_whole_batches(
    seq_length: int, batch_size: int, extra: int, data: st.DataObject
) -> None:
    ids = np.arange(batch_size * seq_length + 1 + extra, dtype=np.int32)
    start = data.draw(st.integers(0, batch_size - 1))
    stop = data.draw(st.integers(start + 1, batch_size))
    sizes = (seq_length, batch_size)
    share = stream_batches(ids, *sizes, rows=range(start, stop))
    shape = (stop - start, seq_length)
    assert [spec.shape for spec in share.element_spec] == [shape] * 2
    whole = collect(stream_batches(ids, *sizes))
    expected = [(x[start:stop], y[start:stop]) for x, y in whole]
    assert_equal(collect(share), expected)


@pytest.mark.parametrize(
    "rows",
    [
        range(0),
        range(2, 2),
        range(3, 1),
        range(-1, 2),
        range(2, 5),
        range(0, 4, 2),
        range(3, 0, -1),
    ],
)
def test_rows_that_are_no_part_of_a_batch_are_refused(rows: range) -> None:
    with pytest.raises(ValueError, match=r"the rows 0 to 3, side by side, but"):
        stream_batches(np.zeros(100, np.int32), 5, 4, rows=rows)


# A text on disk.


def assert_equal(batches: list, expected: list) -> None:
    assert len(batches) == len(expected)
    for batch, other in zip(batches, expected, strict=True):
        for array, other_array in zip(batch, other, strict=True):
            assert array.dtype == other_array.dtype
            assert np.array_equal(array, other_array)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the texts of many examples."""
    return tmp_path_factory.mktemp("texts")


def on_disk(text: str, folder: Path) -> tuple[EncodedText, np.ndarray]:
    """Return a text on disk, and its ids in memory."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "own.txt"
    path.write_text(text, encoding="utf-8", newline="")
    encoded = encode_to_disk(path, folder)
    return encoded, Vocabulary.from_text(text).encode(text)


@few
@given(lengths, batch_sizes, extras, st.data())
def test_batches_from_disk_are_those_from_memory(
    folder: Path,
    seq_length: int,
    batch_size: int,
    extra: int,
    data: st.DataObject,
) -> None:
    # Up to 500 different characters: ids of one byte and of two.
    size = data.draw(st.integers(1, 500))
    length = batch_size * (seq_length + 1) + extra
    rng = np.random.default_rng(length)
    text = "".join(map(chr, 14 + rng.integers(size, size=length)))
    encoded, ids = on_disk(text, folder)
    sizes = (seq_length, batch_size)
    start = data.draw(st.integers(0, batch_size - 1))
    for options in ({}, {"rows": range(start, batch_size)}):
        streams = stream_batches(encoded, *sizes, **options)
        expected = stream_batches(ids, *sizes, **options)
        assert len(streams) == len(expected)
        assert streams.element_spec == expected.element_spec
        assert_equal(collect(streams), collect(expected))
    for options in ({"shuffle": False}, {"seed": 3}):
        windows = window_batches(encoded, *sizes, **options)
        expected = window_batches(ids, *sizes, **options)
        assert len(windows) == len(expected)
        assert windows.element_spec == expected.element_spec
        for _ in range(2):  # epochs
            assert_equal(collect(windows), collect(expected))


@both_kinds
def test_a_large_alphabet_from_disk(
    make_batches: Maker, tmp_path: Path
) -> None:
    codes = [14 + code for code in range(70_000)]
    text = "".join(chr(c) for c in codes if not 0xD800 <= c < 0xE000)
    encoded, ids = on_disk(text, tmp_path)
    assert ids.max() > 65_535
    options = {"seed": 3} if make_batches is window_batches else {}
    batches = collect(make_batches(encoded, 100, 8, **options))
    assert_equal(batches, collect(make_batches(ids, 100, 8, **options)))


@both_kinds
def test_a_part_of_a_text_on_disk(make_batches: Maker, tmp_path: Path) -> None:
    encoded, ids = on_disk("".join(map(chr, range(14, 214))), tmp_path)
    (inputs, targets), *_ = collect(make_batches(encoded[150:161], 10, 1))
    assert inputs.tolist() == [ids[150:160].tolist()]
    assert targets.tolist() == [ids[151:161].tolist()]
    with pytest.raises(ValueError, match="has 10 characters"):
        make_batches(encoded[150:160], 10, 1)


@both_kinds
def test_python_is_called_once_a_batch_at_most(
    make_batches: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded, _ = on_disk("abc" * 1_000, tmp_path)
    calls = []
    take = EncodedText.take

    def counted_take(self: EncodedText, positions: np.ndarray) -> np.ndarray:
        calls.append(positions.shape)
        return take(self, positions)

    monkeypatch.setattr(EncodedText, "take", counted_take)
    batches = collect(make_batches(encoded, 9, 4))
    assert 0 < len(calls) < len(batches)
    assert sum(shape[0] for shape in calls) == len(batches)
