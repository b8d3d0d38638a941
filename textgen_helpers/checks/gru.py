"""The exercises of notebook 6: what a gate keeps, an LSTM, the way back."""

from collections.abc import Callable
from functools import partial

import numpy as np

from .judging import Mistakes, judge

Array = np.ndarray


def _share_left(z: float, steps: int) -> float:
    """Return how much of an old state an update gate at `z` leaves."""
    return z**steps


def share_left(answer: Callable) -> Callable:
    """Judge an answer to "how much is left of an old state?"."""
    mistakes: Mistakes = {
        "this multiplies by the number of steps: each keeps a share of what "
        "the step before has left.": lambda z, steps: z * steps,
        "this takes the same amount at each step: a gate takes a share of "
        "what is left by then.": lambda z, steps: 1 - (1 - z) * steps,
        "this is what the first step leaves: the next ones take their share "
        "too.": lambda z, steps: z,
        "`z` is the share that stays, `1 - z` the one that the candidate "
        "gets.": lambda z, steps: (1 - z) ** steps,
        "this is the share that is lost: the question is what stays of the "
        "whole.": lambda z, steps: 1 - z**steps,
        "one step is missing: the first one too leaves only a share `z` of "
        "the whole.": lambda z, steps: z ** (steps - 1),
    }
    cases = [(0.9, 4), (0.98, 10), (0.5, 3)]
    praise = "half is left after about 7 steps at z = 0.9, after 69 at 0.99."
    return judge(answer, _share_left, cases, mistakes, praise)


def _lstm_step(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, bias: Array
) -> tuple[Array, Array]:
    """Return the next h and c, (units,) each, of an LSTM in Keras's order.

    Hochreiter and Schmidhuber, 1997; forget gate by Gers et al., 2000.
    """
    return _cell(c, *np.split(x @ kernel + h @ recurrent + bias, 4))


def lstm_step(answer: Callable) -> Callable:
    """Judge an answer to "one step of an LSTM"."""

    def by(cell: Callable) -> Callable:
        """Return a step in which the four sums go to another cell."""
        return lambda x, h, c, kernel, recurrent, bias: cell(
            c, *np.split(x @ kernel + h @ recurrent + bias, 4)
        )

    mistakes: Mistakes = {
        "input and forget gate have changed places: the input gate is the "
        "first quarter.": by(lambda c, f, i, g, o: _cell(c, i, f, g, o)),
        "candidate and output gate have changed places: the candidate is the "
        "third quarter.": by(lambda c, i, f, o, g: _cell(c, i, f, g, o)),
        "forget gate and candidate have changed places: the candidate is the "
        "third quarter.": by(lambda c, i, g, f, o: _cell(c, i, f, g, o)),
        "tanh is missing on the way from the new cell to `h`: it keeps `h` "
        "within -1 and 1.": by(partial(_cell, last=np.asarray)),
        "tanh is missing at the candidate: it keeps what comes in within -1 "
        "and 1.": by(partial(_cell, first=np.asarray)),
        "the candidate is no gate: it goes through tanh, so that it can be "
        "negative.": by(partial(_cell, first=_sigmoid)),
        "`h` is made from the old cell: compute the new one first.": (
            by(lambda c, *s: (_sigmoid(s[3]) * np.tanh(c), _cell(c, *s)[1]))
        ),
        "`1 - f` stands where the input gate should: a GRU has one gate for "
        "both, an LSTM two.": by(lambda c, i, f, g, o: _cell(c, -f, f, g, o)),
        "the old cell is lost: `c` is the cell here, so give the candidate "
        "another name.": by(lambda c, i, f, g, o: _cell(g, i, f, g, o)),
        "the bias is forgotten: it belongs to the sum.": (
            lambda x, h, c, kernel, recurrent, bias: _lstm_step(
                x, h, c, kernel, recurrent, 0 * bias
            )
        ),
        "the two results have changed places: first comes `h`, then the "
        "cell.": lambda *arrays: _lstm_step(*arrays)[::-1],
    }
    rng = np.random.default_rng(6)
    shapes = [(3,), (2,), (2,), (3, 8), (2, 8), (8,)]
    cases = [tuple(rng.normal(size=s) for s in shapes) for _ in range(2)]
    praise = "with `f` at 1 and `i` at 0, the cell stays exactly as it is."
    return judge(answer, _lstm_step, cases, mistakes, praise)


def _step_back(d: Array, h: Array, z: Array, c: Array) -> tuple[Array, ...]:
    """Return the gradients of h, and of the sums inside z and c, (units,).

    z is a sigmoid, c a tanh; `d` is the gradient of z * h + (1 - z) * c.
    """
    return d * z, d * (h - c) * z * (1 - z), d * (1 - z) * (1 - c**2)


def step_back(answer: Callable) -> Callable:
    """Judge an answer to "back through the update gate"."""
    right = _step_back
    mistakes: Mistakes = {
        "the way ends at `z` and `c`: go on to the sums inside, by the slopes "
        "of both.": lambda d, h, z, c: (d * z, d * (h - c), d * (1 - z)),
        "the slope of the sigmoid is missing.": (
            lambda d, h, z, c: (d * z, d * (h - c), right(d, h, z, c)[2])
        ),
        "the slope of tanh is missing.": (
            lambda d, h, z, c: (*right(d, h, z, c)[:2], d * (1 - z))
        ),
        "the sign at `z` is wrong: a larger `z` moves the state towards `h`.": (
            lambda *x: (right(*x)[0], -right(*x)[1], right(*x)[2])
        ),
        "`z` stands twice in the formula: as the share of `h` rises, that of "
        "`c` falls.": lambda d, h, z, c: (
            (d * z, d * h * z * (1 - z), right(d, h, z, c)[2])
        ),
        "`z` has been through the sigmoid and `c` through tanh: not again.": (
            lambda d, h, z, c: (
                d * z,
                d * (h - c) * _sigmoid(z) * _sigmoid(-z),
                d * (1 - z) / np.cosh(c) ** 2,
            )
        ),
        "the last two have changed places: first the sum inside `z`, then "
        "that inside `c`.": lambda *x: tuple(right(*x)[i] for i in (0, 2, 1)),
        "`d` is missing: each way back begins with it.": (
            lambda d, h, z, c: right(np.ones(len(d)), h, z, c)
        ),
    }
    rng = np.random.default_rng(7)
    cases = [tuple(rng.uniform(0.1, 0.9, (4, 3))) for _ in range(2)]
    praise = "a share `z` of the gradient goes straight back, past any tanh."
    return judge(answer, _step_back, cases, mistakes, praise)


def _cell(
    c: Array, *sums: Array, first: Callable = np.tanh, last: Callable = np.tanh
) -> tuple[Array, Array]:
    """Return the next h and c from the old c and the sums for i, f, g, o."""
    i, f, g, o = sums
    c = _sigmoid(f) * c + _sigmoid(i) * first(g)
    return _sigmoid(o) * last(c), c


def _sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))
