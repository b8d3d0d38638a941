"""Pictures of a text: as it grows sensible, in colours, as it surprises."""

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from .cells import fitting, name_extremes, places, signs, write
from .plots import Picture
from .style import PALETTE, monospace, name_missing_font

_INKS: tuple[dict[str, Any], ...] = (
    {"color": "0.5"},  # between words
    {"color": PALETTE[1]},  # an unknown word
    {"color": PALETTE[0], "weight": "bold"},  # a known one
)
_FIRST = re.compile(r"(?<!\w)(?<!\w['’])\w")  # of a word; not the s of "it's"


def plot_growth(
    written: Mapping[str, str], known_words: Container[str]
) -> Picture:
    r"""Draw texts below each other, and the share of words that are known.

    `written` has a row's name, as "epoch 1", and what the model wrote then;
    its first 64 characters are shown, or 32 if some are wide. A word is a run
    of letters (\w+); `known_words` holds those of the training text. Their
    share is that in the whole of a row's text, 0 where there is no word.
    """
    everything, shares = "".join(written.values()), {}
    columns = fitting(everything, 64)
    figure, (ax, bars) = plt.subplots(
        1, 2, width_ratios=(6, 1), figsize=(7.2, 0.26 * len(written) + 0.8)
    )
    for row, (name, text) in enumerate(written.items()):
        inks, shares[name] = _known(text, known_words)
        for x, sign in enumerate(signs(text[:columns])):
            write(ax, x, row, sign, fontsize=9, **_INKS[inks[x]])
    ax.set_title("word of the training text", loc="left", **_INKS[2])
    ax.set_title("unknown word", **_INKS[1])
    ax.set(xlim=(-0.5, columns), ylim=(len(written) - 0.5, -0.5), xticks=[])
    ax.set_yticks(range(len(written)), list(written))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    _draw_shares(bars, list(shares.values()))
    name_missing_font(figure, everything)
    said = ", ".join(f"{name} {share:.0f} %" for name, share in shares.items())
    first, last = (list(written.values())[i][:columns] for i in (0, -1))
    alt = f"Known words: {said}. The first text begins {first!r}, the last one"
    return figure, f"Texts by a model, one below the other. {alt} {last!r}."


def plot_coloured_text(
    text: str, values: np.ndarray, label: str, columns: int = 64
) -> Picture:
    """Draw a text whose characters have their value as background colour.

    `values` is float (characters,); `label` says of what, and its unit. Lines
    end as in the text, or after `columns` characters (at most 80; half as
    many if some are wide). Values of both signs get colours that part at 0.
    Meant for up to 400 characters. Raises ValueError for an empty text and
    where the lengths differ.
    """
    alt = f"A text coloured by {label}: {name_extremes(text, values)}."
    columns = fitting(text, columns)
    cells = places(text, columns)
    grid = np.full((cells[-1, 0] + 1, columns + 1), np.nan)
    grid[tuple(cells.T)] = values
    low, high = float(np.min(values)), float(np.max(values))
    if both := low < 0 < high:
        low, high = min(low, -high), max(-low, high)
    colours = "RdBu_r" if both else "cividis"
    figure, ax = plt.subplots(figsize=(7.2, 0.23 * len(grid) + 0.7))
    image = ax.imshow(grid, colours, vmin=low, vmax=high, aspect="auto")
    figure.colorbar(image, location="bottom", label=label, aspect=50)
    ax.axis("off")
    brightness = image.to_rgba(values)[:, :3] @ (0.299, 0.587, 0.114)
    for sign, bright, (y, x) in zip(
        signs(text), brightness, cells, strict=True
    ):
        faint = 0.5 if sign == "\u21b5" else 1.0
        colour = "black" if bright > 0.5 else "white"
        write(ax, x, y, sign, color=colour, alpha=faint, fontsize=10)
    name_missing_font(figure, text)
    return figure, alt


def plot_surprise(text: str, bits: np.ndarray) -> Picture:
    """Draw how much each character surprised the model: a bar for each.

    `bits` is float (characters,): minus the binary logarithm of the
    character's probability. A row holds up to 70 characters, or 35 if some
    are wide. Raises ValueError for an empty text and where lengths differ.
    """
    alt = f"Bars of the surprise in bits: {name_extremes(text, bits)}."
    labels, mean = np.array(signs(text)), np.mean(bits)
    rows = -(-len(text) // fitting(text, 70))
    figure, axes = plt.subplots(
        rows, 1, sharey=True, squeeze=False, figsize=(7.2, 1.4 * rows + 0.9)
    )
    first = np.zeros(len(text), bool)
    first[[match.start() for match in _FIRST.finditer(text)]] = True
    parts = np.array_split(np.arange(len(text)), rows)
    for ax, part in zip(axes[:, 0], parts, strict=True):
        a, b = part[first[part]], part[~first[part]]
        ax.bar(a, bits[a], color=PALETTE[1], label="first character of a word")
        ax.bar(b, bits[b], color=PALETTE[0], label="other character")
        ax.axhline(
            mean, color="0.3", ls=":", label=f"mean here: {mean:.2f} bits"
        )
        ax.set_xticks(part, labels[part], fontsize=8, family=monospace())
        ax.tick_params(axis="x", length=0)
        ax.set(xlim=(part[0] - 0.7, part[-1] + 0.7), ylabel="surprise (bits)")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper right", ncols=3, frameon=False)
    ax.set_xlabel("character")
    name_missing_font(figure, text)
    return figure, alt


def _known(text: str, words: Container[str]) -> tuple[np.ndarray, float]:
    """Return the ink of each character, and the percentage of known words."""
    inks, known = np.zeros(len(text), int), []
    for word in re.finditer(r"\w+", text):
        known.append(word[0] in words)
        inks[slice(*word.span())] = 1 + known[-1]
    return inks, 100 * sum(known) / max(1, len(known))


def _draw_shares(ax: Axes, shares: Sequence[float]) -> None:
    drawn = ax.barh(range(len(shares)), shares, color=PALETTE[0])
    ax.bar_label(drawn, fmt="%.0f", padding=2)
    ax.set(xlim=(0, 100), ylim=(len(shares) - 0.5, -0.5), yticks=[])
    ax.set_xlabel("known words (%)")
