"""The exercises of notebook 5: the norm, clipping, scheduled sampling."""

from collections.abc import Callable, Sequence

import numpy as np

from .judge import Mistake, judge

Array = np.ndarray
Arrays = Sequence[Array]

_SMALL_GRADS = [np.array([3.0, 0.0]), np.array([[-4.0]])]
_GRADS = [
    np.array([[1.0, -2.0, 0.5], [4.0, -3.0, 1.5]]),
    np.array([0.6, -0.8]),
    np.array([[-6.0]]),
]


# Exercise 1: the norm of all gradients together.


def global_norm(grads: Arrays) -> float:
    """Return the root of the sum of the squares of all numbers."""
    return float(np.sqrt(_sum_of_squares(grads)))


def _sum_of_squares(grads: Arrays) -> float:
    return float(sum(np.sum(np.square(grad)) for grad in grads))


def _sum_of_norms(grads: Arrays) -> float:
    return sum(float(np.linalg.norm(grad)) for grad in grads)


def _norm_for_each(grads: Arrays) -> list[float]:
    return [float(np.linalg.norm(grad)) for grad in grads]


def _largest_norm(grads: Arrays) -> float:
    return max(float(np.linalg.norm(grad)) for grad in grads)


def _norm_of_last(grads: Arrays) -> float:
    return float(np.linalg.norm(grads[-1]))


def _sum_of_sizes(grads: Arrays) -> float:
    return float(sum(np.sum(np.abs(grad)) for grad in grads))


def _sum_of_numbers(grads: Arrays) -> float:
    return float(sum(np.sum(grad) for grad in grads))


def _root_of_mean_square(grads: Arrays) -> float:
    count = sum(np.size(grad) for grad in grads)
    return float(np.sqrt(_sum_of_squares(grads) / count))


def _joined_as_they_are(grads: Arrays) -> float:
    return float(np.linalg.norm(np.concatenate(grads)))


def _squares_not_summed(grads: Arrays) -> Array:
    return np.sqrt(sum(grad**2 for grad in grads))


def check_global_norm(answer: Callable) -> Callable:
    """Check your answer to "The norm of all gradients together".

    Args:
        answer: Your function `global_norm(grads)`. `grads` is a list of float
            arrays of several shapes. It returns one number.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_sum_of_squares,
            message="the root is missing: this is the sum of the squares.",
        ),
        Mistake(
            answer=_sum_of_norms,
            message="norms do not add up: add the squares of all arrays, and "
            "take one root at the end.",
        ),
        Mistake(
            answer=_norm_for_each,
            message="this is a norm for each array: give one number for all.",
        ),
        Mistake(
            answer=_largest_norm,
            message="this is the largest norm of a single array: all arrays "
            "count.",
        ),
        Mistake(
            answer=_norm_of_last,
            message="this is the norm of the last array alone: add to the sum "
            "in each round of the loop.",
        ),
        Mistake(
            answer=_sum_of_sizes,
            message="this adds the numbers without their signs: square them "
            "instead, and take the root.",
        ),
        Mistake(
            answer=_sum_of_numbers,
            message="numbers of both signs cancel out: square each before you "
            "add.",
        ),
        Mistake(
            answer=_root_of_mean_square,
            message="this is a mean of the squares: it must be their sum.",
        ),
        Mistake(
            answer=_joined_as_they_are,
            message="arrays of several shapes cannot be joined: take them one "
            "by one, or flatten each.",
        ),
        Mistake(
            answer=_squares_not_summed,
            message="sum the squares within each array first: as they are, "
            "the arrays do not fit together.",
        ),
    ]
    cases = [(_SMALL_GRADS,), (_GRADS,), ([0.1 * g for g in _GRADS[:2]],)]
    return judge(
        answer,
        global_norm,
        cases=cases,
        mistakes=mistakes,
        praise="joined to one long vector, the arrays have this length.",
    )


# Exercise 2: clipping.


def clip_by_global_norm(grads: Arrays, limit: float) -> Arrays:
    """Return the arrays, scaled alike to a global norm of at most `limit`."""
    return _scale(grads, limit / max(global_norm(grads), limit))


def _scale(grads: Arrays, factor: float) -> Arrays:
    """Return the arrays, all multiplied by one factor."""
    return tuple(factor * grad for grad in grads)


def _each_by_its_norm(grads: Arrays, limit: float) -> Arrays:
    return tuple(
        grad * limit / max(float(np.linalg.norm(grad)), limit) for grad in grads
    )


def _each_number_by_itself(grads: Arrays, limit: float) -> Arrays:
    return tuple(np.clip(grad, -limit, limit) for grad in grads)


def _small_scaled_up(grads: Arrays, limit: float) -> Arrays:
    return _scale(grads, limit / global_norm(grads))


def _scaled_to_1(grads: Arrays, limit: float) -> Arrays:
    norm = global_norm(grads)
    return _scale(grads, 1 / norm) if norm > limit else tuple(grads)


def _factor_upside_down(grads: Arrays, limit: float) -> Arrays:
    return _scale(grads, max(global_norm(grads), limit) / limit)


def _norm_without_root(grads: Arrays, limit: float) -> Arrays:
    return _scale(grads, limit / max(_sum_of_squares(grads), limit))


def _not_clipped(grads: Arrays, limit: float) -> Arrays:
    return tuple(grads)


def _with_norm(grads: Arrays, limit: float) -> tuple[Arrays, float]:
    return clip_by_global_norm(grads, limit), global_norm(grads)


def check_clip_by_global_norm(answer: Callable) -> Callable:
    """Check your answer to "Scale all gradients to a norm of at most limit".

    Args:
        answer: Your function `clip_by_global_norm(grads, limit)`. `grads` is
            a list of float arrays of several shapes, `limit` a number. It
            returns a list of arrays of the same shapes.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_each_by_its_norm,
            message="each array is clipped by its own norm, which changes the "
            "direction: take one factor for all.",
        ),
        Mistake(
            answer=_each_number_by_itself,
            message="each number is clipped by itself, which changes the "
            "direction: scale all by one factor.",
        ),
        Mistake(
            answer=_small_scaled_up,
            message="small gradients are scaled up: where the norm is below "
            "the limit, nothing changes.",
        ),
        Mistake(
            answer=_scaled_to_1,
            message="clipped gradients get a norm of 1: it should be `limit`.",
        ),
        Mistake(
            answer=_factor_upside_down,
            message="the factor is upside down: large gradients must become "
            "smaller.",
        ),
        Mistake(
            answer=_norm_without_root,
            message="the norm lacks its root, so the gradients become too "
            "small.",
        ),
        Mistake(
            answer=_not_clipped,
            message="the gradients come back as they were: where the norm "
            "exceeds the limit, scale them.",
        ),
        Mistake(
            answer=_with_norm,
            message="the norm comes back with the gradients: give only the "
            "gradients.",
        ),
    ]
    cases = [
        (_SMALL_GRADS, 1.0),
        (_GRADS, 2.5),
        (_GRADS, 100.0),
        (_GRADS, 0.5),
    ]
    return judge(
        answer,
        clip_by_global_norm,
        cases=cases,
        mistakes=mistakes,
        praise="one factor for all: the direction stays, only the length "
        "changes.",
    )


