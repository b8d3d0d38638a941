"""Text in pictures: a cell for each character, and words for its value."""

import re
import unicodedata
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .style import letters, monospace


def signs(text: str) -> list[str]:
    """Return labels of few letters, one for each character.

    They are those of `letters`, but a code point stands in two lines.
    """
    return [
        x if len(x) < 3 else f"{x[2:4]}\n{x[4:]}".strip() for x in letters(text)
    ]


def fitting(text: str, most: int) -> int:
    """Return how many cells of this text fit where `most` narrow ones do.

    It is half as many if a label is wide, as in Chinese, or has two letters.
    """
    wide = any(unicodedata.east_asian_width(char) in "WF" for char in text)
    long = any(len(sign) > 1 for sign in signs(text))
    return most // 2 if wide or long else most


def places(text: str, columns: int) -> np.ndarray:
    """Return the line and the column of each character, int (characters, 2).

    A line ends with its line break, or after so many columns; a line break
    then still finds its place in one more.
    """
    found, line, column = [], 0, 0
    for char in text:
        if column == columns and char != "\n":
            line, column = line + 1, 0
        found.append((line, column))
        line, column = (line + 1, 0) if char == "\n" else (line, column + 1)
    return np.array(found)


def write(ax: Axes, x: float, y: float, sign: str, **ink: Any) -> None:
    """Write a sign into the cell around x, y, where y goes downwards.

    A space leaves it empty. Further arguments are those of `Axes.text`.
    """
    if "\n" in sign:
        ink |= {"va": "center", "linespacing": 0.85, "fontsize": 8}
    else:  # letters of a line stand at the same height
        ink, y = ink | {"va": "baseline"}, y + 0.22
    sign = sign.replace("\u2423", " ")
    ax.text(x, y, sign, ha="center", family=monospace(), **ink)


def name_extremes(text: str, values: np.ndarray) -> str:
    """Return in words the mean and the three highest and lowest values.

    `values` is float (characters,). A character is named with the word that
    it stands in or after, and no name comes twice. Raises ValueError for an
    empty text and where the lengths differ.
    """
    if not text or len(values) != len(text):
        raise ValueError(
            f"There are {len(values)} values for {len(text)} characters: "
            "give one for each, and at least one."
        )
    high, low = (_names(text, values, order) for order in (-values, values))
    mean = np.mean(values)
    return f"{mean:.2f} on average; highest at {high}; lowest at {low}"


def _names(text: str, values: np.ndarray, order: np.ndarray) -> str:
    """Name three characters with their values, by the lowest in `order`."""
    words = list(re.finditer(r"\w+", text))
    names: dict[str, str] = {}
    for place in np.argsort(order, kind="stable"):
        name = repr(text[place])
        before = [word for word in words if word.start() <= place]
        if before:
            where = "in" if place < before[-1].end() else "after"
            name += f" {where} {before[-1][0]!r}"
        names.setdefault(name, f"{name} ({values[place]:.2f})")
        if len(names) == 3:
            break
    return ", ".join(names.values())
