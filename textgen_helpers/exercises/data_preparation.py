"""The exercises of notebook 1."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from .judge import Mistake, judge

Windows = tuple[np.ndarray, np.ndarray]


# Exercise 1: the most frequent characters.


def most_common(text: str, count: int) -> list[str]:
    """Return the `count` most frequent characters, the most frequent first."""
    return [char for char, _ in Counter(text).most_common(count)]


def _with_counts(text: str, count: int) -> list[tuple[str, int]]:
    return Counter(text).most_common(count)


def _rarest_first(text: str, count: int) -> list[str]:
    return sorted(set(text), key=text.count)[:count]


def _first_of_alphabet(text: str, count: int) -> list[str]:
    return sorted(set(text))[:count]


def _letters_of_both_cases(text: str, count: int) -> list[str]:
    return most_common(text.lower(), count)


def _all_characters(text: str, count: int) -> list[str]:
    return most_common(text, len(set(text)))


def _one_string(text: str, count: int) -> str:
    return "".join(most_common(text, count))


def check_most_common(answer: Callable) -> Callable:
    """Check your answer to "Which characters are the most frequent?".

    Args:
        answer: Your function `most_common(text, count)`. It returns a list
            of `count` characters, the most frequent first.

    Returns:
        Your function if it is right, else the helper package's version.

    Example:
        >>> def most_common(text, count):
        ...     return sorted(set(text), key=text.count)[:count]
        >>> most_common = check_most_common(most_common)
        Not yet: the rarest come first: sort by count from large to small.
        Until then the helper's version of most_common is used.
        >>> most_common("hello", 1)
        ['l']
    """
    mistakes = [
        Mistake(
            answer=_with_counts,
            message="there are counts beside the characters: keep only the "
            "characters.",
        ),
        Mistake(
            answer=_rarest_first,
            message="the rarest come first: sort by count from large to small.",
        ),
        Mistake(
            answer=_first_of_alphabet,
            message="these are the first of the alphabet: sort by count, with "
            "`key=text.count`.",
        ),
        Mistake(
            answer=_letters_of_both_cases,
            message="capital and small letters are counted together: leave "
            "the text as it is.",
        ),
        Mistake(
            answer=_all_characters,
            message="it gives all characters: stop after `count` of them.",
        ),
        Mistake(
            answer=_one_string,
            message="this is one string: give a list of characters.",
        ),
    ]
    # In each text, no two characters are equally frequent.
    cases = [("\n\n!baaA\n\nab \nA!baAa\nA", 3), ("eeeeetttt   aao", 2)]
    return judge(
        answer,
        most_common,
        cases=cases,
        mistakes=mistakes,
        praise="a model that knew only this would already do better than "
        "pure chance.",
    )


# Exercise 2: windows that overlap.


def cut_windows(ids: np.ndarray, seq_length: int, stride: int) -> Windows:
    """Return inputs and targets (windows, seq_length), `stride` apart."""
    starts = range(0, len(ids) - seq_length, stride)
    return _split(_cut(ids, starts, seq_length + 1))


def _cut(ids: np.ndarray, starts: range, length: int) -> np.ndarray:
    """Return the windows that begin at `starts`, (windows, length)."""
    return np.array([ids[start : start + length] for start in starts])


def _split(windows: np.ndarray) -> Windows:
    """Return windows (windows, seq_length + 1) as inputs and targets."""
    return windows[:, :-1], windows[:, 1:]


def _targets_equal_inputs(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    inputs, _ = cut_windows(ids, seq_length, stride)
    return inputs, inputs


def _targets_first(ids: np.ndarray, seq_length: int, stride: int) -> Windows:
    inputs, targets = cut_windows(ids, seq_length, stride)
    return targets, inputs


def _last_window_missing(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    starts = range(0, len(ids) - seq_length - 1, stride)
    return _split(_cut(ids, starts, seq_length + 1))


def _last_window_without_target(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    starts = range(0, len(ids) - seq_length + 1, stride)
    return _split(_cut(ids, starts, seq_length + 1))


def _one_input_too_many(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    input_starts = range(0, len(ids) - seq_length + 1, stride)
    target_starts = range(1, len(ids) - seq_length + 1, stride)
    inputs = _cut(ids, input_starts, seq_length)
    targets = _cut(ids, target_starts, seq_length)
    return inputs, targets


def _last_windows_too_short(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    starts = range(0, len(ids), stride)
    return _split(_cut(ids, starts, seq_length + 1))


def _apart_by_seq_length(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    return cut_windows(ids, seq_length, stride=seq_length)


def _apart_by_one_more(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    return cut_windows(ids, seq_length, stride=seq_length + 1)


def _at_every_character(
    ids: np.ndarray, seq_length: int, stride: int
) -> Windows:
    return cut_windows(ids, seq_length, stride=1)


def check_cut_windows(answer: Callable) -> Callable:
    """Check your answer to "Cut windows that overlap".

    Args:
        answer: Your function `cut_windows(ids, seq_length, stride)`. `ids`
            is an integer array (characters,). It returns inputs and targets,
            two arrays (windows, seq_length); each window begins `stride`
            characters after the one before.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_targets_equal_inputs,
            message="targets equal inputs: shift them by one character.",
        ),
        Mistake(
            answer=_targets_first,
            message="inputs and targets have changed places: give the inputs "
            "first.",
        ),
        Mistake(
            answer=_last_window_missing,
            message="the last window is missing: it may begin at "
            "`len(ids) - seq_length - 1`, and `range` stops before its end.",
        ),
        Mistake(
            answer=_last_window_without_target,
            message="the last window begins one character too late: its last "
            "input has no target.",
        ),
        Mistake(
            answer=_one_input_too_many,
            message="there is one input window too many: its last character "
            "has no target.",
        ),
        Mistake(
            answer=_last_windows_too_short,
            message="the last windows are too short: stop where "
            "`seq_length + 1` characters no longer fit.",
        ),
        Mistake(
            answer=_apart_by_seq_length,
            message="windows must begin `stride` characters apart, but these "
            "begin `seq_length` apart.",
        ),
        Mistake(
            answer=_apart_by_one_more,
            message="windows must begin `stride` characters apart, but these "
            "begin `seq_length + 1` apart.",
        ),
        Mistake(
            answer=_at_every_character,
            message="windows must begin `stride` characters apart, but these "
            "begin at every character.",
        ),
    ]
    cases = [
        (np.arange(10), 4, 2),
        (np.arange(10, 31), 5, 3),
        (np.arange(22), 4, 7),
    ]
    return judge(
        answer,
        cut_windows,
        cases=cases,
        mistakes=mistakes,
        praise="with a stride below seq_length, windows share characters.",
    )
