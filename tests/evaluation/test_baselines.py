"""Models that only count: values by hand, sums to one, their order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers.evaluation.baselines import (
    compare_models,
    compressed_bits,
    format_table,
    ngram_probabilities,
)
from textgen_helpers.evaluation.bits import Bits, measure_bits, uniform_bits
from textgen_helpers.text.corpus import split_corpus

CHARS = "abcd"
TEXTS = st.text(CHARS, min_size=1, max_size=30)
few = settings(max_examples=60)


def encode(text: str) -> np.ndarray:
    return np.array([CHARS.index(char) for char in text], dtype=np.int32)


def ngram_bits(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int, longest: int = 6
) -> list[float]:
    """Return the bits per character of each n-gram model."""
    rows = ngram_probabilities(train_ids, ids, vocab_size, longest)
    return [float(bits) for bits in -np.log2(rows).mean(axis=1)]


def probability(train: str, char: str, context: str, order: int) -> float:
    """Return the order's probability of a character after a context."""
    rows = ngram_probabilities(encode(train), encode(context + char), 4, order)
    return rows[order - 1, -1]


def naive(train: str, gram: str, raw: bool = True) -> float:
    """Return the probability of the last character of `gram`, recursively."""
    if not gram:
        return 1 / len(CHARS)

    def count(x: str) -> int:
        starts = [i for i in range(len(train)) if train.startswith(x, i)]
        if raw:
            return len(starts)
        return len({train[i - 1] for i in starts if i})

    counts = [count(gram[:-1] + char) for char in CHARS]
    shorter = naive(train, gram[1:], raw=False)
    if not sum(counts):
        return shorter
    discounted = max(count(gram) - 0.75, 0)
    different = sum(n > 0 for n in counts)
    return (discounted + 0.75 * different * shorter) / sum(counts)


# The text of the examples is abacabadab: a 5, b 3, c 1, d 1; ab 3, ba 2, ac,
# ca, ad, da 1. Before a occur three (b c d), before each other one (a): 6 in
# all, so p_1 of what is below is (3 - D + 4 D / 4) / 6 = 0.5 for a, and for
# each other (1 - D + 4 D / 4) / 6 = 1 / 6.
TRAIN = "abacabadab"


def test_one_character_by_hand() -> None:
    # (5 - D + D * 4 / 4) / 10 for a, (1 + ...) for c; all four were seen.
    assert probability(TRAIN, "a", "", 1) == pytest.approx(5 / 10)
    assert probability(TRAIN, "c", "", 1) == pytest.approx(1 / 10)
    # In aab, a has (2 - D + 2 D / 4) / 3, and c, not seen, (2 D / 4) / 3.
    assert probability("aab", "a", "", 1) == pytest.approx(1.625 / 3)
    assert probability("aab", "c", "", 1) == pytest.approx(0.375 / 3)


def test_two_characters_by_hand() -> None:
    # After a: b 3, c 1, d 1. (3 - D + 3 D / 6) / 5 for b, (3 D / 2) / 5 for a.
    assert probability(TRAIN, "b", "a", 2) == pytest.approx(2.625 / 5)
    assert probability(TRAIN, "a", "a", 2) == pytest.approx(1.125 / 5)
    # After b: a 2. (2 - D + D / 2) / 2 for a, (D / 6) / 2 for b.
    assert probability(TRAIN, "a", "b", 2) == pytest.approx(1.625 / 2)
    assert probability(TRAIN, "b", "b", 2) == pytest.approx(0.125 / 2)


def test_three_characters_by_hand() -> None:
    # After ba: c 1, d 1. Below, after a, by what comes before: b after c and
    # d (the first ab has nothing before it), c after b, d after b; 4 in all.
    # p_2 = (2 - D + 3 D / 6) / 4 = 1.625 / 4 for b,
    #       (1 - D + 3 D / 6) / 4 = 0.625 / 4 for c.
    b, c = 1.625 / 4, 0.625 / 4
    assert probability(TRAIN, "c", "ba", 3) == pytest.approx(
        (0.25 + 1.5 * c) / 2
    )
    assert probability(TRAIN, "b", "ba", 3) == pytest.approx(1.5 * b / 2)
    # bb never occurs in the text, so that what counts is after b: a, by c and
    # a before it (aba twice), 1 in all; (1 - D + D / 2) / 1.
    assert probability(TRAIN, "a", "bb", 3) == pytest.approx(0.625)


def test_the_first_characters_use_the_context_there_is() -> None:
    rows = ngram_probabilities(encode(TRAIN), encode("abd"), 4, 3)
    assert rows[1, 0] == rows[2, 0] == rows[0, 0]
    assert rows[2, 1] == rows[1, 1] != rows[0, 1]
    assert rows[2, 2] != rows[1, 2]


def test_bits_are_the_mean_of_minus_log2() -> None:
    # p_1: a 0.5, c 0.1.
    bits = ngram_bits(encode(TRAIN), encode("aac"), 4, 1)
    assert bits == [pytest.approx((1 + 1 + np.log2(10)) / 3)]


@few
@given(TEXTS, TEXTS, st.integers(1, 5))
def test_they_equal_a_naive_recursion(train, text, longest) -> None:
    rows = ngram_probabilities(encode(train), encode(text), 4, longest)
    assert rows.shape == (longest, len(text))
    for n, row in enumerate(rows, start=1):
        ends = range(1, len(text) + 1)
        expected = [naive(train, text[max(0, end - n) : end]) for end in ends]
        np.testing.assert_allclose(row, expected, rtol=1e-12)


