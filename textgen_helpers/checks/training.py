"""The exercises of notebook 3: perplexity, early stopping, two baselines."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .judging import Mistakes, judge


def _perplexity(nats: float) -> float:
    """Return among how many equally likely characters a loss hesitates."""
    return float(np.exp(nats))


def perplexity(answer: Callable) -> Callable:
    """Judge an answer to "what is the perplexity of a loss?"."""
    mistakes: Mistakes = {
        "the loss is in nats, not in bits: the base is e.": lambda x: 2**x,
        "this takes a logarithm: undo the one in the loss.": np.log,
        "this is a probability: one minus too many.": lambda x: np.exp(-x),
        "these are bits: raise e to the loss.": lambda x: x / np.log(2),
    }
    cases = [(0.5,), (1.5,), (float(np.log(65)),)]
    praise = "before training it is close to the size of the vocabulary."
    return judge(answer, _perplexity, cases, mistakes, praise)


def _stop_epoch(
    held_out_losses: Sequence[float],
    patience: int,
    beat_last: bool = False,
    in_all: bool = False,
) -> tuple[int, int]:
    """Return the epoch to stop at and the best so far; the rest is wrong."""
    losses, epoch, waited = held_out_losses, 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < min(losses[epoch - 1 if beat_last else 0 : epoch]):
            waited *= in_all
        else:
            waited += 1
        if waited == patience:
            break
    return epoch + 1, int(np.argmin(losses[: epoch + 1])) + 1


def stop_epoch(answer: Callable) -> Callable:
    """Judge an answer to "when to stop, and which epoch was the best?"."""
    mistakes: Mistakes = {
        "epochs count from 1.": lambda *x: tuple(np.array(_stop_epoch(*x)) - 1),
        "first the stop, then the best.": lambda *x: _stop_epoch(*x)[::-1],
        "this goes through all epochs: stop once `patience` of them in a row "
        "have brought nothing.": lambda x, _: (len(x), int(np.argmin(x)) + 1),
        "one epoch too late: stop in the last of `patience` epochs without a "
        "new best.": lambda x, wait: _stop_epoch(x, wait + 1),
        "one epoch too early: do not count the best epoch itself among those "
        "that brought nothing.": lambda x, wait: _stop_epoch(x, wait - 1),
        "this stops at the first epoch without a new best: have more "
        "`patience`.": lambda x, wait: _stop_epoch(x, 1),
        "that best epoch comes after the stop, when nobody knows of it "
        "yet.": lambda *x: (_stop_epoch(*x)[0], int(np.argmin(x[0])) + 1),
        "compare with the best so far: the epoch before need not be the best "
        "one.": lambda x, wait: _stop_epoch(x, wait, beat_last=True),
        "`patience` epochs in a row are meant: after a new best, count from 0 "
        "again.": lambda x, wait: _stop_epoch(x, wait, in_all=True),
        "a loss equal to the best is not below it: mind the difference of "
        "`<` and `<=`.": lambda x, wait: _stop_epoch(
            [loss - 1e-9 * i for i, loss in enumerate(x)], wait
        ),
    }
    cases = [([3, 2, 2.5, 2.4, 1.9, 2, 2.1, 1.8], 2)]
    cases += [([4, 3, 3.5, 2, 2.5, 1.8], 2)]
    cases += [([2, 1.5, 1.5, 1.5, 1.7, 1.6, 1.4], 3)]
    praise = "keep the checkpoint of the best epoch, not that of the last."
    return judge(answer, _stop_epoch, cases, mistakes, praise)


def _unigram_bits(
    train_ids: np.ndarray, ids: np.ndarray, vocab_size: int, added: int = 1
) -> float:
    """Return the mean bits of `ids` under the frequencies of `train_ids`."""
    counts = np.bincount(train_ids, minlength=vocab_size) + added
    return float(-np.log2(counts / counts.sum())[ids].mean())


def unigram_bits(answer: Callable) -> Callable:
    """Judge an answer to "what do characters cost by frequency alone?"."""
    bits = _unigram_bits
    mistakes: Mistakes = {
        "a cost is not negative: one sign is missing.": lambda *x: -bits(*x),
        "these are nats: bits need base 2.": lambda *x: bits(*x) * np.log(2),
        "this is the sum over `ids`, which grows with their number: give the "
        "mean.": lambda train, ids, n: bits(train, ids, n) * len(ids),
        "these are the counts of `ids`: a model may not know them before it "
        "is measured.": lambda train, ids, n: bits(ids, ids, n),
        "this is what the characters of `train_ids` cost: count there, and "
        "measure on `ids`.": lambda train, ids, n: bits(train, train, n),
        "an unseen character costs infinitely much here: add one to each of "
        "the counts.": lambda train, ids, n: bits(train, ids, n, added=0),
        "these probabilities add up to more than 1: their total lacks the "
        "ones.": lambda t, ids, n: bits(t, ids, n) - np.log2(1 + n / len(t)),
        "the counts end at the largest id of `train_ids`: `np.bincount` has a "
        "`minlength`.": lambda train, ids, _: bits(train, ids, 0),
    }
    cases = [(np.array([0, 0, 3, 0, 1]), np.array([0, 1, 2, 0]), 6)]
    cases += [(np.array([2, 0, 1, 2, 2]), np.array([2, 1]), 3)]
    praise = "on the same held-out text it can be compared with any network."
    return judge(answer, _unigram_bits, cases, mistakes, praise)


def _witten_bell(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    """Return the mixed distribution (vocab,), as Witten and Bell (1991)."""
    if not counts.any():
        return shorter
    return _mix(counts, shorter, np.count_nonzero(counts))


def _mix(c: np.ndarray, shorter: np.ndarray, kinds: Any) -> np.ndarray:
    return (c + kinds * shorter) / (c.sum() + kinds)


def witten_bell(answer: Callable) -> Callable:
    """Judge an answer to "how to mix a context with the shorter one?"."""

    def guarded(mix: Callable) -> Callable:
        return lambda c, shorter: mix(c, shorter) if c.any() else shorter

    kinds, also = np.count_nonzero, " Without counts it is 0 / 0: treat that."
    wrong: Mistakes = {
        "this is right where the context came; for one that never came, give "
        "`shorter`.": lambda c, s: _mix(c, s, kinds(c)),
        "T is how many different characters came, not how many came in all: "
        "that is N.": lambda c, s: _mix(c, s, c.sum()),
        "T is not the size of the vocabulary: count only characters that "
        "came.": lambda c, s: _mix(c, s, len(c)),
        "the shares have changed places: the counts get N / (N + T).": (
            lambda c, s: _mix(c * kinds(c) / c.sum(), s, c.sum())
        ),
        "what came needs something from `shorter` as well, or the sum is "
        "below 1.": lambda c, s: _mix(c, s * (c == 0), kinds(c)),
        "the sum is above 1: the shares of both must add up to "
        "1.": lambda c, s: (c + kinds(c) * s) / c.sum(),
    }
    mistakes = {says: guarded(mix) for says, mix in wrong.items()}
    mistakes |= {says + also: mix for says, mix in wrong.items()}
    probs = np.array([0.3, 0.2, 0.2, 0.1, 0.15, 0.05])
    seen = ([5, 5, 0, 0, 1, 1], [0, 2, 0, 0, 0, 0], [0] * 6)
    cases = [(np.array(counts), probs) for counts in seen]
    praise = "it adds up to 1, so it can be `shorter` for the next longer one."
    return judge(answer, _witten_bell, cases, mistakes, praise)
