"""The exercises of notebook 2: an LSTM's size, softmax, the loss, a draw."""

from collections.abc import Callable

import numpy as np

from .judge import Mistake, judge

# Exercise 1: the size of an LSTM.


def lstm_parameters(embedding_dim: int, rnn_units: int) -> int:
    """Return how many weights and biases an LSTM layer has, in all."""
    return 4 * (embedding_dim + rnn_units + 1) * rnn_units


def check_lstm_parameters(answer: Callable) -> Callable:
    """Check your answer to "How many parameters does an LSTM layer have?".

    Args:
        answer: Your function `lstm_parameters(embedding_dim, rnn_units)`,
            both integers. It returns an integer.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    # d is embedding_dim, n is rnn_units.
    mistakes = [
        Mistake(
            answer=lambda d, n: 3 * (d + n + 2) * n,
            message="this is a GRU's number: an LSTM has another number of "
            "sets, and of biases.",
        ),
        Mistake(
            answer=lambda d, n: 3 * (d + n + 1) * n,
            message="three sets are a GRU's: an LSTM has three gates, and the "
            "candidate as well.",
        ),
        Mistake(
            answer=lambda d, n: 4 * (d + n + 2) * n,
            message="two biases for each number of a set are a GRU's: an "
            "LSTM has only one.",
        ),
        Mistake(
            answer=lambda d, n: 4 * (d + n) * n,
            message="the biases are missing: there is one for each number "
            "of each set.",
        ),
        Mistake(
            answer=lambda d, n: 4 * ((d + n) * n + 1),
            message="each set has one bias here: each of its `rnn_units` "
            "numbers needs its own.",
        ),
        Mistake(
            answer=lambda d, n: 4 * (d + 1) * n,
            message="the weights for the old state are missing: the gates "
            "look at it too.",
        ),
        Mistake(
            answer=lambda d, n: (d + n + 1) * n,
            message="this is one set: there are four.",
        ),
    ]
    return judge(
        answer,
        lstm_parameters,
        cases=[(3, 5), (256, 1024)],
        mistakes=mistakes,
        praise="about a third more than a GRU of the same size.",
    )


# Exercise 2: a softmax that does not overflow.


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return logits (..., vocab) as probabilities, of the same shape."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _nothing_subtracted(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)


def _by_column(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def _by_column_nothing_subtracted(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=0)


def _over_all_rows(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def _over_all_rows_nothing_subtracted(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum()


def _smallest_subtracted(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.min(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _same_for_all_rows_subtracted(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=-1, keepdims=True)


def _axis_not_kept(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1))
    return powers / powers.sum(axis=-1)


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    return np.log(softmax(logits))


def _no_exponential(logits: np.ndarray) -> np.ndarray:
    return logits / logits.sum(axis=-1, keepdims=True)


def check_softmax(answer: Callable) -> Callable:
    """Check your answer to "Turn each row of logits into probabilities".

    Args:
        answer: Your function `softmax(logits)`. `logits` is a float array
            (batch, vocab). It returns an array of the same shape, in which
            each row adds up to 1.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_nothing_subtracted,
            message="e to the 1,000th overflows: first subtract a number from "
            "each row that makes its logits small.",
        ),
        Mistake(
            answer=_by_column,
            message="each column adds up to 1, but each row should: use "
            "axis -1.",
        ),
        Mistake(
            answer=_by_column_nothing_subtracted,
            message="each column adds up to 1, but each row should: use "
            "axis -1. And e to the 1,000th overflows.",
        ),
        Mistake(
            answer=_over_all_rows,
            message="all rows together add up to 1, but each should: sum with "
            "an axis.",
        ),
        Mistake(
            answer=_over_all_rows_nothing_subtracted,
            message="all rows together add up to 1, but each should: sum with "
            "an axis. And e to the 1,000th overflows.",
        ),
        Mistake(
            answer=_smallest_subtracted,
            message="subtract the largest logit of the row: with another one, "
            "e to the rest may overflow.",
        ),
        Mistake(
            answer=_same_for_all_rows_subtracted,
            message="the same number is subtracted from all rows, so a row of "
            "far smaller logits becomes 0 / 0: subtract each row's own.",
        ),
        Mistake(
            answer=_axis_not_kept,
            message="the shapes do not fit: with `keepdims=True`, the summed "
            "axis stays, with length 1.",
        ),
        Mistake(
            answer=_log_softmax,
            message="these are the logarithms: give the probabilities "
            "themselves, numbers above 0.",
        ),
        Mistake(
            answer=_no_exponential,
            message="a probability is negative here: first take e to the "
            "power of each logit.",
        ),
    ]
    cases = [
        (np.array([[2.0, 1.0, 0.5], [0.0, -1.0, 3.0]]),),
        (np.array([[1000.0, 1001.0], [0.0, 740.0], [-1000.0, -1002.0]]),),
    ]
    return judge(
        answer,
        softmax,
        cases=cases,
        mistakes=mistakes,
        praise="adding 1,000 to all logits of a row changes nothing.",
    )


