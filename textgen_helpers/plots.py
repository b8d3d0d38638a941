"""Pictures: each function returns a figure and its text for the blind."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator

from .style import PALETTE, letters, name_missing_font

Picture = tuple[Figure, str]


def show(figure: Figure, alt: str) -> None:
    """Display a figure with its alternative text, and close it.

    Notebooks call it as `show(*plot_...)`.
    """
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)


def plot_windows_and_streams(
    windows: Sequence[Any], streams: Sequence[Any], length: int
) -> Picture:
    """Draw where in the text the sequences of some batches come from.

    `windows` and `streams` hold, for each batch, the position of each
    sequence's first character, ints (batch,); `length` is a sequence's.
    """
    figure, axes = plt.subplots(2, 1, sharex=True, figsize=(7.2, 3.8))
    titles = ("shuffled windows", "contiguous streams")
    for ax, starts, title in zip(axes, (windows, streams), titles, strict=True):
        for batch, row in enumerate(starts):
            bars = [(start, length) for start in np.asarray(row)]
            colour = PALETTE[batch % len(PALETTE)]
            ax.broken_barh(
                bars, (batch + 0.6, 0.8), facecolors=colour, edgecolor="white"
            )
        ax.set(title=title, ylabel="batch", ylim=(len(starts) + 0.6, 0.4))
        ax.set_yticks(range(1, len(starts) + 1))
    axes[-1].set_xlabel("position in the text (characters)")
    alt = (
        "Two charts of where the sequences of each batch lie in the text. "
        "Shuffled windows are scattered anew in each batch; contiguous "
        "streams each move on to the piece that follows."
    )
    return figure, alt


def plot_model(layers: Sequence[tuple[str, str]]) -> Picture:
    """Draw layers as boxes from left to right.

    `layers` holds for each its name and the shape of what comes out of it.
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
        if i:
            ax.annotate(
                "",
                (i - 0.06, 0.55),
                (i - 0.32, 0.55),
                arrowprops={"width": 1, "color": "0.4"},
            )
    ax.set(xlim=(-0.1, len(layers) - 0.25), ylim=(-0.1, 0.95))
    ax.axis("off")
    chain = ", then ".join(f"{name} giving {shape}" for name, shape in layers)
    return figure, f"The model as boxes from left to right: {chain}."


def plot_curves(
    curves: Mapping[str, Sequence[float]],
    *,
    xlabel: str = "epoch",
    ylabel: str = "loss (nats per character)",
    markers: bool = True,
) -> Picture:
    """Draw named curves over 1, 2, 3, ...: losses, gradient norms, rates."""
    figure, ax = plt.subplots()
    for name, values in curves.items():
        steps = np.arange(1, len(values) + 1)
        ax.plot(steps, values, marker="o" if markers else "", label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    said = "; ".join(
        f"{name} {_course(x, xlabel)}" for name, x in curves.items()
    )
    return figure, f"Curves of {ylabel} over the {xlabel}: {said}."


def _course(values: Sequence[float], xlabel: str) -> str:
    """Return in words where a curve begins and ends, and where it peaks."""
    first, last, highest = values[0], values[-1], max(values)
    if min(values) == highest:
        return f"stays at {first:.3g}"
    ends = f"goes from {first:.3g} to {last:.3g}"
    if highest in (first, last):
        return ends
    return f"{ends}, highest {highest:.3g} at {xlabel} {np.argmax(values) + 1}"


def plot_next_chars(
    choices: Mapping[str, np.ndarray], idx2char: np.ndarray, most: int = 15
) -> Picture:
    """Draw the probabilities of the next character, a panel for each choice.

    Each value of `choices` is a distribution, float (vocab,); the `most`
    likely characters of the first one are shown, in its order, in all.
    """
    first = next(iter(choices.values()))
    order = np.argsort(-first)[:most]
    names = letters(idx2char[order])
    figure, axes = plt.subplots(
        1, len(choices), sharey=True, squeeze=False, figsize=(7.2, 2.6)
    )
    for ax, (name, chances), colour in zip(
        axes[0], choices.items(), cycle(PALETTE), strict=False
    ):
        ax.bar(names, chances[order], color=colour)
        ax.set(title=name, xlabel="next character")
        turn = 90 if max(map(len, names)) > 2 else 0
        ax.tick_params(axis="x", labelsize=8, rotation=turn)
    axes[0, 0].set_ylabel("probability")
    name_missing_font(figure, idx2char[order])
    said = "; ".join(
        f"{name}: likeliest {names[0]!r} with {chances[order[0]]:.2f}"
        for name, chances in choices.items()
    )
    return figure, f"Bars of the next character's probability. {said}."
