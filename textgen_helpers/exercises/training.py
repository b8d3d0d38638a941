"""The exercises of notebook 3: a loss, streams, early stopping, baselines."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .judge import Mistake, judge

# Exercise 1: perplexity.


def perplexity(nats: float) -> float:
    """Return among how many equally likely characters a model hesitates."""
    return float(np.exp(nats))


def check_perplexity(answer: Callable) -> Callable:
    """Check your answer to "What is the perplexity of a loss?".

    Args:
        answer: Your function `perplexity(nats)`. It takes a loss and returns
            its perplexity, both numbers.

    Returns:
        Your function if it is right, else the helper package's version.

    Example:
        >>> def perplexity(nats):
        ...     return 2**nats
        >>> perplexity = check_perplexity(perplexity)
        Not yet: the loss is in nats, not in bits: the base is e.
        Until then the helper's version of perplexity is used.
        >>> print(f"{perplexity(1.0):.3f}")
        2.718
    """
    mistakes = [
        Mistake(
            answer=lambda nats: 2**nats,
            message="the loss is in nats, not in bits: the base is e.",
        ),
        Mistake(
            answer=np.log,
            message="this takes a logarithm: undo the one in the loss.",
        ),
        Mistake(
            answer=lambda nats: np.exp(-nats),
            message="this is a probability: leave out the minus.",
        ),
        Mistake(
            answer=lambda nats: nats / np.log(2),
            message="these are bits: raise e to the loss.",
        ),
        Mistake(
            answer=lambda nats: np.e * nats,
            message="the loss is an exponent, not a factor.",
        ),
    ]
    return judge(
        answer,
        perplexity,
        cases=[(0.5,), (1.5,), (float(np.log(65)),)],
        mistakes=mistakes,
        praise="before training it is close to the size of the vocabulary.",
    )


# Exercise 2: the place of a stream's piece in the text.


def place_in_text(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    """Return where in a text of `length` characters a piece begins.

    `row` and `batch` count from 0.
    """
    # The last target needs a character, too.
    row_length = (length - 1) // batch_size
    return row * row_length + batch * seq_length


def _row_and_batch_swapped(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    row_length = (length - 1) // batch_size
    return batch * row_length + row * seq_length


def _side_by_side(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    return (batch * batch_size + row) * seq_length


def _rows_too_long(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    row_length = length // batch_size
    return row * row_length + batch * seq_length


def _pieces_too_long(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    row_length = (length - 1) // batch_size
    return row * row_length + batch * (seq_length + 1)


def _start_of_row(
    row: int, batch: int, length: int, batch_size: int, seq_length: int
) -> int:
    row_length = (length - 1) // batch_size
    return row * row_length


def check_place_in_text(answer: Callable) -> Callable:
    """Check your answer to "Where does row i of batch k begin?".

    Args:
        answer: Your function
            `place_in_text(row, batch, length, batch_size, seq_length)`, all
            integers; `row` and `batch` count from 0. It returns the position
            in a text of `length` characters, an integer.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_row_and_batch_swapped,
            message="row and batch have changed places: a row is long, and "
            "each batch moves on by `seq_length`.",
        ),
        Mistake(
            answer=_side_by_side,
            message="this puts the pieces of a batch side by side, like "
            "windows before they are shuffled: in a stream each row is long.",
        ),
        Mistake(
            answer=_rows_too_long,
            message="the rows are cut one character too long: the last target "
            "needs a character too, so there are only `length - 1` inputs.",
        ),
        Mistake(
            answer=_pieces_too_long,
            message="a piece moves on by `seq_length`, not by one more: its "
            "last target is the first input of the next.",
        ),
        Mistake(
            answer=_start_of_row,
            message="this is where the row begins, in any batch: add what the "
            "batches before have read.",
        ),
    ]
    cases = [
        (0, 2, 65, 4, 5),
        (3, 1, 65, 4, 5),
        (2, 3, 1000, 8, 10),
        (7, 0, 1001, 8, 10),
        (5, 4, 1000, 10, 10),
    ]
    return judge(
        answer,
        place_in_text,
        cases=cases,
        mistakes=mistakes,
        praise="so row i of batch k + 1 continues where row i of batch k "
        "stopped.",
    )


