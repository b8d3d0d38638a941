"""The exercises of notebook 5: the norm, clipping, scheduled sampling."""

from collections.abc import Callable, Sequence

import numpy as np

from .judging import Mistakes, judge

Array = np.ndarray
Arrays = Sequence[Array]

_SMALL = [np.array([3.0, 0.0]), np.array([[-4.0]])]
_GRADS = [
    np.array([[1.0, -2.0, 0.5], [4.0, -3.0, 1.5]]),
    np.array([0.6, -0.8]),
    np.array([[-6.0]]),
]


def _global_norm(grads: Arrays) -> float:
    """Return the root of the sum of the squares of all numbers."""
    return float(np.sqrt(sum(np.sum(np.square(g)) for g in grads)))


def global_norm(answer: Callable) -> Callable:
    """Judge an answer to "the norm of all gradients together"."""
    mistakes: Mistakes = {
        "the root is missing: this is the sum of the squares.": (
            lambda grads: _global_norm(grads) ** 2
        ),
        "norms do not add up: add the squares of all arrays, and take one "
        "root at the end.": lambda grads: sum(map(np.linalg.norm, grads)),
        "this is a norm for each array: one number for all is wanted.": (
            lambda grads: list(map(np.linalg.norm, grads))
        ),
        "this is the norm of the longest array alone: all of them count.": (
            lambda grads: max(map(np.linalg.norm, grads))
        ),
        "this is the norm of the last array alone: add to the sum in each "
        "round of the loop.": lambda grads: np.linalg.norm(grads[-1]),
        "this adds the numbers without their signs: square them instead, and "
        "take the root.": lambda grads: sum(abs(g).sum() for g in grads),
        "numbers of both signs cancel out: square each before you add.": (
            lambda grads: sum(map(np.sum, grads))
        ),
        "this is a mean of the squares: it must be their sum.": (
            lambda grads: _global_norm(grads) / sum(map(np.size, grads)) ** 0.5
        ),
        "arrays of several shapes do not fit into one: take them one by one, "
        "or flatten each.": np.concatenate,
        "sum the squares within each array first: as they are, the arrays do "
        "not fit together.": lambda grads: np.sqrt(sum(g**2 for g in grads)),
    }
    cases = [(_SMALL,), (_GRADS,), ([0.1 * g for g in _GRADS[:2]],)]
    praise = "laid end to end, the arrays are a vector, and this is its length."
    return judge(answer, _global_norm, cases, mistakes, praise)


def _clip_by_global_norm(grads: Arrays, limit: float) -> Arrays:
    """Return the arrays, scaled alike to a global norm of at most `limit`."""
    factor = limit / max(_global_norm(grads), limit)
    return tuple(factor * g for g in grads)


def clip_by_global_norm(answer: Callable) -> Callable:
    """Judge an answer to "scale all gradients to a norm of at most limit"."""

    def scaled(factor: Callable) -> Callable:
        """Return a function that scales all by a factor of norm and limit."""
        return lambda grads, limit: tuple(
            factor(_global_norm(grads), limit) * g for g in grads
        )

    def alone(grads: Arrays, limit: float) -> Arrays:
        return tuple(_clip_by_global_norm([g], limit)[0] for g in grads)

    def values(grads: Arrays, limit: float) -> Arrays:
        return tuple(np.clip(g, -limit, limit) for g in grads)

    def with_norm(grads: Arrays, limit: float) -> tuple[Arrays, float]:
        return _clip_by_global_norm(grads, limit), _global_norm(grads)

    mistakes: Mistakes = {
        "each array is clipped by its own norm, which turns the direction: "
        "take one factor for all.": alone,
        "each number is clipped by itself, which turns the direction: scale "
        "all by one factor.": values,
        "small gradients are scaled up: where the norm is below the limit, "
        "nothing changes.": scaled(lambda norm, limit: limit / norm),
        "clipped gradients get a norm of 1: it should be `limit`.": (
            scaled(lambda norm, limit: 1 / norm if norm > limit else 1)
        ),
        "the factor is upside down: large gradients must become smaller.": (
            scaled(lambda norm, limit: max(norm / limit, 1))
        ),
        "the norm lacks its root, so the gradients become too small.": (
            scaled(lambda norm, limit: limit / max(norm**2, limit))
        ),
        "the gradients come back as they were: where the norm exceeds the "
        "limit, scale them.": scaled(lambda *_: 1),
        "the norm is there beside the gradients: give only these.": with_norm,
    }
    cases = [(_SMALL, 1.0), (_GRADS, 2.5), (_GRADS, 100.0), (_GRADS, 0.5)]
    praise = "one factor for all: the direction stays, only the length changes."
    return judge(answer, _clip_by_global_norm, cases, mistakes, praise)


def _scheduled_inputs(inputs: Array, guesses: Array, coins: Array) -> Array:
    """Return inputs (batch, time), some replaced by the guess before them."""
    before = np.concatenate([inputs[:, :1], guesses[:, :-1]], axis=1)
    return np.where(coins, before, inputs)


def scheduled_inputs(answer: Callable) -> Callable:
    """Judge an answer to "read your own guess where the coin says so"."""
    after = "a guess made *after* reading a character takes its place"
    mistakes: Mistakes = {
        after + ": it is meant for the next position.": (
            lambda x, own, coins: np.where(coins, own, x)
        ),
        after + ", except for the first: each is meant for the next "
        "position.": (
            lambda x, own, c: _scheduled_inputs(x, np.roll(own, -1, 1), c)
        ),
        "the coins are inverted: where one is True, the guess is read.": (
            lambda x, own, coins: _scheduled_inputs(x, own, ~coins)
        ),
        "the first character is replaced by the row's last guess: nothing was "
        "guessed before it, so it stays.": (
            lambda x, own, coins: np.where(coins, np.roll(own, 1, 1), x)
        ),
        "the guesses move from one row into the next: move them along the "
        "axis of time.": lambda x, own, c: np.where(c, np.roll(own, 1), x),
        "this is the coin of the position before: each decides about its "
        "own.": lambda x, own, c: _scheduled_inputs(x, own, np.roll(c, 1, 1)),
        "all are guesses: keep the true character where the coin is False.": (
            lambda x, own, coins: _scheduled_inputs(x, own, coins | True)
        ),
        "the first character is missing: put it in front, as it is.": (
            lambda *arrays: _scheduled_inputs(*arrays)[:, 1:]
        ),
    }
    rng = np.random.default_rng(4)
    arrays = rng.integers(10, 60, (2, 3, 6))
    small = (np.array([[1, 2, 3]]), np.array([[7, 8, 9]]))
    cases = [(*small, np.array([[True, False, True]]))]
    cases += [(*arrays, rng.random((3, 6)) < share) for share in (0.3, 0.7)]
    praise = "the targets stay true: so a model learns to go on after a slip."
    return judge(answer, _scheduled_inputs, cases, mistakes, praise)
