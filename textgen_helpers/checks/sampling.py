"""The exercises of notebook 4: temperature, top-k and the nucleus."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .judging import Mistakes, judge

Array = np.ndarray


def _with_temperature(logits: Array, temperature: float) -> Array:
    """Return the probabilities (vocab,) of logits (vocab,)."""
    return _softmax(logits / temperature)


def with_temperature(answer: Callable) -> Callable:
    """Judge an answer to "logits to probabilities at a temperature"."""
    mistakes: Mistakes = {
        "the logits are multiplied by the temperature: a small one must make "
        "their differences larger.": lambda x, t: _softmax(x * t),
        "the softmax is missing: these are logits still, and do not add up "
        "to 1.": lambda x, t: x / t,
        "this divides probabilities, so they no longer add up to 1: divide "
        "the logits, and take the softmax last.": lambda x, t: _softmax(x) / t,
        "there are two softmaxes: the temperature divides the logits "
        "themselves.": lambda x, t: _softmax(_softmax(x) / t),
        "the temperature has no effect: the logits must change before they "
        "go into the softmax.": lambda x, t: _softmax(x),
        "the powers alone do not add up to 1: divide each by the sum of "
        "all.": lambda x, t: np.exp(x / t),
        "logits can be negative, probabilities cannot: take `np.exp` of them "
        "before you divide by the sum.": lambda x, t: x / x.sum(),
        "at a low temperature `np.exp` overflows: subtract the largest number "
        "first, which changes no probability, or use `tf.nn.softmax`.": (
            lambda x, t: np.exp(x / t) / np.exp(x / t).sum()
        ),
    }
    logits = np.array([1.0, -0.5, 9.0, 7.5])
    cases = [(logits, 0.5), (logits, 1.0), (logits, 4.0), (logits, 0.01)]
    praise = "near 0 it is the greedy choice, far above 1 almost a fair draw."
    return judge(answer, _with_temperature, cases, mistakes, praise)


def _top_k(logits: Array, k: int) -> Array:
    """Return logits (vocab,), minus infinity for all but the `k` largest."""
    return _only(logits, np.argsort(-logits)[:k])


def top_k(answer: Callable) -> Callable:
    """Judge an answer to "minus infinity for all but the k largest logits"."""
    gone = "the places in the vocabulary are lost: "
    mistakes: Mistakes = {
        "the others are zero, a logit like any other and larger than every "
        "negative one: only minus infinity rules a character out.": (
            lambda x, k: np.nan_to_num(_top_k(x, k), neginf=0.0)
        ),
        "one too many is left: with the largest first, the last to keep is "
        "number `k - 1`, counted from 0.": lambda x, k: _top_k(x, k + 1),
        "one too few is left: the k-th largest stays too, so a comparison "
        "must let it in.": lambda x, k: _top_k(x, k - 1),
        "the smallest are left, not the largest: look at which end the order "
        "begins.": lambda x, k: _only(x, np.argsort(x)[:k]),
        "the k largest are gone, and the others stay: turn the condition "
        "round.": lambda x, k: _only(x, np.argsort(x)[:-k]),
        "these are probabilities: give logits, and leave the softmax to the "
        "one who draws.": lambda x, k: _softmax(_top_k(x, k)),
        gone + "sort only to find which logits to keep, and give all in "
        "their old order.": lambda x, k: np.sort(_top_k(x, k))[::-1],
        gone + "the result must be as long as `logits`, but these are "
        "the k largest alone.": lambda x, k: np.sort(x)[::-1][:k],
        gone + "the result must be as long as `logits`, but these are "
        "the k largest in rising order.": lambda x, k: np.sort(x)[-k:],
        "these are ids: keep the logits at them, and make the rest minus "
        "infinity.": lambda x, k: np.argsort(-x)[:k],
        "these are ids, the likeliest last: keep the logits at them, and "
        "make the rest minus infinity.": lambda x, k: np.argsort(x)[-k:],
    }
    logits = np.array([0.3, -1.2, 2.5, -0.4, 1.1, -3.0])
    cases = [(logits, 2), (-logits, 4), (logits - 4, 3)]
    praise = "a softmax turns minus infinity into a probability of exactly 0."
    return judge(answer, _top_k, cases, mistakes, praise)


def _top_p(logits: Array, p: float) -> Array:
    """Return logits (vocab,), minus infinity outside of the nucleus."""
    return _top_k(logits, _nucleus_size(logits, p))


def top_p(answer: Callable) -> Callable:
    """Judge an answer to "minus infinity outside of the nucleus"."""
    unsorted = "the sum runs in the order of the vocabulary: "
    mistakes: Mistakes = {
        "it stops before the sum reaches `p`: the character that reaches it "
        "belongs in.": lambda x, p: _top_k(x, _nucleus_size(x, p) - 1),
        "one too many is left: with the character that reaches `p` the "
        "nucleus is complete.": lambda x, p: _top_k(x, _nucleus_size(x, p) + 1),
        "each probability alone is compared with `p`: add them up, from the "
        "likeliest on.": lambda x, p: _only(x, _softmax(x) >= p),
        unsorted + "begin with the likeliest.": (
            lambda x, p: _only(x, np.arange(_needed(_softmax(x), p)))
        ),
        unsorted + "sort first, and keep the character that reaches `p`.": (
            lambda x, p: _only(x, np.arange(_needed(_softmax(x), p) - 1))
        ),
        "the sum begins with the unlikeliest: turn the order round.": (
            lambda x, p: _only(
                x, np.argsort(x)[: _needed(np.sort(_softmax(x)), p)]
            )
        ),
        "the choice is made in sorted order, but applied to logits that are "
        "not: `np.argsort` says which id each place has.": (
            lambda x, p: _only(x, np.arange(_nucleus_size(x, p)))
        ),
        "the logits come back sorted: each must stay in the place of its "
        "character.": lambda x, p: np.sort(_top_p(x, p))[::-1],
        "the others are zero, and so can be drawn: only minus infinity rules "
        "a character out.": lambda x, p: np.nan_to_num(
            _top_p(x, p), neginf=0.0
        ),
        "these are probabilities: they serve to choose, but the result is "
        "logits.": lambda x, p: _softmax(_top_p(x, p)),
    }
    logits = np.log([0.08, 0.42, 0.02, 0.3, 0.18])
    cases = [(logits, 0.6), (logits + 3, 0.85), (logits[::-1], 0.35)]
    praise = "the likeliest character always stays, even if it alone exceeds p."
    return judge(answer, _top_p, cases, mistakes, praise)


def _only(logits: Array, kept: Array) -> Array:
    """Return minus infinity everywhere but at `kept`, ids or booleans."""
    result = np.full(len(logits), -np.inf)
    result[kept] = logits[kept]
    return result


def _nucleus_size(logits: Array, p: float) -> int:
    return _needed(np.sort(_softmax(logits))[::-1], p)


def _needed(chances: Array, p: float) -> int:
    """Return how many of the chances, from the first on, reach p."""
    return int(np.sum(np.cumsum(chances) - chances < p))


def _softmax(logits: Array) -> Array:
    return tf.nn.softmax(logits).numpy()