# Exercise 3: the loss.


def mean_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cost, in nats, of the labels (time,) that came."""
    return float(_costs(logits, labels).mean())


def _probabilities_of(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the probability of each label, (time,)."""
    return softmax(logits)[np.arange(len(labels)), labels]


def _costs(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cost of each label in nats, (time,)."""
    return -np.log(_probabilities_of(logits, labels))


def _negative_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    return -mean_cross_entropy(logits, labels)


def _loss_in_bits(logits: np.ndarray, labels: np.ndarray) -> float:
    return -np.log2(_probabilities_of(logits, labels)).mean()


def _sum_of_costs(logits: np.ndarray, labels: np.ndarray) -> float:
    return _costs(logits, labels).sum()


def _cost_of_whole_vocabulary(logits: np.ndarray, labels: np.ndarray) -> float:
    return -np.log(softmax(logits)).mean()


def _cost_of_all_pairs(logits: np.ndarray, labels: np.ndarray) -> float:
    return -np.log(softmax(logits)[:, labels]).mean()


def _loss_without_softmax(logits: np.ndarray, labels: np.ndarray) -> float:
    return -np.log(logits[np.arange(len(labels)), labels]).mean()


def _log_of_mean(logits: np.ndarray, labels: np.ndarray) -> float:
    return -np.log(_probabilities_of(logits, labels).mean())


def _cost_of_likeliest(logits: np.ndarray, labels: np.ndarray) -> float:
    return -np.log(softmax(logits).max(axis=-1)).mean()


def check_mean_cross_entropy(answer: Callable) -> Callable:
    """Check your answer to "The loss by hand".

    Args:
        answer: Your function `mean_cross_entropy(logits, labels)`. `logits`
            is a float array (time, vocab), `labels` an integer array (time,).
            It returns the mean cost of a label in nats, one number.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_negative_loss,
            message="the logarithm of a probability is negative, but a loss "
            "is not: a minus is missing.",
        ),
        Mistake(
            answer=_loss_in_bits,
            message="these are bits: nats need the natural logarithm, which "
            "NumPy calls `log`.",
        ),
        Mistake(
            answer=_sum_of_costs,
            message="this is the sum of all losses, which grows with the "
            "length of the text: give the mean.",
        ),
        Mistake(
            answer=_costs,
            message="this is a loss for each character: give their mean.",
        ),
        Mistake(
            answer=_cost_of_whole_vocabulary,
            message="every character of the vocabulary is counted, not only "
            "the one that came: pick it by `labels`.",
        ),
        Mistake(
            answer=_cost_of_all_pairs,
            message="`[:, labels]` picks every label in every row: give the "
            "numbers of the rows, too.",
        ),
        Mistake(
            answer=_loss_without_softmax,
            message="logits are not probabilities: the softmax is missing.",
        ),
        Mistake(
            answer=_log_of_mean,
            message="first take the logarithm of each probability, and only "
            "then the mean.",
        ),
        Mistake(
            answer=_cost_of_likeliest,
            message="this takes the most likely characters: take those that "
            "really came.",
        ),
    ]
    logits = np.array([[2.0, 1.0, 0.5], [0.5, 3.0, 1.0], [1.0, 1.5, 4.0]])
    cases = [
        (logits[[0, 1, 2, 0]], np.array([0, 2, 2, 1])),
        (logits[:2] - 1, np.array([2, 1])),
    ]
    return judge(
        answer,
        mean_cross_entropy,
        cases=cases,
        mistakes=mistakes,
        praise="a single character of probability 0 would make it infinite.",
    )


