"""Models that only count, and file packers: what a network has to beat."""

import gzip
import lzma
from collections.abc import Mapping
from functools import partial

import keras
import numpy as np

from ..text.vocabulary import Vocabulary
from .bits import Bits, mean_bits, measure_bits, uniform_bits

DISCOUNT = 0.75  # what Kneser-Ney subtracts from each count: a usual value
GRAMS = ("unigram", "bigram", "3-gram", "4-gram", "5-gram", "6-gram")
COMPRESSORS = {
    "gzip": partial(gzip.compress, compresslevel=9),
    "xz": partial(lzma.compress, preset=9),
}


def compare_models(
    train_text: str,
    test_text: str,
    vocabulary: Vocabulary,
    models: Mapping[str, keras.Sequential],
) -> dict[str, Bits]:
    """Measure models that only count, file packers and networks.

    Args:
        train_text: What may be counted.
        test_text: What is measured.
        vocabulary: The vocabulary of both texts.
        models: Networks by name, trained with this vocabulary.

    Returns:
        Bits per character of the test text (less is better), with their
        standard error where single characters have a cost: first "uniform",
        then "unigram" and "bigram" to "6-gram" (Kneser-Ney), the packers
        "gzip" and "xz", and the networks.

    Raises:
        ValueError: A text is empty.

    Example:
        >>> vocabulary = tg.Vocabulary.from_text("ab")
        >>> results = tg.compare_models("abab" * 9, "abab" * 9, vocabulary, {})
        >>> print(results["uniform"], results["unigram"])
        1.00 1.00 ± 0.00

    Notebooks 3 and 4 draw the results.
    """
    train_ids = vocabulary.encode(train_text)
    test_ids = vocabulary.encode(test_text)
    results = {"uniform": Bits(uniform_bits(len(vocabulary)))}
    grams = -np.log2(
        ngram_probabilities(train_ids, test_ids, len(vocabulary), len(GRAMS))
    )
    for name, costs in zip(GRAMS, grams, strict=True):
        results[name] = mean_bits(costs)
    for name in COMPRESSORS:
        results[name] = Bits(compressed_bits(train_text, test_text, name))
    for name, model in models.items():
        results[name] = measure_bits(model, test_ids)
    return results


def format_table(results: Mapping[str, Bits]) -> str:
    """Write a comparison as a text of two columns.

    Args:
        results: What `compare_models` returned.

    Returns:
        A line for each, with two decimals, and the standard error if there is
        one.

    Example:
        >>> print(tg.format_table({"xz": tg.Bits(2.58), "GRU": tg.Bits(2, 0)}))
        xz     2.58
        GRU    2.00 ± 0.00
    """
    width = max(map(len, results))
    lines = [f"{name:{width}}    {bits}" for name, bits in results.items()]
    return "\n".join(lines)


def ngram_probabilities(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int, longest: int
) -> np.ndarray:
    """Return each character's probability, given the ones before it in `ids`.

    Texts are integers (characters,). Row n - 1 of the result, float64
    (longest, characters), is the n-gram model that is counted in `train_ids`
    and knows the n - 1 characters before (fewer at the start of `ids`): the
    interpolated one of Kneser and Ney (1995), as Chen and Goodman (1998)
    write it, with one discount D = 0.75:

        p_n = (max(count - D, 0) + D T p_{n-1}) / total

    `count` is the n-gram's; `total` is the sum over all n-grams that begin
    with the same n - 1 characters, and T how many different ones there are.
    In p_{n-1}, and so on down, a count is not how often an n-gram occurs in
    the text but how many different characters occur before it. p_0 is 1 /
    vocab_size; where `total` is 0, p_n is p_{n-1}. Raises ValueError for an
    empty text, an id beyond the vocabulary, and `longest` below 1.
    """
    _check(train_ids, ids, vocab_size, longest)
    probabilities = np.empty((longest, len(ids)))
    lower_order = np.full(len(ids), 1 / vocab_size)
    # The context of each character as a number: 0, the empty one, at first.
    train_contexts = np.zeros(len(train_ids), dtype=np.int64)
    test_contexts = np.zeros(len(ids), dtype=np.int64)
    for n in range(longest):  # the characters in a context
        pairs = np.concatenate([train_contexts, test_contexts]) * vocab_size
        pairs += np.concatenate([train_ids[n:], ids[n:]])
        distinct, grams = np.unique(pairs, return_inverse=True)
        train_grams, test_grams = np.split(grams, [len(train_contexts)])
        counts = np.bincount(train_grams, minlength=len(distinct))
        continuation_counts = _continuation_counts(
            train_grams, train_ids, vocab_size, len(distinct)
        )
        gram_contexts = distinct // vocab_size
        probabilities[n:, n:] = _interpolate(
            counts, gram_contexts, test_contexts, test_grams, lower_order
        )
        lower_order = _interpolate(
            continuation_counts,
            gram_contexts,
            test_contexts,
            test_grams,
            lower_order,
        )[1:]
        train_contexts, test_contexts = train_grams[:-1], test_grams[:-1]
    return probabilities


def compressed_bits(
    train_text: str, text: str, compressor: str = "xz"
) -> float:
    """Return how many more bits a packer needs per character of `text`.

    That is the packed size, in UTF-8, of both texts together less that of
    `train_text`. "gzip" looks back 32 kB, "xz" over all. Raises ValueError
    for an empty `text` and an unknown packer.
    """
    if not text:
        raise ValueError("There is no text to measure: take a longer one.")
    if compressor not in COMPRESSORS:
        raise ValueError(
            f"compressor must be 'gzip' or 'xz', but is {compressor!r}."
        )
    compress = COMPRESSORS[compressor]
    both = len(compress((train_text + text).encode()))
    return 8 * (both - len(compress(train_text.encode()))) / len(text)


def _continuation_counts(
    grams: np.ndarray, train_ids: np.ndarray, vocab_size: int, count: int
) -> np.ndarray:
    """Return how many different characters occur before each n-gram."""
    pairs = grams[1:] * vocab_size + train_ids[: len(grams[1:])]
    pairs.sort()  # ten times faster than np.unique where most are different
    is_first = np.diff(pairs, prepend=-1) > 0
    return np.bincount(pairs[is_first] // vocab_size, minlength=count)


def _interpolate(
    counts: np.ndarray,
    gram_contexts: np.ndarray,
    test_contexts: np.ndarray,
    test_grams: np.ndarray,
    lower_order: np.ndarray,
) -> np.ndarray:
    """Return p_n of the n-grams of the measured text.

    `counts` and `gram_contexts` belong to the distinct n-grams, the others to
    the measured text; `lower_order` is p_{n-1}.
    """
    totals = np.bincount(gram_contexts, weights=counts)[test_contexts]
    types = np.bincount(gram_contexts, weights=counts > 0)[test_contexts]
    discounted = np.maximum(counts - DISCOUNT, 0)[test_grams]
    mixed = discounted + DISCOUNT * types * lower_order
    return np.where(totals > 0, mixed / np.maximum(totals, 1), lower_order)


def _check(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int, longest: int
) -> None:
    """Raise ValueError for texts that are empty or not of the vocabulary."""
    if longest < 1:
        raise ValueError(f"longest must be at least 1, but is {longest}.")
    for name, text in (("train_ids", train_ids), ("ids", ids)):
        if not len(text) or text.min() < 0 or text.max() >= vocab_size:
            raise ValueError(
                f"{name} must be one or more ids from 0 to {vocab_size - 1}: "
                "encode a longer text, with this vocabulary."
            )
