"""A picture of an embedding: which characters a model takes for alike."""

import unicodedata
from itertools import combinations_with_replacement
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from .cells import signs
from .plots import Picture
from .style import PALETTE, name_missing_font

_VOWELS = "aeiouαεηιουωаеиоуыэюя"
_MARKERS = {  # a shape and a colour for each kind of character
    "small vowel": ("o", PALETTE[1]),
    "other small letter": ("s", PALETTE[0]),
    "capital": ("^", PALETTE[2]),
    "other letter": ("h", PALETTE[4]),
    "no letter": ("D", PALETTE[3]),
}
_LETTER: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 0.85}
_LEGEND: dict[str, Any] = {
    "loc": "outside upper center",
    "ncols": 5,
    "frameon": False,
    "markerscale": 0.6,
    "handletextpad": 0,
}


def plot_embedding(
    embedding: np.ndarray,
    characters: str,
    counts: np.ndarray | None = None,
    most: int = 80,
) -> Picture:
    """Draw characters where their embedding puts them, in two dimensions.

    `embedding` is float (vocab, dimensions), a row for each of `characters`;
    `counts`, (vocab,), says how frequent each is. Of more than `most`
    characters the most frequent are drawn (without counts, the first). The
    two dimensions are the first principal components of the drawn rows.
    Letters that would overlap are moved a little apart. Raises ValueError
    where the lengths differ.
    """
    drawn, what = _choose(embedding, characters, counts, most)
    shown = "".join(characters[i] for i in drawn)
    kinds = np.array([_kind(char) for char in shown])
    points, labels = _components(embedding[drawn])
    points = _apart(points)
    figure, ax = plt.subplots(figsize=(7.2, 5.6))
    for kind, (marker, colour) in _MARKERS.items():
        if kind in kinds:
            x, y = points[kinds == kind].T
            ax.scatter(x, y, 230, colour, marker=marker, alpha=0.3, label=kind)
    for (x, y), sign in zip(points, signs(shown), strict=True):
        ax.text(x, y, sign, **_LETTER, fontsize=8 if "\n" in sign else 10)
    ax.set(xlabel=labels[0], ylabel=labels[1], title=what)
    ax.set_aspect("equal", "datalim")
    figure.legend(**_LEGEND)
    name_missing_font(figure, shown)
    alt = f"{what.capitalize()} by their embedding, in two dimensions"
    said = _distances(embedding[drawn], kinds)
    return figure, f"{alt}. Mean distances in all dimensions: {said}."


def _choose(
    embedding: np.ndarray,
    characters: str,
    counts: np.ndarray | None,
    most: int,
) -> tuple[np.ndarray, str]:
    """Return which characters to draw, int (drawn,), and words for them."""
    number = len(characters)
    sizes = {len(embedding), number, number if counts is None else len(counts)}
    if len(sizes) > 1:
        raise ValueError(
            f"The embedding has {len(embedding)} rows for {number} "
            "characters (and counts): take all from the same model."
        )
    if number <= most:
        return np.arange(number), f"all {number} characters"
    if counts is None:
        return np.arange(most), f"the first {most} of {number:,} characters"
    order = np.argsort(-np.asarray(counts, float), kind="stable")[:most]
    return order, f"the {most} most frequent of {number:,} characters"


def _kind(char: str) -> str:
    if unicodedata.normalize("NFD", char)[0] in _VOWELS:
        return "small vowel"
    if char.islower():
        return "other small letter"
    if char.isupper():
        return "capital"
    return "other letter" if char.isalpha() else "no letter"


def _components(rows: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return rows in two dimensions, and what to write at the two axes."""
    centred = rows - rows.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = left[:, :2] * sizes[:2]
    # The sign is arbitrary: let what lies farthest out be positive.
    points *= np.sign(points[np.abs(points).argmax(axis=0), [0, 1]])
    shares = 100 * sizes**2 / np.sum(sizes**2)
    labels = [
        f"{name} principal component ({share:.0f} % of the variance)"
        for name, share in zip(("1st", "2nd"), shares[:2], strict=True)
    ]
    return points, labels


def _apart(points: np.ndarray) -> np.ndarray:
    """Return points, float (characters, 2), whose markers hardly overlap."""
    inch = max(np.ptp(points, axis=0) / (6, 4.4))  # the drawn area's size
    gap = 0.25 * inch
    for _ in range(200):
        between = points[:, None] - points
        far = np.linalg.norm(between, axis=2) + gap * np.eye(len(points))
        push = np.maximum(gap / np.maximum(far, 1e-9) - 1, 0)[..., None]
        points = points + 0.3 * np.sum(push * between, axis=1)
    return points


def _distances(rows: np.ndarray, kinds: np.ndarray) -> str:
    """Return in words how far apart the rows of the first three kinds are."""
    far = np.linalg.norm(rows[:, None] - rows, axis=2)
    present = [kind for kind in _MARKERS if kind in kinds][:3]
    said = []
    for a, b in combinations_with_replacement(present, 2):
        pairs = far[np.ix_(kinds == a, kinds == b)]
        if np.any(pairs > 0):  # a character has no distance to itself
            said.append(f"{a} to {b} {pairs[pairs > 0].mean():.2f}")
    return ", ".join(said)
