"""The exercises of notebook 6: what a gate keeps, an LSTM, the way back."""

from collections.abc import Callable

import numpy as np

from .judge import Mistake, judge

Array = np.ndarray


# Exercise 1: what is left of an old state.


def share_left(z: float, steps: int) -> float:
    """Return how much of an old state an update gate at `z` leaves."""
    return z**steps


def check_share_left(answer: Callable) -> Callable:
    """Check your answer to "What is left?".

    Args:
        answer: Your function `share_left(z, steps)`. `z` is a number from 0
            to 1, `steps` an integer. It returns a number from 0 to 1.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=lambda z, steps: z * steps,
            message="this multiplies by the number of steps: each keeps a "
            "share of what the step before has left.",
        ),
        Mistake(
            answer=lambda z, steps: z / steps,
            message="this divides by the number of steps: each keeps a share "
            "of what the step before has left.",
        ),
        Mistake(
            answer=lambda z, steps: 1 - (1 - z) * steps,
            message="this takes the same amount at each step: a gate takes a "
            "share of what is left by then.",
        ),
        Mistake(
            answer=lambda z, steps: z,
            message="this is what the first step leaves: the next ones take "
            "their share too.",
        ),
        Mistake(
            answer=lambda z, steps: (1 - z) ** steps,
            message="`z` is the share that stays, `1 - z` the one that the "
            "candidate gets.",
        ),
        Mistake(
            answer=lambda z, steps: 1 - z**steps,
            message="this is the share that is lost: give the share that "
            "stays.",
        ),
        Mistake(
            answer=lambda z, steps: z ** (steps - 1),
            message="one step is missing: the first one, too, leaves only a "
            "share `z` of the whole.",
        ),
        Mistake(
            answer=lambda z, steps: z ** (steps + 1),
            message="one step too many: before the first the share is 1, not "
            "`z`.",
        ),
    ]
    return judge(
        answer,
        share_left,
        cases=[(0.9, 4), (0.98, 10), (0.5, 3)],
        mistakes=mistakes,
        praise="half is left after about 7 steps at z = 0.9, after 69 at 0.99.",
    )


# Exercise 2: one step of an LSTM.


def lstm_step(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    """Return the next h and c, (units,) each, of an LSTM in Keras's order.

    Hochreiter and Schmidhuber, 1997; forget gate by Gers et al., 2000.
    """
    i, f, g, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _four_sums(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array
) -> list[Array]:
    """Return the four quarters of the sums, (units,) each."""
    return np.split(x @ kernel + h @ recurrent + bias, 4)


def _sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


def _input_and_forget_swapped(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    f, i, g, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _candidate_and_output_swapped(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    i, f, o, g = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _forget_and_candidate_swapped(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    i, g, f, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _cell_without_tanh(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    i, f, g, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * c, c


def _candidate_without_tanh(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    i, f, g, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * g
    return _sigmoid(o) * np.tanh(c), c


def _candidate_through_sigmoid(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    i, f, g, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * _sigmoid(g)
    return _sigmoid(o) * np.tanh(c), c


def _state_of_old_cell(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    i, f, g, o = _four_sums(x, h, kernel, recurrent, bias)
    h = _sigmoid(o) * np.tanh(c)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return h, c


def _coupled_gates(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    _, f, g, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + (1 - _sigmoid(f)) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _cell_overwritten(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    # The third quarter replaces the old cell.
    i, f, c, o = _four_sums(x, h, kernel, recurrent, bias)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(c)
    return _sigmoid(o) * np.tanh(c), c


def _no_bias(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    return lstm_step(x, h, c, kernel, recurrent, np.zeros_like(bias))


def _cell_before_state(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    h, c = lstm_step(x, h, c, kernel, recurrent, bias)
    return c, h


def check_lstm_step(answer: Callable) -> Callable:
    """Check your answer to "An LSTM by hand".

    The LSTM is that of Hochreiter and Schmidhuber (1997), with the forget
    gate of Gers, Schmidhuber and Cummins (2000).

    Args:
        answer: Your function
            `lstm_step(x, h, c, kernel, recurrent, bias)`, all float arrays:
            `x` (dim,), `h` and `c` (units,), `kernel` (dim, 4 * units),
            `recurrent` (units, 4 * units), `bias` (4 * units,). It returns
            the new `h` and `c`, (units,) each.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_input_and_forget_swapped,
            message="input and forget gate have changed places: the input "
            "gate is the first quarter.",
        ),
        Mistake(
            answer=_candidate_and_output_swapped,
            message="candidate and output gate have changed places: the "
            "candidate is the third quarter.",
        ),
        Mistake(
            answer=_forget_and_candidate_swapped,
            message="forget gate and candidate have changed places: the "
            "candidate is the third quarter.",
        ),
        Mistake(
            answer=_cell_without_tanh,
            message="tanh is missing between the new cell and `h`: it keeps "
            "`h` between -1 and 1.",
        ),
        Mistake(
            answer=_candidate_without_tanh,
            message="tanh is missing at the candidate: it keeps what comes in "
            "between -1 and 1.",
        ),
        Mistake(
            answer=_candidate_through_sigmoid,
            message="the candidate is not a gate: it goes through tanh, so "
            "that it can be negative.",
        ),
        Mistake(
            answer=_state_of_old_cell,
            message="`h` is computed from the old cell: compute the new cell "
            "first.",
        ),
        Mistake(
            answer=_coupled_gates,
            message="`1 - f` is used in place of the input gate: a GRU has "
            "one gate for both, an LSTM two.",
        ),
        Mistake(
            answer=_cell_overwritten,
            message="the old cell is lost: `c` is the cell here, so give the "
            "candidate another name.",
        ),
        Mistake(
            answer=_no_bias,
            message="the bias is missing: it belongs to the sum.",
        ),
        Mistake(
            answer=_cell_before_state,
            message="the two results have changed places: first comes `h`, "
            "then the cell.",
        ),
    ]
    rng = np.random.default_rng(6)
    shapes = [(3,), (2,), (2,), (3, 8), (2, 8), (8,)]
    cases = [
        tuple(rng.normal(size=shape) for shape in shapes) for _ in range(2)
    ]
    return judge(
        answer,
        lstm_step,
        cases=cases,
        mistakes=mistakes,
        praise="with `f` at 1 and `i` at 0, the cell stays exactly as it is.",
    )


