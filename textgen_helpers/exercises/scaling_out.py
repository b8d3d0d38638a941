"""The exercises of notebook 7: rows, gradients, and what a network costs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .judge import Mistake, judge

Array = np.ndarray
Arrays = Sequence[Array]

# Exercise 1: the rows of a worker.


def row_block(worker: int, workers: int, batch_size: int) -> Any:
    """Return the rows of a worker, side by side; workers count from 0."""
    count = batch_size // workers
    return range(worker * count, (worker + 1) * count)


def _rows_dealt(worker: int, workers: int, batch_size: int) -> Any:
    return range(worker, batch_size, workers)


def _from_the_worker_s_number(
    worker: int, workers: int, batch_size: int
) -> Any:
    return range(worker, worker + batch_size // workers)


def _workers_from_1(worker: int, workers: int, batch_size: int) -> Any:
    count = batch_size // workers
    return range((worker - 1) * count, worker * count)


def _one_row_more(worker: int, workers: int, batch_size: int) -> Any:
    rows = row_block(worker, workers, batch_size)
    return range(rows.start, rows.stop + 1)


def _one_row_less(worker: int, workers: int, batch_size: int) -> Any:
    rows = row_block(worker, workers, batch_size)
    return range(rows.start, rows.stop - 1)


def _both_ends(worker: int, workers: int, batch_size: int) -> Any:
    rows = row_block(worker, workers, batch_size)
    return rows.start, rows.stop


def _first_row_alone(worker: int, workers: int, batch_size: int) -> Any:
    return row_block(worker, workers, batch_size).start


def _as_many_as_workers(worker: int, workers: int, batch_size: int) -> Any:
    return range(worker * workers, (worker + 1) * workers)


def _first_block(worker: int, workers: int, batch_size: int) -> Any:
    return range(batch_size // workers)


def _up_to_the_end(worker: int, workers: int, batch_size: int) -> Any:
    return range(worker * (batch_size // workers), batch_size)


def _range_of_floats(worker: int, workers: int, batch_size: int) -> Any:
    raise TypeError


def check_row_block(answer: Callable) -> Callable:
    """Check your answer to "The rows of a worker".

    Args:
        answer: Your function `row_block(worker, workers, batch_size)`, of
            three integers. It returns integers: a range, list or array.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_rows_dealt,
            message="the rows are dealt one by one: give each worker a block "
            "of rows side by side.",
        ),
        Mistake(
            answer=_from_the_worker_s_number,
            message="the block begins at the worker's number: begin behind "
            "the rows of all workers before it.",
        ),
        Mistake(
            answer=_workers_from_1,
            message="this is the block of the worker before: workers count "
            "from 0.",
        ),
        Mistake(
            answer=_one_row_more,
            message="the block is one row too long: `range` ends before its "
            "second number.",
        ),
        Mistake(
            answer=_one_row_less,
            message="the last row is missing: `range` already ends before its "
            "second number.",
        ),
        Mistake(
            answer=_both_ends,
            message="these are the two ends of the block: give its rows, as "
            "with `range`.",
        ),
        Mistake(
            answer=_first_row_alone,
            message="this is the block's first row alone: give all its rows.",
        ),
        Mistake(
            answer=_as_many_as_workers,
            message="the block has as many rows as there are workers: divide "
            "the batch by the workers.",
        ),
        Mistake(
            answer=_first_block,
            message="all workers get the first block: use `worker` as well.",
        ),
        Mistake(
            answer=_up_to_the_end,
            message="the block goes on to the last row of the batch: end it "
            "where the next worker begins.",
        ),
        Mistake(
            answer=_range_of_floats,
            message="`range` needs whole numbers, and `/` gives none: divide "
            "with `//`.",
        ),
    ]
    cases = [(0, 2, 8), (1, 2, 8), (2, 4, 32), (5, 8, 64), (0, 1, 5)]
    return judge(
        answer,
        row_block,
        cases=cases,
        mistakes=mistakes,
        praise="all blocks together are the rows of the batch, each once.",
    )


# Exercise 2: the gradient of the whole batch.


def whole_gradient(grads: Arrays, rows: Sequence[int]) -> Any:
    """Return the gradient of the mean loss over the rows of all workers."""
    return _weighted_sum(grads, rows) / sum(rows)


def _weighted_sum(grads: Arrays, rows: Sequence[int]) -> Any:
    return sum(n * grad for grad, n in zip(grads, rows, strict=True))


def _plain_sum(grads: Arrays, rows: Sequence[int]) -> Any:
    return sum(grads)


def _plain_mean(grads: Arrays, rows: Sequence[int]) -> Any:
    return sum(grads) / len(grads)


def _weighted_by_workers(grads: Arrays, rows: Sequence[int]) -> Any:
    return _weighted_sum(grads, rows) / len(rows)


def _sum_by_all_rows(grads: Arrays, rows: Sequence[int]) -> Any:
    return sum(grads) / sum(rows)


def _each_by_its_rows(grads: Arrays, rows: Sequence[int]) -> Any:
    return sum(grad / n for grad, n in zip(grads, rows, strict=True))


def _first_worker_alone(grads: Arrays, rows: Sequence[int]) -> Any:
    return grads[0].copy()


def _mean_of_all_numbers(grads: Arrays, rows: Sequence[int]) -> Any:
    return np.mean(grads)


def _parts_not_added(grads: Arrays, rows: Sequence[int]) -> Any:
    pairs = zip(grads, rows, strict=True)
    return [n * grad / sum(rows) for grad, n in pairs]