# Exercise 3: early stopping.


def stop_epoch(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    """Return the epoch to stop at and the best one so far, from 1."""
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


def _counted_from_0(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    stop, best = stop_epoch(validation_losses, patience)
    return stop - 1, best - 1


def _best_before_stop(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    stop, best = stop_epoch(validation_losses, patience)
    return best, stop


def _never_stops(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    return len(validation_losses), int(np.argmin(validation_losses)) + 1


def _one_epoch_too_late(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    return stop_epoch(validation_losses, patience + 1)


def _one_epoch_too_early(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    return stop_epoch(validation_losses, patience - 1)


def _no_patience(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    return stop_epoch(validation_losses, patience=1)


def _best_of_all(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    stop, _ = stop_epoch(validation_losses, patience)
    return stop, int(np.argmin(validation_losses)) + 1


def _compared_with_epoch_before(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    waited = 0
    for epoch in range(1, len(validation_losses)):
        if validation_losses[epoch] < validation_losses[epoch - 1]:
            waited = 0
        else:
            waited += 1
        if waited == patience:
            break
    best = int(np.argmin(validation_losses[: epoch + 1]))
    return epoch + 1, best + 1


def _not_in_a_row(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    best = 0
    waited = 0
    for epoch in range(1, len(validation_losses)):
        if validation_losses[epoch] < validation_losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            break
    return epoch + 1, best + 1


def _equal_is_better(
    validation_losses: Sequence[float], patience: int
) -> tuple[int, int]:
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss <= validation_losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


def check_stop_epoch(answer: Callable) -> Callable:
    """Check your answer to "When to stop, and which epoch was the best?".

    Args:
        answer: Your function `stop_epoch(validation_losses, patience)`. It
            takes a list with a loss for each epoch, and an integer. It
            returns the epoch of the stop and the best epoch up to there, two
            integers that count from 1.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(answer=_counted_from_0, message="epochs count from 1."),
        Mistake(
            answer=_best_before_stop,
            message="the two results have changed places: first the stop, "
            "then the best.",
        ),
        Mistake(
            answer=_never_stops,
            message="this goes through all epochs: stop after `patience` of "
            "them in a row without a new best.",
        ),
        Mistake(
            answer=_one_epoch_too_late,
            message="one epoch too late: stop in the last of `patience` "
            "epochs without a new best.",
        ),
        Mistake(
            answer=_one_epoch_too_early,
            message="one epoch too early: do not count the best epoch itself "
            "among those without a new best.",
        ),
        Mistake(
            answer=_no_patience,
            message="this stops at the first epoch without a new best: wait "
            "for `patience` of them.",
        ),
        Mistake(
            answer=_best_of_all,
            message="that best epoch comes after the stop, when nobody knows "
            "of it yet.",
        ),
        Mistake(
            answer=_compared_with_epoch_before,
            message="compare with the best loss so far: the epoch before need "
            "not be the best one.",
        ),
        Mistake(
            answer=_not_in_a_row,
            message="count only `patience` epochs in a row: after a new best, "
            "count from 0 again.",
        ),
        Mistake(
            answer=_equal_is_better,
            message="a loss equal to the best is not a new best: `<` and `<=` "
            "differ here.",
        ),
    ]
    cases = [
        ([3, 2, 2.5, 2.4, 1.9, 2, 2.1, 1.8], 2),
        ([4, 3, 3.5, 2, 2.5, 1.8], 2),
        ([2, 1.5, 1.5, 1.5, 1.7, 1.6, 1.4], 3),
    ]
    return judge(
        answer,
        stop_epoch,
        cases=cases,
        mistakes=mistakes,
        praise="keep the checkpoint of the best epoch, not that of the last.",
    )


# Exercise 4: bits by frequency alone.


def unigram_bits(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    """Return the mean bits of `test_ids` by the counts of `train_ids`."""
    counts = np.bincount(train_ids, minlength=vocab_size) + 1
    return _mean_bits(counts / counts.sum(), test_ids)


def _mean_bits(probabilities: np.ndarray, ids: np.ndarray) -> float:
    """Return the mean cost in bits of ids with these probabilities."""
    return float(-np.log2(probabilities[ids]).mean())


def _negative_bits(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    return -unigram_bits(train_ids, test_ids, vocab_size)


def _in_nats(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    return unigram_bits(train_ids, test_ids, vocab_size) * np.log(2)


def _sum_of_bits(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    return unigram_bits(train_ids, test_ids, vocab_size) * len(test_ids)


def _counts_of_measured_ids(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    return unigram_bits(test_ids, test_ids, vocab_size)


def _measured_on_train_ids(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    return unigram_bits(train_ids, train_ids, vocab_size)


def _nothing_added(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    counts = np.bincount(train_ids, minlength=vocab_size)
    return _mean_bits(counts / counts.sum(), test_ids)


def _total_without_ones(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    counts = np.bincount(train_ids, minlength=vocab_size)
    return _mean_bits((counts + 1) / counts.sum(), test_ids)


def _no_minlength(
    train_ids: np.ndarray, test_ids: np.ndarray, vocab_size: int
) -> float:
    counts = np.bincount(train_ids) + 1
    return _mean_bits(counts / counts.sum(), test_ids)


def check_unigram_bits(answer: Callable) -> Callable:
    """Check your answer to "What do characters cost by frequency alone?".

    Args:
        answer: Your function `unigram_bits(train_ids, test_ids, vocab_size)`.
            `train_ids` and `test_ids` are integer arrays (characters,). It
            returns the mean cost of a character of `test_ids` in bits, one
            number.

    Returns:
        Your function if it is right, else the helper package's version.
    """
    mistakes = [
        Mistake(
            answer=_negative_bits,
            message="a cost is not negative: a minus is missing.",
        ),
        Mistake(
            answer=_in_nats,
            message="these are nats: bits need base 2, as in `np.log2`.",
        ),
        Mistake(
            answer=_sum_of_bits,
            message="this is the sum over `test_ids`, which grows with their "
            "number: give the mean.",
        ),
        Mistake(
            answer=_counts_of_measured_ids,
            message="these are the counts of `test_ids`: a model may not know "
            "them before it is measured.",
        ),
        Mistake(
            answer=_measured_on_train_ids,
            message="this is what the characters of `train_ids` cost: count "
            "there, and measure on `test_ids`.",
        ),
        Mistake(
            answer=_nothing_added,
            message="a character that is not in `train_ids` costs infinitely "
            "much here: add one to each of the counts.",
        ),
        Mistake(
            answer=_total_without_ones,
            message="these probabilities add up to more than 1: divide by the "
            "sum of the counts after adding the ones.",
        ),
        Mistake(
            answer=_no_minlength,
            message="the counts end at the largest id of `train_ids`: "
            "`np.bincount` has a `minlength`.",
        ),
    ]
    cases = [
        (np.array([0, 0, 3, 0, 1]), np.array([0, 1, 2, 0]), 6),
        (np.array([2, 0, 1, 2, 2]), np.array([2, 1]), 3),
    ]
    return judge(
        answer,
        unigram_bits,
        cases=cases,
        mistakes=mistakes,
        praise="on the same test text it can be compared with any network.",
    )


# Exercise 5: Witten-Bell smoothing.


def witten_bell(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    """Return the mixed distribution (vocab,), as Witten and Bell (1991)."""
    if counts.sum() == 0:
        return shorter
    return _mix(counts, shorter, np.count_nonzero(counts))


def _mix(counts: np.ndarray, shorter: np.ndarray, t: Any) -> np.ndarray:
    """Return the mix in which `shorter` has the share t / (n + t)."""
    n = counts.sum()
    return (counts + t * shorter) / (n + t)


def _unseen_context(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    frequencies = counts / counts.sum()
    t = np.count_nonzero(counts)
    share = t / (counts.sum() + t)
    return (1 - share) * frequencies + share * shorter


def _t_is_the_total(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    return _mix(counts, shorter, t=counts.sum())


def _t_is_vocab_size(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    return _mix(counts, shorter, t=len(counts))


def _t_is_different_counts(
    counts: np.ndarray, shorter: np.ndarray
) -> np.ndarray:
    return _mix(counts, shorter, t=len(set(counts.tolist())))


def _shares_swapped(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    frequencies = counts / counts.sum()
    t = np.count_nonzero(counts)
    share = t / (counts.sum() + t)
    return share * frequencies + (1 - share) * shorter


def _seen_without_shorter(
    counts: np.ndarray, shorter: np.ndarray
) -> np.ndarray:
    t = np.count_nonzero(counts)
    mixed = np.where(counts > 0, counts, t * shorter)
    return mixed / (counts.sum() + t)


def _sum_above_1(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    t = np.count_nonzero(counts)
    return (counts + t * shorter) / counts.sum()


def _with_unseen_context(mix: Callable) -> Callable:
    """Return a mix that gives `shorter` for a context that never came."""

    def mix_or_shorter(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
        if counts.sum() == 0:
            return shorter
        return mix(counts, shorter)

    return mix_or_shorter


def check_witten_bell(answer: Callable) -> Callable:
    """Check your answer to "Mix a context with the shorter one".

    The formula is that of Witten and Bell (1991), "The zero-frequency
    problem", method C.

    Args:
        answer: Your function `witten_bell(counts, shorter)`. `counts` is an
            integer array (vocab,), `shorter` a float array (vocab,) that adds
            up to 1. It returns probabilities (vocab,).

    Returns:
        Your function if it is right, else the helper package's version.
    """
    unseen = (
        " And for a context that never came, it gives 0 / 0: give `shorter` "
        "there."
    )
    total = (
        "T is how many different characters came, not how many came in all: "
        "that is N."
    )
    swapped = "the shares have changed places: the frequencies get N / (N + T)."
    seen = (
        "a character that came needs something from `shorter` as well, or "
        "the sum is below 1."
    )
    above = "the sum is above 1: the two shares must add up to 1."
    mistakes = [
        Mistake(
            answer=_unseen_context,
            message="this is right where the context came; for one that never "
            "came, give `shorter`.",
        ),
        Mistake(answer=_with_unseen_context(_t_is_the_total), message=total),
        Mistake(answer=_t_is_the_total, message=total + unseen),
        Mistake(
            answer=_t_is_vocab_size,
            message="T is not the size of the vocabulary: count only "
            "characters that came.",
        ),
        Mistake(
            answer=_t_is_different_counts,
            message="T is not how many different counts there are: count the "
            "characters that came.",
        ),
        Mistake(answer=_with_unseen_context(_shares_swapped), message=swapped),
        Mistake(answer=_shares_swapped, message=swapped + unseen),
        Mistake(
            answer=_with_unseen_context(_seen_without_shorter), message=seen
        ),
        Mistake(answer=_seen_without_shorter, message=seen + unseen),
        Mistake(answer=_with_unseen_context(_sum_above_1), message=above),
        Mistake(answer=_sum_above_1, message=above + unseen),
    ]
    shorter = np.array([0.3, 0.2, 0.2, 0.1, 0.15, 0.05])
    cases = [
        (np.array([5, 5, 0, 0, 1, 1]), shorter),
        (np.array([0, 2, 0, 0, 0, 0]), shorter),
        (np.array([0, 0, 0, 0, 0, 0]), shorter),
    ]
    return judge(
        answer,
        witten_bell,
        cases=cases,
        mistakes=mistakes,
        praise="it adds up to 1, so it can be `shorter` for the next longer "
        "one.",
    )
