"""Measure how much faster it is to look up all characters at once.

Compares `Vocabulary.encode` with the classic lesson's list comprehension, on
the full corpus where it can be had, and otherwise on the embedded play.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from textgen_helpers import Vocabulary, load_corpus

ROUNDS = 9


def main() -> None:
    """Measure both ways in turn, and print the medians and their ratio."""
    try:
        text = load_corpus("shakespeare")
    except OSError as error:
        print(error)
        text = load_corpus("sample")
    vocabulary = Vocabulary.from_text(text)
    char2idx = vocabulary.char2idx
    ways: dict[str, Callable[[], np.ndarray]] = {
        "one by one": lambda: np.array([char2idx[char] for char in text]),
        "all at once": lambda: vocabulary.encode(text),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, encode in ways.items():
            start = time.perf_counter()
            encode()
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(s) for name, s in seconds.items()}
    slowest = max(medians.values())
    print(f"Encoding {len(text):,} characters, median of {ROUNDS} rounds\n")
    print(f"{'way':<14}{'ms':>8}{'times faster':>15}")
    for name, median in medians.items():
        print(f"{name:<14}{median * 1e3:>8.1f}{slowest / median:>15.1f}")


if __name__ == "__main__":
    main()