# Exercise 4: a draw.


def draw(probabilities: np.ndarray, uniform: float) -> int:
    """Return the id in whose interval `uniform`, from 0 to below 1, is."""
    # The last end may be just below 1, by rounding, and `uniform` beyond it.
    ends = np.cumsum(probabilities)[:-1]
    return int(np.sum(ends <= uniform))


def _likeliest(probabilities: np.ndarray, uniform: float) -> int:
    return int(np.argmax(probabilities))


def _equal_chances(probabilities: np.ndarray, uniform: float) -> int:
    return int(uniform * len(probabilities))


def _end_belongs_to_interval(probabilities: np.ndarray, uniform: float) -> int:
    ends = np.cumsum(probabilities)
    return int(np.argmax(ends >= uniform))


def _each_probability_alone(probabilities: np.ndarray, uniform: float) -> int:
    return int(np.argmax(probabilities > uniform))


def _place_in_sorted_list(probabilities: np.ndarray, uniform: float) -> int:
    return draw(np.sort(probabilities)[::-1], uniform)


def _probability_of_id(probabilities: np.ndarray, uniform: float) -> float:
    return float(probabilities[draw(probabilities, uniform)])


def _nearest_border(probabilities: np.ndarray, uniform: float) -> int:
    ends = np.cumsum(probabilities)
    return int(np.argmin(np.abs(ends - uniform)))


def check_draw(answer: Callable) -> Callable:
    """Check your answer to "A draw".

    Args:
        answer: Your function `draw(probabilities, uniform)`. `probabilities` is
            a float array (vocab,), `uniform` a number from 0 to below 1. It
            returns an id, an integer.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_likeliest,
            message="this ignores `uniform` and always takes the most likely: "
            "look for the interval in which `uniform` is.",
        ),
        Mistake(
            answer=_equal_chances,
            message="this ignores the probabilities: all ids have the same "
            "chance.",
        ),
        Mistake(
            answer=_end_belongs_to_interval,
            message="where `uniform` is the end of an interval, the next id is "
            "right; otherwise an id of probability 0 may be drawn.",
        ),
        Mistake(
            answer=lambda probabilities, uniform: (
                draw(probabilities, uniform) + 1
            ),
            message="one id too far: ids count from 0.",
        ),
        Mistake(
            answer=lambda probabilities, uniform: (
                draw(probabilities, uniform) - 1
            ),
            message="one id too low: the first interval is that of id 0.",
        ),
        Mistake(
            answer=_each_probability_alone,
            message="`uniform` is compared with each probability alone: add "
            "them up, as `np.cumsum` does.",
        ),
        Mistake(
            answer=_place_in_sorted_list,
            message="this is a place in the sorted list: leave the "
            "probabilities in the order of ids.",
        ),
        Mistake(
            answer=_probability_of_id,
            message="this is the probability: give the id, its place in the "
            "list.",
        ),
        Mistake(
            answer=_nearest_border,
            message="this is the border nearest to `uniform`: count those that "
            "it has reached.",
        ),
    ]
    probabilities = np.array([0.0, 0.25, 0.125, 0.5, 0.125])
    numbers = [0.0, 0.3, 0.25, 0.5, 0.875, 0.99]
    return judge(
        answer,
        draw,
        cases=[(probabilities, uniform) for uniform in numbers],
        mistakes=mistakes,
        praise="with random numbers, each id comes as often as its probability "
        "says.",
    )
