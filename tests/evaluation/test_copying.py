"""Copied parts: planted ones are found, and a naive search agrees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers.evaluation.copying import (
    longest_common_substring,
    ngram_overlap,
)

SOURCE = (
    "KING:\nOnce more, dear friends.\n\n"
    "PAGE:\nMy lord, the gate \u2014 \U0001d11e!"
)
TEXTS = st.text("ab\n", max_size=25)
few = settings(max_examples=60)


def naive_longest(text: str, source: str) -> str:
    """Try all parts of a text, the longest ones first."""
    parts = (
        text[start : start + length]
        for length in range(len(text), 0, -1)
        for start in range(len(text) - length + 1)
    )
    return next((part for part in parts if part in source), "")


def naive_overlap(text: str, source: str, n: int) -> float:
    """Compare n-grams as a set with those of the source."""
    starts = range(len(source) - n + 1)
    known = {source[start : start + n] for start in starts}
    grams = [text[start : start + n] for start in range(len(text) - n + 1)]
    return sum(gram in known for gram in grams) / len(grams)


@pytest.mark.parametrize(
    "quote",
    [
        SOURCE[:13],
        SOURCE[10:30],
        SOURCE[22:46],  # across three line ends
        SOURCE[-13:],  # with characters beyond 16 bits
    ],
)
def test_a_planted_quote_is_found_wherever_it_is(quote) -> None:
    for before, after in (("", "###"), ("##", "####"), ("#####", "")):
        text = before + quote + after
        assert longest_common_substring(text, SOURCE) == quote
        count = len(text) - 12
        assert ngram_overlap(text, SOURCE, 13) == (len(quote) - 12) / count


def test_a_text_that_is_copied_as_a_whole() -> None:
    assert longest_common_substring(SOURCE, SOURCE) == SOURCE
    assert longest_common_substring(SOURCE[1:-1], SOURCE) == SOURCE[1:-1]
    assert longest_common_substring(f"#{SOURCE}#", SOURCE) == SOURCE
    assert ngram_overlap(SOURCE, SOURCE, len(SOURCE)) == 1
    assert ngram_overlap(SOURCE, SOURCE, 1) == 1


def test_no_copy() -> None:
    assert longest_common_substring("######", SOURCE) == ""
    assert longest_common_substring("", SOURCE) == ""
    assert longest_common_substring(SOURCE, "") == ""
    assert ngram_overlap("######", SOURCE, 3) == 0
    assert ngram_overlap("KING", "", 2) == 0


def test_an_n_gram_longer_than_the_source_occurs_nowhere() -> None:
    for n in (5, 6, 7, 8):
        assert ngram_overlap("abcabcabc", "abca", n) == 0


def test_the_first_of_equally_long_ones() -> None:
    assert longest_common_substring("xxcd#ab#", "ab, cd") == "cd"


def test_an_overlap_by_hand() -> None:
    # Bigrams of abcx: ab and bc occur in the source, cx does not.
    assert ngram_overlap("abcx", "zabcz", 2) == pytest.approx(2 / 3)


@few
@given(TEXTS, TEXTS)
def test_longest_equals_a_naive_search(text, source) -> None:
    expected = naive_longest(text, source)
    assert longest_common_substring(text, source) == expected


@few
@given(TEXTS.filter(len), TEXTS, st.data())
def test_overlap_equals_a_naive_count(text, source, data) -> None:
    n = data.draw(st.integers(1, len(text)))
    assert ngram_overlap(text, source, n) == naive_overlap(text, source, n)


@few
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_characters_will_do(before, quote, after) -> None:
    source = "quoted: " + quote
    text = before + quote + after
    expected = naive_longest(text, source)
    assert longest_common_substring(text, source) == expected


class CountingSource(str):
    """A text that counts how often it is searched."""

    count = 0

    def __contains__(self, part: str) -> bool:
        self.count += 1
        return super().__contains__(part)


@few
@given(TEXTS, TEXTS)
def test_the_source_is_searched_twice_for_each_character_at_most(
    text, source
) -> None:
    counting = CountingSource(source)
    longest_common_substring(text, counting)
    assert counting.count <= 2 * len(text)


def test_a_thousand_characters_against_the_corpus(shakespeare_path) -> None:
    source = shakespeare_path.read_text(encoding="utf-8")
    text = source[-500:] + "#" + source[500_000:500_499]
    assert longest_common_substring(text, source) == source[-500:]


def test_lengths_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="text's 3 characters, but is 4"):
        ngram_overlap("abc", SOURCE, 4)
    with pytest.raises(ValueError, match="but is 0"):
        ngram_overlap("abc", SOURCE, 0)
    with pytest.raises(ValueError, match="text's 0 characters, but is 1"):
        ngram_overlap("", SOURCE, 1)
