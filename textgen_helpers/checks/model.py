"""The exercises of notebook 2: an LSTM's size, softmax, the loss, a draw."""

from collections.abc import Callable

import numpy as np

from .judging import Mistakes, judge


def _lstm_parameters(embedding_dim: int, rnn_units: int) -> int:
    """Return how many weights and constants an LSTM layer has, in all."""
    return 4 * (embedding_dim + rnn_units + 1) * rnn_units


def lstm_parameters(answer: Callable) -> Callable:
    """Judge an answer to "how many parameters has an LSTM layer?"."""
    mistakes: Mistakes = {
        "this is a GRU's number: change both how many sets there are and how "
        "many constants.": lambda d, n: 3 * (d + n + 2) * n,
        "three sets are a GRU's: there are three gates here, and the "
        "candidate as well.": lambda d, n: 3 * (d + n + 1) * n,
        "two constants for each number of a set are a GRU's: an LSTM has only "
        "one.": lambda d, n: 4 * (d + n + 2) * n,
        "the constants are missing: there is one for each number of each "
        "set.": lambda d, n: 4 * (d + n) * n,
        "the weights for the old state are missing: the gates look at it "
        "too.": lambda d, n: 4 * (d + 1) * n,
    }
    praise = "about a third more than a GRU of the same size."
    cases = [(3, 5), (256, 1024)]
    return judge(answer, _lstm_parameters, cases, mistakes, praise)


def _softmax(
    logits: np.ndarray, axis: int | None = -1, safe: bool = True
) -> np.ndarray:
    """Return logits (batch, vocab) as probabilities, of the same shape."""
    largest = logits.max(axis=axis, keepdims=True) if safe else 0
    powers = np.exp(logits - largest)
    return powers / powers.sum(axis=axis, keepdims=True)


def softmax(answer: Callable) -> Callable:
    """Judge an answer to "turn each row of logits into probabilities"."""

    def not_kept(_: np.ndarray) -> np.ndarray:
        raise ValueError

    columns = "each column adds up to 1, but each row should: take axis -1."
    whole = "all rows together add up to 1, but each should: sum with an axis."
    also = " And large logits give no number."
    mistakes: Mistakes = {
        "e to the 1,000th overflows: first subtract from each row what makes "
        "its logits small.": lambda x: _softmax(x, safe=False),
        columns: lambda x: _softmax(x, 0),
        columns + also: lambda x: _softmax(x, 0, safe=False),
        whole: lambda x: _softmax(x, None),
        whole + also: lambda x: _softmax(x, None, safe=False),
        "subtract the largest logit of the row: with another, *e* to the rest "
        "may overflow.": lambda x: _softmax(
            x - x.min(axis=-1, keepdims=True), safe=False
        ),
        "one number is subtracted from all rows, so a row of far smaller "
        "logits becomes 0 / 0: take each row's own.": (
            lambda x: _softmax(x - x.max(), safe=False)
        ),
        "the shapes do not fit: `keepdims=True` leaves an axis that is "
        "reduced, with length 1.": not_kept,
        "these are the logarithms: the probabilities themselves are wanted, "
        "above 0.": lambda x: np.log(_softmax(x)),
        "e to the logits is missing, and so a probability may come out "
        "negative.": lambda x: x / x.sum(axis=-1, keepdims=True),
    }
    large = np.array([[1000.0, 1001.0], [0.0, 740.0], [-1000.0, -1002.0]])
    cases = [(np.array([[2.0, 1.0, 0.5], [0.0, -1.0, 3.0]]),), (large,)]
    praise = "adding 1,000 to all logits of a row changes nothing."
    return judge(answer, _softmax, cases, mistakes, praise)


def _mean_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cost in nats of the labels (time,) that really came."""
    return float(_costs(logits, labels).mean())


def _costs(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return -np.log(_softmax(logits))[np.arange(len(labels)), labels]


def mean_cross_entropy(answer: Callable) -> Callable:
    """Judge an answer to "what do the characters that came cost?"."""
    mistakes: Mistakes = {
        "the logarithm of a probability is negative, but a cost is not: one "
        "sign is missing.": lambda *x: -_costs(*x).mean(),
        "these are bits: nats need the natural logarithm, which NumPy calls "
        "`log`.": lambda *x: _costs(*x).mean() / np.log(2),
        "this is the sum of the costs, which grows with the length of the "
        "text.": lambda *x: _costs(*x).sum(),
        "these are the costs one by one: give their mean.": _costs,
        "every character of the vocabulary is counted, not only the one that "
        "came: pick by `labels`.": lambda x, _: -np.log(_softmax(x)).mean(),
        "`[:, labels]` picks every label in every row: give the numbers of "
        "the rows, too.": lambda x, ids: -np.log(_softmax(x)[:, ids]).mean(),
        "logits are no probabilities: the softmax is missing.": (
            lambda x, ids: -np.log(x[np.arange(len(ids)), ids]).mean()
        ),
        "first take the logarithm of each probability, and the mean only "
        "then.": lambda *x: -np.log(np.exp(-_costs(*x)).mean()),
        "this is what the likeliest characters cost: take those that really "
        "came.": lambda x, _: -np.log(_softmax(x).max(axis=-1)).mean(),
    }
    logits = np.array([[2.0, 1.0, 0.5], [0.5, 3.0, 1.0], [1.0, 1.5, 4.0]])
    cases = [(logits[[0, 1, 2, 0]], np.array([0, 2, 2, 1]))]
    cases += [(logits[:2] - 1, np.array([2, 1]))]
    praise = "a single character of probability 0 would make it infinite."
    return judge(answer, _mean_cross_entropy, cases, mistakes, praise)


def _draw(probabilities: np.ndarray, luck: float) -> int:
    """Return the id in whose stretch `luck`, from 0 to below 1, falls."""
    return int((np.cumsum(probabilities)[:-1] <= luck).sum())


def draw(answer: Callable) -> Callable:
    """Judge an answer to "draw a character with one lucky number"."""
    mistakes: Mistakes = {
        "this ignores `luck` and always takes the likeliest: look for where "
        "`luck` falls.": lambda p, luck: np.argmax(p),
        "this ignores the probabilities: all ids have the same chance, "
        "likely or not.": lambda p, luck: int(luck * len(p)),
        "where `luck` is the end of a stretch, the next id is meant; else an "
        "impossible one may come.": lambda p, luck: np.searchsorted(
            np.cumsum(p), luck
        ),
        "one id too far: they count from 0.": lambda *x: _draw(*x) + 1,
        "one id too low: the first stretch is that of id 0.": (
            lambda *x: _draw(*x) - 1
        ),
        "`luck` is compared with each probability alone: lay them end to end, "
        "as `np.cumsum` does.": lambda p, luck: np.argmax(p > luck),
        "this is a place in the sorted list: leave the probabilities in the "
        "order of ids.": lambda p, luck: _draw(np.sort(p)[::-1], luck),
        "this is the probability: give the id, its place in the "
        "list.": lambda p, luck: p[_draw(p, luck)],
        "this is the border nearest to `luck`: count those that it has "
        "reached.": lambda p, luck: np.argmin(np.abs(np.cumsum(p) - luck)),
    }
    shares = np.array([0.0, 0.25, 0.125, 0.5, 0.125])
    cases = [(shares, luck) for luck in (0.0, 0.3, 0.25, 0.5, 0.875, 0.99)]
    praise = "with random luck, each id comes as often as its probability says."
    return judge(answer, _draw, cases, mistakes, praise)