# Exercise 3: one step back.


def step_back(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    """Return the gradients of h, and of the sums inside z and c, (units,).

    z is a sigmoid, c a tanh; `d` is the gradient of z * h + (1 - z) * c.
    """
    d_z = d * (h - c)
    d_c = d * (1 - z)
    return d * z, d_z * z * (1 - z), d_c * (1 - c**2)


def _no_slopes(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    return d * z, d * (h - c), d * (1 - z)


def _no_slope_of_sigmoid(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    return d * z, d * (h - c), d * (1 - z) * (1 - c**2)


def _no_slope_of_tanh(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    return d * z, d * (h - c) * z * (1 - z), d * (1 - z)


def _wrong_sign_at_z(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    return d * z, d * (c - h) * z * (1 - z), d * (1 - z) * (1 - c**2)


def _z_counted_once(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    return d * z, d * h * z * (1 - z), d * (1 - z) * (1 - c**2)


def _activated_twice(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    slope_z = _sigmoid(z) * (1 - _sigmoid(z))
    slope_c = 1 - np.tanh(c) ** 2
    return d * z, d * (h - c) * slope_z, d * (1 - z) * slope_c


def _last_two_swapped(
    d: Array, h: Array, z: Array, c: Array
) -> tuple[Array, Array, Array]:
    d_h, d_z_sum, d_c_sum = step_back(d, h, z, c)
    return d_h, d_c_sum, d_z_sum


def _no_d(d: Array, h: Array, z: Array, c: Array) -> tuple[Array, Array, Array]:
    return z, (h - c) * z * (1 - z), (1 - z) * (1 - c**2)


def check_step_back(answer: Callable) -> Callable:
    """Check your answer to "One step back".

    Args:
        answer: Your function `step_back(d, h, z, c)`, all float arrays
            (units,). It returns the gradients of `h`, of the sum inside `z`
            and of the sum inside `c`, three arrays (units,).

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_no_slopes,
            message="this ends at `z` and `c`: go on to the sums inside, "
            "times the slopes of both.",
        ),
        Mistake(
            answer=_no_slope_of_sigmoid,
            message="the slope of the sigmoid is missing.",
        ),
        Mistake(
            answer=_no_slope_of_tanh, message="the slope of tanh is missing."
        ),
        Mistake(
            answer=_wrong_sign_at_z,
            message="the sign at `z` is wrong: a larger `z` moves the state "
            "towards `h`.",
        ),
        Mistake(
            answer=_z_counted_once,
            message="`z` occurs twice in the formula: as the share of `h` "
            "rises, that of `c` falls.",
        ),
        Mistake(
            answer=_activated_twice,
            message="`z` has been through the sigmoid already, and `c` "
            "through tanh: do not apply them again.",
        ),
        Mistake(
            answer=_last_two_swapped,
            message="the last two have changed places: first the sum inside "
            "`z`, then that inside `c`.",
        ),
        Mistake(
            answer=_no_d,
            message="`d` is missing: each of the three results is multiplied "
            "by it.",
        ),
    ]
    rng = np.random.default_rng(7)
    cases = [tuple(rng.uniform(0.1, 0.9, (4, 3))) for _ in range(2)]
    return judge(
        answer,
        step_back,
        cases=cases,
        mistakes=mistakes,
        praise="a share `z` of the gradient goes straight back, without any "
        "tanh.",
    )
