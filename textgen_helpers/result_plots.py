"""Pictures that compare results."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt

from .baselines import COMPRESSORS, GRAMS
from .plots import Picture
from .style import PALETTE


def plot_bars(
    bars: Mapping[str, float],
    xlabel: str,
    longest: float = 0.0,
    colours: Sequence[str] = PALETTE,
) -> Picture:
    """Draw named numbers as bars, the first on top; `xlabel` says of what.

    Two pictures with the same `longest` number have the same scale. The
    `colours` are used in turn.
    """
    longest = max(longest, *bars.values())
    figure, ax = plt.subplots(figsize=(7.2, 0.33 * len(bars) + 1))
    drawn = ax.barh(list(bars), list(bars.values()), color=colours)
    digits = (longest < 100) + (longest < 10)
    ax.bar_label(drawn, fmt=f"%.{digits}f", padding=3)
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, xlim=(0, 1.12 * longest))
    said = ", ".join(f"{name} {x:.{digits}f}" for name, x in bars.items())
    return figure, f"Bars of {xlabel}: {said}."


def plot_ladder(ladder: Mapping[str, float]) -> Picture:
    """Draw what `ladder` measures, in a colour for each kind of model.

    What counts characters is blue, what packs files grey, a network orange.
    """
    kinds = dict.fromkeys(("uniform", *GRAMS), PALETTE[0])
    kinds |= dict.fromkeys(COMPRESSORS, "0.6")
    colours = [kinds.get(name, PALETTE[1]) for name in ladder]
    label = "bits per character of held-out text (less is better)"
    return plot_bars(ladder, label, colours=colours)


def plot_dots(rows: Mapping[str, Mapping[str, float]], xlabel: str) -> Picture:
    """Draw numbers that lie close together as dots, on an axis without 0.

    `rows` has for each name its measurements, the same ones in every row.
    """
    figure, ax = plt.subplots(figsize=(7.2, 0.5 * len(rows) + 1.4))
    for number, what in enumerate(next(iter(rows.values()))):
        values = [row[what] for row in rows.values()]
        places = [y + 0.12 * (2 * number - 1) for y in range(len(rows))]
        look: dict[str, Any] = {
            "marker": "os^D"[number % 4],
            "color": PALETTE[number % 6],
        }
        ax.scatter(values, places, label=what, **look)
        for value, place in zip(values, places, strict=True):
            ax.text(value, place, f"   {value:.3f}", va="center", fontsize=9)
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    ax.set_yticks(range(len(rows)), list(rows))
    ax.margins(x=0.15)
    ax.grid(axis="x", alpha=0.3)
    figure.legend(frameon=False, loc="outside upper center", ncols=2)
    said = "; ".join(
        f"{name}: " + ", ".join(f"{what} {x:.3f}" for what, x in row.items())
        for name, row in rows.items()
    )
    return figure, f"Dots of {xlabel}. {said}."
