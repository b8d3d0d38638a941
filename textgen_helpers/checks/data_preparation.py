"""The exercises of notebook 1: count, cut windows, find a stream's place."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from .judging import Mistakes, judge

Windows = tuple[np.ndarray, np.ndarray]


def _most_common(text: str, count: int) -> list[str]:
    """Return the `count` most frequent characters, the most frequent first."""
    return [char for char, _ in Counter(text).most_common(count)]


def most_common(answer: Callable) -> Callable:
    """Judge an answer to "which characters are the most frequent?"."""
    mistakes: Mistakes = {
        "there are counts beside the characters: keep only the characters.": (
            lambda text, count: Counter(text).most_common(count)
        ),
        "the rarest come first: sort by count from large to small.": (
            lambda text, count: _most_common(text, len(set(text)))[::-1][:count]
        ),
        "these are the first of the alphabet: sort by count, with "
        "`key=text.count`.": lambda text, count: sorted(set(text))[:count],
        "capital and small letters are counted together: leave the text as it "
        "is.": lambda text, count: _most_common(text.lower(), count),
        "it gives all characters: cut the list off after `count`.": (
            lambda text, count: _most_common(text, len(set(text)))
        ),
    }
    cases = [("\n\n!baaA\n\nab \nA!baAa\nA", 3), ("eeeeetttt   aao", 2)]
    praise = "a model that knew only this would already beat pure chance."
    return judge(answer, _most_common, cases, mistakes, praise)


def _cut_windows(ids: np.ndarray, seq_length: int, stride: int) -> Windows:
    """Return inputs and targets (windows, seq_length), `stride` apart."""
    starts = np.arange(0, len(ids) - seq_length, stride)
    chunks = np.asarray(ids)[starts[:, None] + np.arange(seq_length + 1)]
    return chunks[:, :-1], chunks[:, 1:]


def cut_windows(answer: Callable) -> Callable:
    """Judge an answer to "cut windows that begin `stride` characters apart"."""

    def equal(ids: np.ndarray, length: int, stride: int) -> Windows:
        inputs, _ = _cut_windows(ids, length, stride)
        return inputs, inputs

    def swapped(ids: np.ndarray, length: int, stride: int) -> Windows:
        return _cut_windows(ids, length, stride)[::-1]

    def short(ids: np.ndarray, length: int, stride: int) -> Windows:
        return _cut_windows(ids[:-1], length, stride)

    def beyond(ids: np.ndarray, length: int, stride: int) -> Windows:
        starts = range(0, len(ids) - length + 1, stride)
        chunks = np.array([ids[i : i + length + 1] for i in starts])
        return chunks[:, :-1], chunks[:, 1:]

    def no_target(ids: np.ndarray, length: int, stride: int) -> Windows:
        inputs, _ = _cut_windows(np.append(ids, -1), length, stride)
        return inputs, _cut_windows(ids, length, stride)[1]

    def ragged(*_: object) -> Windows:
        raise ValueError

    def apart(ids: np.ndarray, length: int, stride: int) -> Windows:
        return _cut_windows(ids, length, length)

    def one_more(ids: np.ndarray, length: int, stride: int) -> Windows:
        return _cut_windows(ids, length, length + 1)

    def dense(ids: np.ndarray, length: int, stride: int) -> Windows:
        return _cut_windows(ids, length, 1)

    unused = "windows must begin `stride` characters apart, but these begin "
    mistakes: Mistakes = {
        "targets equal inputs: shift them by one character.": equal,
        "inputs and targets have changed places: the target comes later.": (
            swapped
        ),
        "the last window is missing: one may begin as late as at "
        "`len(ids) - seq_length - 1`, and `range` stops before its end.": short,
        "the last window begins one character too late: its last input has "
        "no target.": beyond,
        "there is one input window too many: its last character has no "
        "target.": no_target,
        "the last windows are too short: stop where `seq_length + 1` "
        "characters no longer fit.": ragged,
        unused + "`seq_length` apart.": apart,
        unused + "`seq_length + 1` apart.": one_more,
        unused + "at every character.": dense,
    }
    cases = [(np.arange(10), 4, 2), (np.arange(10, 31), 5, 3)]
    cases += [(np.arange(22), 4, 7)]
    praise = "with a stride below seq_length, windows share characters."
    return judge(answer, _cut_windows, cases, mistakes, praise)


def _place_in_text(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    """Return where in a text of `length` a stream's piece begins.

    `row` and `batch` count from 0.
    """
    return row * ((length - 1) // batch_size) + batch * seq_length


def place_in_text(answer: Callable) -> Callable:
    """Judge an answer to "where does row i of batch k begin?"."""

    def swapped(row: int, batch: int, *sizes: int) -> int:
        return _place_in_text(batch, row, *sizes)

    def in_turn(row: int, batch: int, n: int, rows: int, steps: int) -> int:
        return (batch * rows + row) * steps

    def too_long(row: int, batch: int, n: int, *sizes: int) -> int:
        return _place_in_text(row, batch, n + 1, *sizes)

    def with_target(row: int, batch: int, n: int, rows: int, steps: int) -> int:
        return row * ((n - 1) // rows) + batch * (steps + 1)

    def no_batch(row: int, batch: int, *sizes: int) -> int:
        return _place_in_text(row, 0, *sizes)

    mistakes: Mistakes = {
        "row and batch have changed places: a row is long, a batch moves on "
        "by `seq_length`.": swapped,
        "this lays the pieces of a batch side by side, as windows lie "
        "before they are shuffled: in a stream each row is long.": in_turn,
        "the rows are cut one character too long: the last target needs a "
        "character too, so there are only `length - 1` inputs.": too_long,
        "a piece moves on by `seq_length`, not by one more: its last target "
        "is the first input of the next.": with_target,
        "this is where the row begins, in any batch: add what the batches "
        "before have read.": no_batch,
    }
    cases = [(0, 2, 65, 4, 5), (3, 1, 65, 4, 5), (2, 3, 1000, 8, 10)]
    cases += [(7, 0, 1001, 8, 10), (5, 4, 1000, 10, 10)]
    praise = "so row i of batch k + 1 goes on where row i of batch k stopped."
    return judge(answer, _place_in_text, cases, mistakes, praise)