# Exercise 3: scheduled sampling.


def scheduled_inputs(inputs: Array, guesses: Array, coins: Array) -> Array:
    """Return inputs (batch, time), some replaced by the guess before them."""
    return np.where(coins, _guesses_for(inputs, guesses), inputs)


def _guesses_for(inputs: Array, guesses: Array) -> Array:
    """Return what was guessed for each place; a row's first one is true."""
    return np.concatenate([inputs[:, :1], guesses[:, :-1]], axis=1)


def _guess_of_same_position(
    inputs: Array, guesses: Array, coins: Array
) -> Array:
    return np.where(coins, guesses, inputs)


def _guess_of_same_position_but_first(
    inputs: Array, guesses: Array, coins: Array
) -> Array:
    mixed = np.where(coins, guesses, inputs)
    mixed[:, 0] = inputs[:, 0]
    return mixed


def _coins_inverted(inputs: Array, guesses: Array, coins: Array) -> Array:
    return np.where(coins, inputs, _guesses_for(inputs, guesses))


def _last_guess_at_first(inputs: Array, guesses: Array, coins: Array) -> Array:
    return np.where(coins, np.roll(guesses, 1, axis=1), inputs)


def _guess_of_row_before_at_first(
    inputs: Array, guesses: Array, coins: Array
) -> Array:
    return np.where(coins, np.roll(guesses, 1), inputs)


def _coin_of_position_before(
    inputs: Array, guesses: Array, coins: Array
) -> Array:
    mixed = np.copy(inputs)
    mixed[:, 1:] = np.where(coins[:, :-1], guesses[:, :-1], inputs[:, 1:])
    return mixed


def _all_guesses(inputs: Array, guesses: Array, coins: Array) -> Array:
    return _guesses_for(inputs, guesses)


def _first_missing(inputs: Array, guesses: Array, coins: Array) -> Array:
    return scheduled_inputs(inputs, guesses, coins)[:, 1:]


def check_scheduled_inputs(answer: Callable) -> Callable:
    """Check your answer to "Read your own guess where the coin says so".

    Scheduled sampling: Bengio et al. (2015), "Scheduled sampling for sequence
    prediction with recurrent neural networks".

    Args:
        answer: Your function `scheduled_inputs(inputs, guesses, coins)`, all
            arrays (batch, time): integers, integers and booleans. It returns
            an integer array (batch, time).

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_guess_of_same_position,
            message="a guess made *after* reading a character takes its "
            "place: it belongs to the next position.",
        ),
        Mistake(
            answer=_guess_of_same_position_but_first,
            message="a guess made *after* reading a character takes its "
            "place, except for the first: each belongs to the next position.",
        ),
        Mistake(
            answer=_coins_inverted,
            message="the coins are inverted: where one is True, the guess is "
            "read.",
        ),
        Mistake(
            answer=_last_guess_at_first,
            message="the first character is replaced by the row's last guess: "
            "nothing was guessed before it, so it stays.",
        ),
        Mistake(
            answer=_guess_of_row_before_at_first,
            message="the guesses move from one row into the next: move them "
            "along the axis of time.",
        ),
        Mistake(
            answer=_coin_of_position_before,
            message="this uses the coin of the position before: each coin "
            "decides about its own position.",
        ),
        Mistake(
            answer=_all_guesses,
            message="all are guesses: keep the true character where the coin "
            "is False.",
        ),
        Mistake(
            answer=_first_missing,
            message="the first character is missing: put it in front, as it "
            "is.",
        ),
    ]
    rng = np.random.default_rng(4)
    inputs, guesses = rng.integers(10, 60, (2, 3, 6))
    cases = [
        (
            np.array([[1, 2, 3]]),
            np.array([[7, 8, 9]]),
            np.array([[True, False, True]]),
        ),
        (inputs, guesses, rng.random((3, 6)) < 0.3),
        (inputs, guesses, rng.random((3, 6)) < 0.7),
    ]
    return judge(
        answer,
        scheduled_inputs,
        cases=cases,
        mistakes=mistakes,
        praise="the targets stay true: so a model learns to continue after a "
        "mistake.",
    )