def check_whole_gradient(answer: Callable) -> Callable:
    """Check your answer to "Average or sum".

    Args:
        answer: Your function `whole_gradient(grads, rows)`. `grads` is a list
            of float arrays of one shape, an array for each worker; `rows` a
            list of as many integers. It returns an array of that shape.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_plain_sum,
            message="this is the sum, too large by about the number of "
            "workers: each gradient is of a mean loss already.",
        ),
        Mistake(
            answer=_plain_mean,
            message="this is right for equal numbers of rows only: a worker "
            "with more rows must count more.",
        ),
        Mistake(
            answer=_weighted_sum,
            message="the division is missing: this is a sum over all rows, "
            "and it must be their mean.",
        ),
        Mistake(
            answer=_weighted_by_workers,
            message="this divides by the number of workers: divide by the "
            "number of all rows.",
        ),
        Mistake(
            answer=_sum_by_all_rows,
            message="each gradient counts as a single row here: multiply it "
            "by its worker's rows before you add.",
        ),
        Mistake(
            answer=_each_by_its_rows,
            message="each gradient is a mean over its rows already: multiply "
            "by their number, in place of dividing.",
        ),
        Mistake(
            answer=_first_worker_alone,
            message="this is the gradient of the first worker alone: all of "
            "them count.",
        ),
        Mistake(
            answer=_mean_of_all_numbers,
            message="all numbers became one: keep the shape, and add array to "
            "array.",
        ),
        Mistake(
            answer=_parts_not_added,
            message="the parts are right, but not added yet: give one array.",
        ),
    ]
    rng = np.random.default_rng(7)
    a, b, c = rng.normal(size=(3, 2, 4)).round(2)
    cases = [
        ([np.array([1.0, 2.0]), np.array([3.0, 6.0])], [2, 2]),
        ([np.array([1.0, 2.0]), np.array([3.0, 6.0])], [3, 1]),
        ([a, b, c], [8, 16, 4]),
    ]
    return judge(
        answer,
        whole_gradient,
        cases=cases,
        mistakes=mistakes,
        praise="it is the gradient of one machine that reads all rows.",
    )


# Exercise 3: the network against the processor.


def network_ratio(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    """Return the time of a ring all-reduce, divided by that of computing."""
    return _ring(machines, size, speed) / (seconds / machines)


def _ring(machines: int, size: float, speed: float) -> float:
    """Return the seconds that a ring all-reduce takes."""
    return 2 * (machines - 1) / machines * size / speed


def _sent_once(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return network_ratio(machines, seconds, size, speed) / 2


def _computing_not_shared(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return _ring(machines, size, speed) / seconds


def _sent_also_by_one(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return 2 * size / speed / (seconds / machines)


def _all_to_all_others(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return machines * network_ratio(machines, seconds, size, speed)


def _upside_down(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return seconds / machines / _ring(machines, size, speed)


def _bytes_as_bits(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return 8 * network_ratio(machines, seconds, size, speed)


def _share_of_the_step(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    ratio = network_ratio(machines, seconds, size, speed)
    return ratio / (ratio + 1)


def _difference(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return _ring(machines, size, speed) - seconds / machines


def _network_alone(
    machines: int, seconds: float, size: float, speed: float
) -> float:
    return _ring(machines, size, speed)


def _whether_it_is_more(
    machines: int, seconds: float, size: float, speed: float
) -> bool:
    return _ring(machines, size, speed) > seconds / machines


def check_network_ratio(answer: Callable) -> Callable:
    """Check your answer to "Network or processor".

    The ring: Patarasuk and Yuan (2009), "Bandwidth optimal all-reduce
    algorithms for clusters of workstations".

    Args:
        answer: Your function `network_ratio(machines, seconds, size, speed)`:
            the number of machines, the seconds in which one machine computes
            the whole step, the bytes of the gradients, and the bytes that the
            network carries in a second. It returns a number.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_sent_once,
            message="this is half of it: the ring goes round twice, to add "
            "and to hand out.",
        ),
        Mistake(
            answer=_computing_not_shared,
            message="the computing is not shared yet: each machine computes "
            "for `seconds / machines`.",
        ),
        Mistake(
            answer=_sent_also_by_one,
            message="a single machine sends nothing: the factor is "
            "2 (n − 1) / n.",
        ),
        Mistake(
            answer=_all_to_all_others,
            message="this lets each machine send everything to every other: "
            "in a ring, it sends 2 (n − 1) / n times the size.",
        ),
        Mistake(
            answer=_upside_down,
            message="the ratio is upside down: the network's time comes "
            "first, divided by that of computing.",
        ),
        Mistake(
            answer=_bytes_as_bits,
            message="this counts bits: size and speed are both in bytes, so "
            "no factor of 8 is needed.",
        ),
        Mistake(
            answer=_share_of_the_step,
            message="this is the network's share of the whole step: divide by "
            "the computing alone.",
        ),
        Mistake(
            answer=_difference,
            message="this is a difference in seconds: divide instead.",
        ),
        Mistake(
            answer=_network_alone,
            message="these are the seconds of the network: divide them by "
            "those of the computing.",
        ),
        Mistake(
            answer=_whether_it_is_more,
            message="this says only whether it is more: give how many times "
            "as long it takes.",
        ),
    ]
    cases = [
        (1, 0.02, 1e6, 125e6),
        (2, 0.02, 1e6, 125e6),
        (8, 0.25, 4e6, 125e6),
        (64, 0.25, 4e6, 1.25e9),
    ]
    return judge(
        answer,
        network_ratio,
        cases=cases,
        mistakes=mistakes,
        praise="the computing shrinks with each machine, the sending does "
        "not: so the ratio grows.",
    )