@few
@given(TEXTS, st.text(CHARS, max_size=6), st.integers(1, 6))
def test_the_probabilities_of_all_characters_sum_to_one(
    train, context, order
) -> None:
    row = [probability(train, char, context, order) for char in CHARS]
    assert min(row) > 0
    assert sum(row) == pytest.approx(1)


@pytest.mark.parametrize(
    "context",
    ["", "bacab", "ddaba", "ddddd"],
    ids=["none", "seen", "half-seen", "unseen"],
)
def test_they_sum_to_one_after_any_context(context) -> None:
    for order in range(1, 7):
        row = [probability(TRAIN, char, context, order) for char in CHARS]
        assert sum(row) == pytest.approx(1)


def test_a_known_text_is_cheaper_than_an_unknown_one(ids) -> None:
    known = ngram_bits(ids[:20_000], ids[5_000:7_000], 65)
    unknown = ngram_bits(ids[:20_000], ids[50_000:52_000], 65)
    assert np.all(np.array(known) < unknown)


def test_the_more_context_the_fewer_bits(ids) -> None:
    cut = int(0.9 * len(ids))
    bits = [uniform_bits(65), *ngram_bits(ids[:cut], ids[cut:], 65)]
    assert len(bits) == 7
    assert np.all(np.diff(bits) < 0)


def test_a_large_vocabulary_needs_no_square_of_it() -> None:
    # A square of 1,114,112 float64 would be 10 terabytes.
    ids = np.random.default_rng(0).integers(0x110000, size=5_000)
    bits = ngram_bits(ids, ids, 0x110000)
    assert bits[1] < bits[0] < np.log2(0x110000)


def test_what_cannot_be_counted_is_refused(ids) -> None:
    with pytest.raises(ValueError, match=r"^train_ids must be one or more"):
        ngram_bits(ids[:0], ids, 65)
    with pytest.raises(ValueError, match=r"^ids must be one or more"):
        ngram_bits(ids, ids[:0], 65)
    with pytest.raises(ValueError, match="ids from 0 to 63"):
        ngram_bits(ids, ids, 64)
    with pytest.raises(ValueError, match=r"^ids must be"):
        ngram_bits(ids, np.array([-1]), 65)
    with pytest.raises(ValueError, match="longest must be at least 1"):
        ngram_bits(ids, ids, 65, 0)


def test_xz_finds_a_seen_text_for_nearly_nothing(sample) -> None:
    seen, unseen = sample[1_000:5_000], sample[100_000:104_000]
    train = sample[:90_000]
    bits = compressed_bits(train, unseen)
    assert 0 <= compressed_bits(train, seen) < bits / 5
    assert bits < uniform_bits(65)


def test_gzip_has_forgotten_what_is_more_than_32_kb_back(sample) -> None:
    train = sample[:90_000]
    near, far = train[-5_000:-1_000], train[1_000:5_000]
    near_bits = compressed_bits(train, near, "gzip")
    assert near_bits < compressed_bits(train, far, "gzip") / 5


def test_bits_are_for_each_character_not_for_each_byte() -> None:
    # Each of 64 equally likely characters costs 6 bits; it has two bytes.
    numbers = np.random.default_rng(0).integers(64, size=20_000)
    text = "".join(chr(0x400 + i) for i in numbers)
    assert 6 < compressed_bits(text[:10_000], text[10_000:]) < 8


def test_what_cannot_be_compressed_is_refused() -> None:
    with pytest.raises(ValueError, match="no text to measure"):
        compressed_bits("abc", "")
    with pytest.raises(ValueError, match="'gzip' or 'xz', but is 'zip'"):
        compressed_bits("abc", "abc", "zip")


def test_a_comparison_has_each_model(sample, vocabulary, tiny) -> None:
    train, _, test = split_corpus(sample[:20_000])
    results = compare_models(train, test, vocabulary, {"our GRU": tiny})
    grams = ["unigram", "bigram", "3-gram", "4-gram", "5-gram", "6-gram"]
    assert list(results) == ["uniform", *grams, "gzip", "xz", "our GRU"]
    train_ids, ids = vocabulary.encode(train), vocabulary.encode(test)
    assert results["uniform"] == Bits(np.log2(65))
    bits = ngram_bits(train_ids, ids, 65)
    assert [results[name].mean for name in grams] == bits
    assert all(0 < results[name].error < 0.5 for name in grams)
    assert results["gzip"] == Bits(compressed_bits(train, test, "gzip"))
    assert results["xz"] == Bits(compressed_bits(train, test, "xz"))
    assert results["our GRU"] == measure_bits(tiny, ids)
    paired = results["6-gram"] - results["our GRU"]
    assert paired.error != results["6-gram"].error
    with pytest.raises(ValueError, match="The two have 20 and 0 blocks"):
        results["6-gram"] - results["xz"]
    without = compare_models(train, test, vocabulary, {})
    assert list(without) == list(results)[:-1]


def test_results_as_a_table() -> None:
    table = format_table({"uniform": Bits(6.0224), "GRU": Bits(2.5, 0.04)})
    assert table == "uniform    6.02\nGRU        2.50 ± 0.04"
