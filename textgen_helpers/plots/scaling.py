"""Pictures of training on several machines: their rows, time and memory."""

from collections.abc import Mapping, Sequence
from itertools import cycle, pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axis import Axis
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from .base import PALETTE, Picture

_STYLES = ("o-", "s--", "^:", "D-.")


def plot_worker_rows(
    panels: Mapping[str, Sequence[Sequence[Any]]], length: int
) -> Picture:
    """Draw where in the text the batches of each worker come from.

    Each worker has a colour, each way to share the batches a panel.

    Args:
        panels: For the name of each panel, for each worker, for each of its
            batches, the positions of the rows' first characters, int (rows,).
        length: Number of characters in a piece.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> blocks = [[[0], [5]], [[50], [55]]]
        >>> picture = tg.plot_worker_rows({"a row each": blocks}, length=5)
        >>> picture.alt_text.endswith("goes on where it ended.")
        True
    """
    figure, axes = plt.subplots(
        len(panels),
        1,
        sharex=True,
        squeeze=False,
        figsize=(7.2, 0.9 + 1.5 * len(panels)),
    )
    descriptions = []
    for ax, (name, workers) in zip(axes[:, 0], panels.items(), strict=True):
        count = max(map(len, workers))
        for batches, colour in zip(workers, cycle(PALETTE), strict=False):
            for index, starts in enumerate(batches):
                ax.broken_barh(
                    [(start, length) for start in np.asarray(starts)],
                    (index + 0.6, 0.8),
                    facecolor=colour,
                    edgecolor="white",
                )
        ax.set(title=name, ylabel="batch", ylim=(count + 0.6, 0.4))
        ax.set_yticks(range(1, count + 1))
        descriptions.append(f"{name!r}: {_describe_rows(workers, length)}")
    axes[-1, 0].set_xlabel("position in the text (characters)")
    count = max(map(len, panels.values()))
    handles = [
        Patch(color=colour, label=f"worker {worker}")
        for worker, colour in zip(range(count), cycle(PALETTE), strict=False)
    ]
    figure.legend(
        handles=handles, frameon=False, loc="outside upper right", ncols=count
    )
    return Picture(
        figure,
        "Charts of where each worker's batches lie in the text, with a colour "
        f"for each worker. Panel {' Panel '.join(descriptions)}",
    )


def _describe_rows(workers: Sequence[Sequence[Any]], length: int) -> str:
    """Return in words whether the rows of all workers go on without a gap."""
    gaps = {
        int(gap)
        for batches in workers
        for a, b in pairwise(batches)
        for gap in np.asarray(b) - np.asarray(a) - length
    }
    if gaps <= {0}:
        return "in each batch, each row goes on where it ended."
    return (
        f"from batch to batch, a row leaps over {max(gaps)} characters, which "
        "another worker reads."
    )


def plot_scaling(
    sizes: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    *,
    xlabel: str,
    ylabel: str,
) -> Picture:
    """Draw named curves over sizes, such as numbers of machines.

    On both axes, equal distances are equal factors: a straight line that
    falls by half where the size doubles is "twice as many, twice as fast".

    Args:
        sizes: Where the curves are known, above 0, from small to large.
        curves: For each name a number above 0 for each size.
        xlabel: What the sizes are, and their unit.
        ylabel: What the numbers are, and their unit.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> labels = {"xlabel": "machines", "ylabel": "days"}
        >>> tg.plot_scaling([1, 2], {"a": [8, 4]}, **labels).alt_text
        'Curves of days over machines: a goes from 8 at 1 to 4 at 2.'
    """
    figure, ax = plt.subplots(figsize=(7.2, 3.4))
    for (name, values), style in zip(
        curves.items(), cycle(_STYLES), strict=False
    ):
        ax.plot(sizes, values, style, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    for axis in (ax.xaxis, ax.yaxis):
        _write_plain_numbers(axis)
    ax.xaxis.set_major_locator(plt.FixedLocator(sizes))
    ax.grid(alpha=0.3)
    figure.legend(frameon=False, loc="outside upper center", ncols=3)
    descriptions = "; ".join(
        f"{name} {_describe_scaling(sizes, values)}"
        for name, values in curves.items()
    )
    return Picture(figure, f"Curves of {ylabel} over {xlabel}: {descriptions}.")


def _write_plain_numbers(axis: Axis) -> None:
    """Label an axis with 0.1, 1 and 10 in place of powers."""
    low, high = axis.get_view_interval()
    # Over several powers of ten, more than one label each would overlap.
    subs = (1.0, 2.0, 5.0) if high < 200 * low else (1.0,)
    axis.set_major_locator(LogLocator(10, subs=subs, numticks=12))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,g}"))


def _describe_scaling(sizes: Sequence[float], values: Sequence[float]) -> str:
    """Return in words where a curve begins and ends, and its lowest point."""
    lowest = int(np.argmin(values))
    if max(values) == values[lowest]:
        return f"stays at {values[0]:.3g}"
    words = f"goes from {values[0]:.3g} at {sizes[0]:g}"
    words += f" to {values[-1]:.3g} at {sizes[-1]:g}"
    if lowest in (0, len(values) - 1):
        return words
    return f"{words}, lowest {values[lowest]:.3g} at {sizes[lowest]:g}"
