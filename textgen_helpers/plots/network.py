"""Pictures of a network: its layers, its gates, its embedding."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from .base import PALETTE, Picture
from .glyphs import apply_fonts, char_labels, name_extremes, short_labels

_VOWELS = "aeiouαεηιουωаеиоуыэюя"
_KIND_STYLES = {  # a marker and a colour for each kind of character
    "small vowel": ("o", PALETTE[1]),
    "other small letter": ("s", PALETTE[0]),
    "capital": ("^", PALETTE[2]),
    "other letter": ("h", PALETTE[4]),
    "no letter": ("D", PALETTE[3]),
}
_CHARACTER_STYLE: dict[str, Any] = {
    "ha": "center",
    "va": "center",
    "linespacing": 0.85,
}
_LEGEND_STYLE: dict[str, Any] = {
    "loc": "outside upper center",
    "ncols": 5,
    "frameon": False,
    "markerscale": 0.6,
    "handletextpad": 0,
}


_ARROW_STYLE: dict[str, Any] = {"width": 1, "headwidth": 7, "color": "0.4"}


def plot_course() -> Picture:
    """Draw what the whole course does, from a text to a written text.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> picture = tg.plot_course()
        >>> "text, ids, model, guess, loss" in picture.alt_text
        True
    """
    boxes = [
        ("text", "hell", "notebook 1"),
        ("ids", "1 0 2 2", "notebook 1"),
        ("model", "embedding,\nGRU, dense", "notebooks 2 and 6"),
        ("guess", "o 70 %\nl 20 %\ne 10 %", "notebook 2"),
        ("loss", "right: o\n0.36", "notebooks 2 and 3"),
    ]
    figure, ax = plt.subplots(figsize=(7.2, 3.1))
    ax.set(xlim=(-0.05, 7.2), ylim=(0, 3.1))
    ax.axis("off")
    for i, (name, example, notebook) in enumerate(boxes):
        middle = 0.6 + 1.5 * i
        ax.add_patch(
            FancyBboxPatch(
                (middle - 0.48, 1.05),
                0.96,
                1.05,
                "round,pad=0.04",
                fc=PALETTE[i],
                alpha=0.25,
            )
        )
        ax.text(middle, 1.95, name, ha="center", va="center", weight="bold")
        ax.text(middle, 1.45, example, ha="center", va="center", fontsize=9)
        ax.text(middle, 0.83, notebook, ha="center", va="center", fontsize=8)
        if i > 0:
            ax.annotate(
                "",
                (middle - 0.54, 1.57),
                (middle - 0.96, 1.57),
                arrowprops=_ARROW_STYLE,
            )
    _draw_way_back(ax, 6.6, 3.6, (2.18, 2.5))
    ax.text(
        5.1,
        2.56,
        "training: change the model so that\n"
        "the loss becomes smaller (notebooks 3, 5 and 7)",
        ha="center",
        va="bottom",
        fontsize=9,
    )
    _draw_way_back(ax, 5.1, 0.6, (0.7, 0.4))
    ax.text(
        2.85,
        0.34,
        "writing: draw a character, and add it to the text (notebook 4)",
        ha="center",
        va="top",
        fontsize=9,
    )
    alt_text = (
        "Five boxes from left to right, with arrows between them: text, ids, "
        "model, guess, loss. The text 'hell' becomes the ids 1 0 2 2; the "
        "model guesses o with 70 %; the right answer is o, and the loss 0.36. "
        "An arrow leads from the loss back to the model: training, notebooks "
        "3, 5 and 7. Another one leads from the guess back to the text: "
        "writing, notebook 4."
    )
    return Picture(figure, alt_text)


def _draw_way_back(
    ax: Axes, begin: float, end: float, heights: tuple[float, float]
) -> None:
    """Draw an arrow that leads over or under the boxes from right to left."""
    edge, y = heights
    ax.plot([begin, begin, end, end], [edge, y, y, edge], color="0.4", lw=1)
    ax.annotate("", (end, edge), (end, y), arrowprops=_ARROW_STYLE)


def plot_model(layers: Sequence[tuple[str, str]]) -> Picture:
    """Draw layers as boxes from left to right.

    Args:
        layers: For each layer its name, and the shape of its output.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> layers = [("GRU", "(64, 8)"), ("Dense", "(64, 65)")]
        >>> picture = tg.plot_model(layers)
        >>> "GRU giving (64, 8), then Dense" in picture.alt_text
        True
    """
    figure, ax = plt.subplots(figsize=(7.2, 1.9))
    for i, (name, shape) in enumerate(layers):
        colour = PALETTE[i % len(PALETTE)]
        ax.add_patch(
            FancyBboxPatch(
                (i, 0.3), 0.62, 0.5, "round,pad=0.04", fc=colour, alpha=0.25
            )
        )
        ax.text(i + 0.31, 0.55, name, ha="center", va="center", weight="bold")
        ax.text(i + 0.31, 0.05, shape, ha="center", va="center", fontsize=9)
        if i > 0:
            ax.annotate(
                "",
                (i - 0.06, 0.55),
                (i - 0.32, 0.55),
                arrowprops={"width": 1, "color": "0.4"},
            )
    ax.set(xlim=(-0.1, len(layers) - 0.25), ylim=(-0.1, 0.95))
    ax.axis("off")
    chain = ", then ".join(f"{name} giving {shape}" for name, shape in layers)
    return Picture(figure, f"The model as boxes from left to right: {chain}.")


def plot_gates(
    text: str, gates: Mapping[str, np.ndarray], units: Sequence[int]
) -> Picture:
    """Draw gates as colours: a row for each unit, a column for each character.

    Args:
        text: The text that the model reads.
        gates: For the name of each panel the values of a gate, from 0 to 1,
            float (characters, units).
        units: The numbers of the units, (units,).

    Returns:
        The picture.

    Raises:
        ValueError: The text is empty, or the lengths differ.

    Example:
        >>> import numpy as np
        >>> import textgen_helpers as tg
        >>> gates = {"update gate": np.array([[0.25], [0.75]])}
        >>> picture = tg.plot_gates("ab", gates, units=[7])
        >>> "Mean of the update gate: 0.50 on average" in picture.alt_text
        True
    """
    labels = char_labels(text)
    has_long_label = any(len(label) > 2 for label in labels)
    figure, axes = plt.subplots(
        len(gates), 1, sharex=True, squeeze=False, figsize=(7.2, 4.2)
    )
    for ax, (name, values) in zip(axes[:, 0], gates.items(), strict=True):
        image = ax.imshow(
            values.T, cmap="cividis", vmin=0, vmax=1, aspect="auto"
        )
        ax.set(title=name, ylabel="unit")
        ax.set_yticks(range(len(units)), units, fontsize=8)
    axes[-1, 0].set_xticks(
        range(len(text)),
        labels,
        fontsize=8,
        rotation=90 if has_long_label else 0,
    )
    axes[-1, 0].set_xlabel("character read")
    figure.colorbar(image, ax=axes, label="value of the gate")
    apply_fonts(figure, text)
    means = ". ".join(
        f"Mean of the {name}: {name_extremes(text, values.mean(axis=1))}"
        for name, values in gates.items()
    )
    return Picture(
        figure, f"Coloured maps of gates over a text that is read. {means}."
    )


def plot_embedding(
    embedding: np.ndarray,
    characters: str,
    counts: np.ndarray | None = None,
    most: int = 80,
) -> Picture:
    """Draw characters where their embedding puts them, in two dimensions.

    The two dimensions are the first principal components (Pearson, 1901) of
    the rows of the characters that are drawn. Characters that would overlap
    are moved a little apart.

    Args:
        embedding: The weights of the layer, float (vocab, dimensions).
        characters: The vocabulary, a character for each row.
        counts: How frequent each character is, (vocab,).
        most: Number of characters to draw. If there are more, the most
            frequent ones are drawn; without `counts`, the first ones.

    Returns:
        The picture.

    Raises:
        ValueError: The lengths differ, or a weight is no number.

    Example:
        >>> import numpy as np
        >>> import textgen_helpers as tg
        >>> square = np.array([[0.0, 0], [0, 4], [3, 0], [3, 4]])
        >>> picture = tg.plot_embedding(square, "aeBC")
        >>> picture.alt_text.startswith(
        ...     "All 4 characters by their embedding, in two dimensions."
        ... )
        True
    """
    if not np.isfinite(embedding).all():
        raise ValueError(
            "The embedding has weights that are not numbers (NaN): the "
            "training has failed. Train again with a lower learning rate."
        )
    rows, title = _choose_rows(embedding, characters, counts, most)
    shown = "".join(characters[row] for row in rows)
    kinds = np.array([_kind(char) for char in shown])
    points, axis_labels = _principal_components(embedding[rows])
    points = _move_apart(points)
    figure, ax = plt.subplots(figsize=(7.2, 5.6))
    for kind, (marker, colour) in _KIND_STYLES.items():
        if kind in kinds:
            x, y = points[kinds == kind].T
            ax.scatter(x, y, 230, colour, marker=marker, alpha=0.3, label=kind)
    for (x, y), label in zip(points, short_labels(shown), strict=True):
        fontsize = 8 if "\n" in label else 10
        ax.text(x, y, label, fontsize=fontsize, **_CHARACTER_STYLE)
    ax.set(xlabel=axis_labels[0], ylabel=axis_labels[1], title=title)
    ax.set_aspect("equal", "datalim")
    figure.legend(**_LEGEND_STYLE)
    apply_fonts(figure, shown)
    neighbours = _describe_neighbours(embedding[rows], shown)
    alt_text = (
        f"{title.capitalize()} by their embedding, in two dimensions. "
        f"Most similar by cosine similarity: {neighbours}."
    )
    return Picture(figure, alt_text)


def _choose_rows(
    embedding: np.ndarray,
    characters: str,
    counts: np.ndarray | None,
    most: int,
) -> tuple[np.ndarray, str]:
    """Return the rows to draw, int (rows,), and a title that says which."""
    number = len(characters)
    counts_fit = counts is None or len(counts) == number
    if len(embedding) != number or not counts_fit:
        raise ValueError(
            f"The embedding has {len(embedding)} rows for {number} "
            "characters (and counts): take all from the same model."
        )
    if number <= most:
        return np.arange(number), f"all {number} characters"
    if counts is None:
        return np.arange(most), f"the first {most} of {number:,} characters"
    order = np.argsort(-np.asarray(counts, float), kind="stable")
    title = f"the {most} most frequent of {number:,} characters"
    return order[:most], title


def _kind(char: str) -> str:
    """Return the kind of a character: a key of `_KIND_STYLES`."""
    if unicodedata.normalize("NFD", char)[0] in _VOWELS:
        return "small vowel"
    if char.islower():
        return "other small letter"
    if char.isupper():
        return "capital"
    return "other letter" if char.isalpha() else "no letter"


def _principal_components(rows: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return rows in two dimensions, and a label for each of the two axes."""
    centred = rows - rows.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = left[:, :2] * sizes[:2]
    # The sign is arbitrary: let the point farthest from 0 be positive.
    farthest = np.abs(points).argmax(axis=0)
    points *= np.sign(points[farthest, [0, 1]])
    shares = 100 * sizes**2 / np.sum(sizes**2)
    labels = [
        f"{name} principal component ({share:.0f} % of the variance)"
        for name, share in zip(("1st", "2nd"), shares[:2], strict=True)
    ]
    return points, labels


def _move_apart(points: np.ndarray) -> np.ndarray:
    """Return points, float (characters, 2), whose markers hardly overlap."""
    width_and_height = (6, 4.4)  # of the axes, in inches
    inch = max(np.ptp(points, axis=0) / width_and_height)
    gap = 0.25 * inch
    for _ in range(200):
        differences = points[:, None] - points
        distances = np.linalg.norm(differences, axis=2)
        # A point must not push itself: set it one gap away from itself.
        distances += gap * np.eye(len(points))
        push = np.maximum(gap / np.maximum(distances, 1e-9) - 1, 0)
        steps = push[..., None] * differences
        points = points + 0.3 * np.sum(steps, axis=1)
    return points


def _describe_neighbours(rows: np.ndarray, characters: str) -> str:
    """Return in words which rows have the most similar directions."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    directions = rows / np.maximum(lengths, 1e-9)
    similarity = np.triu(directions @ directions.T, k=1)
    order = np.argsort(-similarity, axis=None, kind="stable")[:6]
    pairs = zip(*np.unravel_index(order, similarity.shape), strict=True)
    return ", ".join(
        f"{characters[i]!r} and {characters[j]!r} {similarity[i, j]:.2f}"
        for i, j in pairs
        if i < j
    )
