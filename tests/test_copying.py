"""Copied spans: planted ones are found, and a naive search agrees."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers import copying
from textgen_helpers.copying import copied_share, longest_copy

SOURCE = (
    "KING:\nOnce more, dear friends.\n\n"
    "PAGE:\nMy lord, the gate \u2014 \U0001d11e!"
)
TEXTS = st.text("ab\n", max_size=25)
few = settings(max_examples=60, deadline=None)


def naive_longest(text: str, source: str) -> str:
    spans = (
        text[start : start + length]
        for length in range(len(text), 0, -1)
        for start in range(len(text) - length + 1)
    )
    return next((span for span in spans if span in source), "")


def naive_share(text: str, source: str, length: int) -> float:
    starts = range(len(text) - length + 1)
    copied = [text[start : start + length] in source for start in starts]
    return sum(copied) / len(starts)


@pytest.mark.parametrize(
    "quote",
    [
        SOURCE[:13],
        SOURCE[10:30],
        SOURCE[22:46],  # across three line ends
        SOURCE[-13:],  # with characters beyond 16 bits
    ],
)
def test_a_planted_quote_is_found_wherever_it_stands(quote) -> None:
    for before, after in (("", "###"), ("##", "####"), ("#####", "")):
        text = before + quote + after
        assert longest_copy(text, SOURCE) == quote
        windows = len(text) - 12
        assert copied_share(text, SOURCE, 13) == (len(quote) - 12) / windows


def test_a_text_that_is_copied_as_a_whole() -> None:
    assert longest_copy(SOURCE, SOURCE) == SOURCE
    assert longest_copy(SOURCE[1:-1], SOURCE) == SOURCE[1:-1]
    assert longest_copy(f"#{SOURCE}#", SOURCE) == SOURCE
    assert copied_share(SOURCE, SOURCE, len(SOURCE)) == 1
    assert copied_share(SOURCE, SOURCE, 1) == 1


def test_no_copy() -> None:
    assert longest_copy("######", SOURCE) == ""
    assert longest_copy("", SOURCE) == ""
    assert longest_copy(SOURCE, "") == ""
    assert copied_share("######", SOURCE, 3) == 0
    assert copied_share("KING", "", 2) == 0


def test_a_window_longer_than_the_source_stands_nowhere() -> None:
    for length in (5, 6, 7, 8):
        assert copied_share("abcabcabc", "abca", length) == 0


def test_the_first_of_equally_long_ones() -> None:
    assert longest_copy("xxcd#ab#", "ab, cd") == "cd"


def test_a_share_by_hand() -> None:
    # Windows of abcx: ab and bc stand in the source, cx does not.
    assert copied_share("abcx", "zabcz", 2) == pytest.approx(2 / 3)


@few
@given(TEXTS, TEXTS)
def test_longest_equals_a_naive_search(text, source) -> None:
    assert longest_copy(text, source) == naive_longest(text, source)


@few
@given(TEXTS.filter(len), TEXTS, st.data())
def test_share_equals_a_naive_count(text, source, data) -> None:
    length = data.draw(st.integers(1, len(text)))
    found = copied_share(text, source, length)
    assert found == naive_share(text, source, length)


@few
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_characters_will_do(before, quote, after) -> None:
    source = "quoted: " + quote
    text = before + quote + after
    assert longest_copy(text, source) == naive_longest(text, source)


def test_equal_hashes_of_different_spans_do_not_count(monkeypatch) -> None:
    # Here any two characters have the same number, so all hashes are equal.
    same = np.ones(0x110000, np.uint64)
    monkeypatch.setattr(copying, "_numbers", lambda: same)
    text, source = "abbabaab#", "aabbbab##ba"
    assert longest_copy(text, source) == naive_longest(text, source) == "bbab"
    for length in range(1, 10):
        found = copied_share(text, source, length)
        assert found == naive_share(text, source, length)


def test_lengths_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="text's 3 characters, but is 4"):
        copied_share("abc", SOURCE, 4)
    with pytest.raises(ValueError, match="but is 0"):
        copied_share("abc", SOURCE, 0)


def test_a_thousand_characters_against_the_corpus(shakespeare_path) -> None:
    source = shakespeare_path.read_text(encoding="utf-8")
    text = source[-500:] + "#" + source[500_000:500_499]
    started = time.perf_counter()
    assert longest_copy(text, source) == source[-500:]
    assert time.perf_counter() - started < 5  # half a second, on two cores
