"""The exercises of notebook 4: temperature, top-k and the nucleus."""

from collections.abc import Callable

import numpy as np

from .judge import Mistake, judge
from .model import softmax

Array = np.ndarray


# Exercise 1: temperature.


def with_temperature(logits: Array, temperature: float) -> Array:
    """Return the probabilities (vocab,) of logits (vocab,)."""
    return softmax(logits / temperature)


def _divided_after_softmax(logits: Array, temperature: float) -> Array:
    return softmax(logits) / temperature


def _two_softmaxes(logits: Array, temperature: float) -> Array:
    return softmax(softmax(logits) / temperature)


def _powers_alone(logits: Array, temperature: float) -> Array:
    return np.exp(logits / temperature)


def _no_exponential(logits: Array, temperature: float) -> Array:
    scaled = logits / temperature
    return scaled / scaled.sum()


def _overflow(logits: Array, temperature: float) -> Array:
    powers = np.exp(logits / temperature)
    return powers / powers.sum()


def check_with_temperature(answer: Callable) -> Callable:
    """Check your answer to "Logits to probabilities at a temperature".

    Args:
        answer: Your function `with_temperature(logits, temperature)`.
            `logits` is a float array (vocab,), `temperature` a number above
            0. It returns probabilities (vocab,).

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=lambda logits, temperature: softmax(logits * temperature),
            message="the logits are multiplied by the temperature: a small "
            "one must make their differences larger.",
        ),
        Mistake(
            answer=lambda logits, temperature: logits / temperature,
            message="the softmax is missing: these are still logits, and do "
            "not add up to 1.",
        ),
        Mistake(
            answer=_divided_after_softmax,
            message="this divides probabilities, so they no longer add up to "
            "1: divide the logits, and take the softmax last.",
        ),
        Mistake(
            answer=_two_softmaxes,
            message="there are two softmaxes: the temperature divides the "
            "logits themselves.",
        ),
        Mistake(
            answer=lambda logits, temperature: softmax(logits),
            message="the temperature has no effect: the logits must change "
            "before they go into the softmax.",
        ),
        Mistake(
            answer=_powers_alone,
            message="the powers alone do not add up to 1: divide each by the "
            "sum of all.",
        ),
        Mistake(
            answer=_no_exponential,
            message="logits can be negative, probabilities cannot: take "
            "`np.exp` of them before you divide by the sum.",
        ),
        Mistake(
            answer=_overflow,
            message="at a low temperature `np.exp` overflows: subtract the "
            "largest number first, which changes no probability, or use "
            "`tf.nn.softmax`.",
        ),
    ]
    logits = np.array([1.0, -0.5, 9.0, 7.5])
    cases = [(logits, 0.5), (logits, 1.0), (logits, 4.0), (logits, 0.01)]
    return judge(
        answer,
        with_temperature,
        cases=cases,
        mistakes=mistakes,
        praise="near 0 it is the greedy choice; far above 1, all characters "
        "are almost equally likely.",
    )


# Exercise 2: top-k.


def top_k(logits: Array, k: int) -> Array:
    """Return logits (vocab,), minus infinity for all but the `k` largest."""
    return _keep_only(logits, np.argsort(-logits)[:k])


def _keep_only(logits: Array, kept: Array) -> Array:
    """Return logits, minus infinity except at `kept`, ids or booleans."""
    result = np.full(len(logits), -np.inf)
    result[kept] = logits[kept]
    return result


def _zero_for_infinity(logits: Array) -> Array:
    """Return logits with 0 in place of minus infinity."""
    return np.where(np.isneginf(logits), 0.0, logits)


def _top_k_rest_is_zero(logits: Array, k: int) -> Array:
    return _zero_for_infinity(top_k(logits, k))


def _smallest_kept(logits: Array, k: int) -> Array:
    return _keep_only(logits, np.argsort(logits)[:k])


def _largest_removed(logits: Array, k: int) -> Array:
    return _keep_only(logits, np.argsort(-logits)[k:])


def _top_k_probabilities(logits: Array, k: int) -> Array:
    return softmax(top_k(logits, k))


def _top_k_sorted(logits: Array, k: int) -> Array:
    return np.sort(top_k(logits, k))[::-1]


def _largest_alone(logits: Array, k: int) -> Array:
    return np.sort(logits)[::-1][:k]


def _largest_alone_rising(logits: Array, k: int) -> Array:
    return np.sort(logits)[-k:]


def _ids_of_largest(logits: Array, k: int) -> Array:
    return np.argsort(-logits)[:k]


def _ids_of_largest_rising(logits: Array, k: int) -> Array:
    return np.argsort(logits)[-k:]


def check_top_k(answer: Callable) -> Callable:
    """Check your answer to "Minus infinity for all but the k largest logits".

    Args:
        answer: Your function `top_k(logits, k)`. `logits` is a float array
            (vocab,), `k` an integer. It returns an array (vocab,), and leaves
            `logits` as it is.

    Returns:
        Your function if it is right, else the helper package's version.

    Example:
        >>> def top_k(logits, k):
        ...     logits[np.argsort(logits)[:-k]] = -np.inf
        ...     return logits
        >>> top_k = check_top_k(top_k)
        Not yet: it changes `logits` in place: work on a copy.
        Until then the helper's version of top_k is used.
        >>> top_k(np.array([2.0, 1.0, 3.0]), k=2)
        array([  2., -inf,   3.])
    """
    mistakes = [
        Mistake(
            answer=_top_k_rest_is_zero,
            message="the others are zero, a logit like any other and larger "
            "than every negative one: only minus infinity rules a character "
            "out.",
        ),
        Mistake(
            answer=lambda logits, k: top_k(logits, k + 1),
            message="one too many is left: with the largest first, the last "
            "to keep is number `k - 1`, counted from 0.",
        ),
        Mistake(
            answer=lambda logits, k: top_k(logits, k - 1),
            message="one too few is left: keep the k-th largest as well, with "
            "`>=` if you compare.",
        ),
        Mistake(
            answer=_smallest_kept,
            message="the smallest are left, not the largest: check with which "
            "end the sorted order begins.",
        ),
        Mistake(
            answer=_largest_removed,
            message="the k largest are removed, and the others stay: invert "
            "the condition.",
        ),
        Mistake(
            answer=_top_k_probabilities,
            message="these are probabilities: give logits, without a softmax.",
        ),
        Mistake(
            answer=_top_k_sorted,
            message="the places in the vocabulary are lost: sort only to find "
            "which logits to keep, and give all in their old order.",
        ),
        Mistake(
            answer=_largest_alone,
            message="the places in the vocabulary are lost: the result must "
            "be as long as `logits`, but these are the k largest alone.",
        ),
        Mistake(
            answer=_largest_alone_rising,
            message="the places in the vocabulary are lost: the result must "
            "be as long as `logits`, but these are the k largest in rising "
            "order.",
        ),
        Mistake(
            answer=_ids_of_largest,
            message="these are ids: keep the logits at them, and make the "
            "rest minus infinity.",
        ),
        Mistake(
            answer=_ids_of_largest_rising,
            message="these are ids, the likeliest last: keep the logits at "
            "them, and make the rest minus infinity.",
        ),
    ]
    logits = np.array([0.3, -1.2, 2.5, -0.4, 1.1, -3.0])
    return judge(
        answer,
        top_k,
        cases=[(logits, 2), (-logits, 4), (logits - 4, 3)],
        mistakes=mistakes,
        praise="a softmax turns minus infinity into a probability of exactly "
        "0.",
    )


# Exercise 3: the nucleus.


def top_p(logits: Array, p: float) -> Array:
    """Return logits (vocab,), minus infinity outside of the nucleus."""
    return top_k(logits, _nucleus_size(logits, p))


def _nucleus_size(logits: Array, p: float) -> int:
    """Return how many characters, from the likeliest on, reach `p`."""
    falling = np.sort(softmax(logits))[::-1]
    return int(np.sum(_sum_before(falling) < p))


def _sum_before(probabilities: Array) -> Array:
    """Return, for each probability, the sum of those before it."""
    return np.cumsum(probabilities) - probabilities


def _nucleus_too_small(logits: Array, p: float) -> Array:
    return top_k(logits, _nucleus_size(logits, p) - 1)


def _nucleus_too_large(logits: Array, p: float) -> Array:
    return top_k(logits, _nucleus_size(logits, p) + 1)


def _each_probability_alone(logits: Array, p: float) -> Array:
    return _keep_only(logits, softmax(logits) >= p)


def _in_order_of_vocabulary(logits: Array, p: float) -> Array:
    return _keep_only(logits, _sum_before(softmax(logits)) < p)


def _in_order_of_vocabulary_too_few(logits: Array, p: float) -> Array:
    return _keep_only(logits, np.cumsum(softmax(logits)) <= p)


def _unlikeliest_first(logits: Array, p: float) -> Array:
    order = np.argsort(logits)
    rising = softmax(logits)[order]
    return _keep_only(logits, order[_sum_before(rising) < p])


def _chosen_in_sorted_order(logits: Array, p: float) -> Array:
    falling = np.sort(softmax(logits))[::-1]
    return _keep_only(logits, _sum_before(falling) < p)


def _top_p_sorted(logits: Array, p: float) -> Array:
    return np.sort(top_p(logits, p))[::-1]


def _top_p_rest_is_zero(logits: Array, p: float) -> Array:
    return _zero_for_infinity(top_p(logits, p))


def _top_p_probabilities(logits: Array, p: float) -> Array:
    return softmax(top_p(logits, p))


def check_top_p(answer: Callable) -> Callable:
    """Check your answer to "Minus infinity outside of the nucleus".

    The nucleus is the smallest set of characters whose probabilities reach p
    (Holtzman et al., 2020, "The curious case of neural text degeneration").

    Args:
        answer: Your function `top_p(logits, p)`. `logits` is a float array
            (vocab,), `p` a number above 0 and at most 1. It returns an array
            (vocab,), and leaves `logits` as it is.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_nucleus_too_small,
            message="it stops before the sum reaches `p`: the character that "
            "reaches it belongs to the nucleus.",
        ),
        Mistake(
            answer=_nucleus_too_large,
            message="one too many is left: with the character that reaches "
            "`p`, the nucleus is complete.",
        ),
        Mistake(
            answer=_each_probability_alone,
            message="each probability alone is compared with `p`: add them "
            "up, beginning with the likeliest.",
        ),
        Mistake(
            answer=_in_order_of_vocabulary,
            message="the sum runs in the order of the vocabulary: begin with "
            "the likeliest.",
        ),
        Mistake(
            answer=_in_order_of_vocabulary_too_few,
            message="the sum runs in the order of the vocabulary: sort first, "
            "and keep the character that reaches `p`.",
        ),
        Mistake(
            answer=_unlikeliest_first,
            message="the sum begins with the unlikeliest: reverse the order.",
        ),
        Mistake(
            answer=_chosen_in_sorted_order,
            message="the choice is made in sorted order, but applied to "
            "logits that are not sorted: `np.argsort` gives the id for each "
            "place.",
        ),
        Mistake(
            answer=_top_p_sorted,
            message="the logits come back sorted: each must stay in the place "
            "of its character.",
        ),
        Mistake(
            answer=_top_p_rest_is_zero,
            message="the others are zero, and so can be drawn: only minus "
            "infinity rules a character out.",
        ),
        Mistake(
            answer=_top_p_probabilities,
            message="these are probabilities: use them to choose, but give "
            "logits.",
        ),
    ]
    logits = np.log([0.08, 0.42, 0.02, 0.3, 0.18])
    return judge(
        answer,
        top_p,
        cases=[(logits, 0.6), (logits + 3, 0.85), (logits[::-1], 0.35)],
        mistakes=mistakes,
        praise="the likeliest character always stays, even if it alone "
        "exceeds p.",
    )
