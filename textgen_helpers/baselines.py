"""A ladder of models that only count, to judge a network beside."""

import gzip
import lzma
from collections.abc import Mapping
from functools import partial

import keras
import numpy as np

from .measuring import bits_per_char, uniform_bits
from .vocabulary import Vocabulary

DISCOUNT = 0.75  # what Kneser-Ney takes off each count: a usual value
GRAMS = ("unigram", "bigram", "3-gram", "4-gram", "5-gram", "6-gram")
COMPRESSORS = {
    "gzip": partial(gzip.compress, compresslevel=9),
    "xz": partial(lzma.compress, preset=9),
}


def ngram_bits(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int, longest: int = 6
) -> list[float]:
    """Return the bits per character of each row of `ngram_probabilities`."""
    chances = ngram_probabilities(train_ids, ids, vocab_size, longest)
    return [float(bits) for bits in -np.log2(chances).mean(axis=1)]


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
    In p_{n-1}, and so on down, a count is not how often an n-gram stands in
    the text but how many different characters stand before it. p_0 is 1 /
    vocab_size; where `total` is 0, p_n is p_{n-1}. Raises ValueError for an
    empty text, an id beyond the vocabulary, and `longest` below 1.
    """
    _check(train_ids, ids, vocab_size, longest)
    chances = np.empty((longest, len(ids)))
    shorter = np.full(len(ids), 1 / vocab_size)
    # The context of each character as a number: 0, the empty one, at first.
    seen, asked = (np.zeros(len(x), dtype=np.int64) for x in (train_ids, ids))
    for n in range(longest):  # the characters in a context
        pairs = np.concatenate([seen, asked]) * vocab_size
        pairs += np.concatenate([train_ids[n:], ids[n:]])
        different, grams = np.unique(pairs, return_inverse=True)
        seen_grams, asked_grams = np.split(grams, [len(seen)])
        counts = np.bincount(seen_grams, minlength=len(different))
        befores = _befores(seen_grams, train_ids, vocab_size, len(different))
        where = different // vocab_size, asked, asked_grams, shorter
        chances[n:, n:] = _interpolate(counts, *where)
        shorter = _interpolate(befores, *where)[1:]
        seen, asked = seen_grams[:-1], asked_grams[:-1]
    return chances


def compressed_bits(
    train_text: str, text: str, compressor: str = "xz"
) -> float:
    """Return how many more bits a compressor needs per character of `text`.

    That is the compressed size, in UTF-8, of both texts together less that of
    `train_text`. "gzip" looks back 32 kB, "xz" over all. Raises ValueError
    for an empty `text` and an unknown compressor.
    """
    if not text:
        raise ValueError("There is no text to measure: take a longer one.")
    if compressor not in COMPRESSORS:
        raise ValueError(f"compressor is 'gzip' or 'xz', not {compressor!r}.")
    compress = COMPRESSORS[compressor]
    both = len(compress((train_text + text).encode()))
    return 8 * (both - len(compress(train_text.encode()))) / len(text)


def ladder(
    train_text: str,
    held_out_text: str,
    vocabulary: Vocabulary,
    models: Mapping[str, keras.Sequential],
) -> dict[str, float]:
    """Return the bits per character of a held-out text, for model by model.

    First "uniform", "unigram" to "6-gram", "gzip" and "xz", which know
    `train_text`; then `models`. Raises ValueError for a text that is empty.
    """
    texts = train_text, held_out_text
    train_ids, ids = map(vocabulary.encode, texts)
    grams = ngram_bits(train_ids, ids, len(vocabulary), len(GRAMS))
    return {
        "uniform": uniform_bits(len(vocabulary)),
        **dict(zip(GRAMS, grams, strict=True)),
        **{name: compressed_bits(*texts, name) for name in COMPRESSORS},
        **{name: bits_per_char(model, ids) for name, model in models.items()},
    }


def ladder_lines(ladder: Mapping[str, float]) -> str:
    """Return a ladder as a text of two columns, a line for each model."""
    width = max(map(len, ladder))
    return "\n".join(f"{x:{width}} {bits:7.2f}" for x, bits in ladder.items())


def _befores(
    grams: np.ndarray, train_ids: np.ndarray, vocab_size: int, different: int
) -> np.ndarray:
    """Return how many different characters stand before each n-gram."""
    pairs = grams[1:] * vocab_size + train_ids[: len(grams[1:])]
    pairs.sort()  # ten times faster than np.unique where most are different
    first = np.diff(pairs, prepend=-1) > 0
    return np.bincount(pairs[first] // vocab_size, minlength=different)


def _interpolate(
    counts: np.ndarray,
    contexts: np.ndarray,
    asked: np.ndarray,
    grams: np.ndarray,
    shorter: np.ndarray,
) -> np.ndarray:
    """Return p_n of the n-grams that are asked for; `shorter` is p_{n-1}."""
    totals = np.bincount(contexts, weights=counts)[asked]
    followers = np.bincount(contexts, weights=counts > 0)[asked]
    kept = np.maximum(counts - DISCOUNT, 0)[grams]
    mixed = kept + DISCOUNT * followers * shorter
    return np.where(totals > 0, mixed / np.maximum(totals, 1), shorter)


def _check(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int, longest: int
) -> None:
    if longest < 1:
        raise ValueError(f"longest must be at least 1, but is {longest}.")
    for name, text in (("train_ids", train_ids), ("ids", ids)):
        if not len(text) or text.min() < 0 or text.max() >= vocab_size:
            raise ValueError(
                f"{name} must be one or more ids from 0 to {vocab_size - 1}: "
                "encode a longer text, with this vocabulary."
            )
