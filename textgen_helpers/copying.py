"""Does a written text copy? The spans of it that stand verbatim in another.

Spans are found by a rolling hash (Karp and Rabin, 1987) and then compared
character by character: two that are not equal never count as equal.
"""

import functools
from collections.abc import Iterator

import numpy as np

_BASE = 6364136223846793005  # odd, so that it has an inverse modulo 2^64


def longest_copy(text: str, source: str) -> str:
    """Return the longest span of `text` that stands verbatim in `source`.

    It is the first of equally long ones, and "" if there is none.
    """
    longest, too_long = "", min(len(text), len(source)) + 1
    while len(longest) + 1 < too_long:
        # About double the length until that is too long; then halve the gap.
        middle = (len(longest) + too_long) // 2
        length = min(2 * len(longest) + 1, middle)
        start = next(_copies(text, source, length), None)
        if start is None:
            too_long = length
        else:
            longest = text[start : start + length]
    return longest


def copied_share(text: str, source: str, length: int) -> float:
    """Return the share of `text`'s windows that stand in `source`, 0 to 1.

    The windows are its spans of `length` characters, which overlap: one for
    each start. Raises ValueError for a length below 1 or above the text's.
    """
    if not 1 <= length <= len(text):
        raise ValueError(
            f"length must be from 1 to the text's {len(text):,} characters, "
            f"but is {length}: take a longer text or a smaller length."
        )
    copied = sum(1 for _ in _copies(text, source, length))
    return copied / (len(text) - length + 1)


def _copies(text: str, source: str, length: int) -> Iterator[int]:
    """Yield where in `text` the windows begin that stand in `source`."""
    hashes, known = (_window_hashes(x, length) for x in (text, source))
    # By their first 20 bits, most of the source's are none of the text's.
    first_bits = np.zeros(2**20, dtype=bool)
    first_bits[hashes >> 44] = True
    places = np.flatnonzero(first_bits[known >> 44])
    if not len(places):
        return
    places = places[np.argsort(known[places])]
    ranks = np.searchsorted(known[places], hashes)
    places = places.take(ranks, mode="clip")  # for each window of the text
    for start in np.flatnonzero(known[places] == hashes):
        window = text[start : start + length]
        if source.startswith(window, places[start]) or window in source:
            yield int(start)


@functools.cache
def _numbers() -> np.ndarray:
    """Return a random number for each Unicode character, uint64."""
    rng = np.random.default_rng(0)
    return rng.integers(2**64, size=0x110000, dtype=np.uint64)


def _window_hashes(text: str, length: int) -> np.ndarray:
    """Return the hash of each window, uint64 (characters - length + 1,).

    That of x_0 x_1 ... is the sum of number(x_k) base^k, modulo 2^64.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    powers = np.full(len(codes), _BASE, dtype=np.uint64).cumprod()
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(_numbers()[codes] * powers, out=sums[1:])
    windows = sums[length:] - sums[:-length]
    # A window's first power grows with its place: divide it away.
    inverse = np.uint64(pow(_BASE, -1, 2**64))
    return windows * np.full(len(windows), inverse).cumprod()
