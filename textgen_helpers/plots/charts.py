"""Charts of numbers: results, curves, probabilities, places in the text."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..evaluation.baselines import COMPRESSORS, GRAMS
from ..evaluation.bits import Bits
from .base import PALETTE, Picture, show
from .glyphs import apply_fonts, char_labels

_DOT_MARKERS = ("o", "s", "^", "D")


def plot_bars(
    bars: Mapping[str, float],
    xlabel: str,
    longest: float = 0.0,
    colours: Sequence[str] = PALETTE,
    errors: Sequence[float] | None = None,
) -> Picture:
    """Draw named numbers as horizontal bars, the first on top.

    Args:
        bars: One or more numbers, not negative, by their names.
        xlabel: What the numbers are, and their unit.
        longest: The scale goes to this number at least. Two pictures with the
            same `longest` can be compared.
        colours: Colours of the bars, used in turn.
        errors: How exact each number is, drawn as a line to both sides of
            the bar's end; 0 for none.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> picture = tg.plot_bars({"a": 1.0, "b": 2.0}, "seconds")
        >>> picture.alt_text
        'Bars of seconds: a 1.00, b 2.00.'
    """
    longest = max(longest, *bars.values())
    if longest < 10:
        digits = 2
    elif longest < 100:
        digits = 1
    else:
        digits = 0
    figure, ax = plt.subplots(figsize=(7.2, 0.33 * len(bars) + 1))
    container = ax.barh(
        list(bars),
        list(bars.values()),
        color=colours,
        xerr=errors,
        error_kw={"ecolor": "black", "elinewidth": 1.2},
    )
    ax.bar_label(container, fmt=f"%.{digits}f", padding=3)
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, xlim=(0, 1.12 * longest))
    numbers = ", ".join(f"{name} {x:.{digits}f}" for name, x in bars.items())
    return Picture(figure, f"Bars of {xlabel}: {numbers}.")


def plot_comparison(results: Mapping[str, Bits]) -> Picture:
    """Draw the bits per character of baselines and networks as bars.

    Models that count characters are blue, programs that compress files grey,
    networks orange; a black line shows the standard error.

    Args:
        results: What `compare_models` returned.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> numbers = {"uniform": 6.02, "xz": 2.58, "our GRU": 2.16}
        >>> results = {name: tg.Bits(x) for name, x in numbers.items()}
        >>> tg.plot_comparison(results).alt_text.endswith(
        ...     "uniform 6.02, xz 2.58, our GRU 2.16."
        ... )
        True
    """
    colours = [_model_colour(name) for name in results]
    label = "bits per character of test text (less is better)"
    means = {name: bits.mean for name, bits in results.items()}
    errors = [bits.error or 0.0 for bits in results.values()]
    return plot_bars(means, label, colours=colours, errors=errors)


def plot_dots(
    rows: Mapping[str, Mapping[str, float]],
    xlabel: str,
    earlier: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
) -> Picture:
    """Draw numbers that are close together as dots, on an axis without 0.

    Args:
        rows: For the name of each row its numbers, by what they measure. All
            rows have the same measurements.
        xlabel: What the numbers are, and their unit.
        earlier: Results of several runs, as `rows`: they are drawn small,
            with a line at their mean. It may have more rows.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> rows = {"our GRU": {"long rows": 2.151, "windows": 2.229}}
        >>> tg.plot_dots(rows, "bits").alt_text
        'Dots of bits. our GRU: long rows 2.151, windows 2.229.'
    """
    earlier = earlier or {}
    names = list(dict.fromkeys([*earlier, *rows]))
    measurements = list(next(iter(rows.values())))
    figure, ax = plt.subplots(figsize=(7.2, 0.5 * len(names) + 1.4))
    handles = []
    for index, measurement in enumerate(measurements):
        marker = _DOT_MARKERS[index % len(_DOT_MARKERS)]
        colour = PALETTE[index % len(PALETTE)]
        offset = 0.12 * (2 * index - 1)  # the first above the row's middle
        for row, name in enumerate(names):
            y = row + offset
            if name in earlier:
                values = earlier[name][measurement]
                heights = [y] * len(values)
                ax.scatter(
                    values,
                    heights,
                    s=12,
                    marker=marker,
                    color=colour,
                    alpha=0.4,
                )
                ax.vlines(np.mean(values), y - 0.1, y + 0.1, color=colour)
            if name in rows:
                value = rows[name][measurement]
                ax.scatter(value, y, marker=marker, color=colour)
                if name in earlier:  # away from the other dots
                    va = "bottom" if offset < 0 else "top"
                    ax.text(
                        value, y + offset, f"{value:.3f}", va=va, ha="center"
                    )
                else:
                    ax.text(value, y, f"   {value:.3f}", va="center")
        handles.append(
            Line2D([], [], ls="", marker=marker, c=colour, label=measurement)
        )
    ax.set(xlabel=xlabel, ylim=(len(names) - 0.5, -0.5))
    ax.set_yticks(range(len(names)), names)
    ax.margins(x=0.15)
    ax.grid(axis="x", alpha=0.3)
    figure.legend(
        handles=handles, frameon=False, loc="outside upper center", ncols=2
    )
    texts = [
        f"{name}: {_numbers(rows.get(name), earlier.get(name), measurements)}"
        for name in names
    ]
    return Picture(figure, f"Dots of {xlabel}. {'; '.join(texts)}.")


def _numbers(
    row: Mapping[str, float] | None,
    earlier: Mapping[str, Sequence[float]] | None,
    measurements: Sequence[str],
) -> str:
    """Return the numbers of a row of dots, for those who do not see them."""
    parts = []
    for measurement in measurements:
        text = measurement
        if row:
            text += f" {row[measurement]:.3f}"
        if earlier:
            values = earlier[measurement]
            text += f" (earlier {min(values):.3f} to {max(values):.3f})"
        parts.append(text)
    return ", ".join(parts)


def plot_curves(
    curves: Mapping[str, Sequence[float]],
    *,
    xlabel: str = "epoch",
    ylabel: str = "loss (nats per character)",
    markers: bool = True,
    lowest: str | None = None,
) -> Picture:
    """Draw named curves over 1, 2, 3, ...: losses, gradient norms, rates.

    Args:
        curves: One or more values for each name. The curves may have
            different lengths.
        xlabel: What is counted from 1, such as "epoch" or "batch".
        ylabel: What the values are, and their unit.
        markers: Whether each value gets a dot.
        lowest: The name of a curve whose lowest value gets a line and a
            label.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> tg.plot_curves({"a": [3, 1], "b": [2, 2]}, ylabel="loss").alt_text
        'Curves of loss over the epoch: a goes from 3 to 1; b stays at 2.'
    """
    figure, ax = plt.subplots()
    for name, values in curves.items():
        steps = np.arange(1, len(values) + 1)
        ax.plot(steps, values, marker="o" if markers else "", label=name)
    mark = ""
    if lowest is not None:
        best = int(np.argmin(curves[lowest])) + 1
        ax.axvline(
            best, color="0.3", ls=":", label=f"lowest at {xlabel} {best}"
        )
        mark = f" The lowest value of {lowest} is at {xlabel} {best}."
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False)
    descriptions = "; ".join(
        f"{name} {_describe_curve(values, xlabel)}"
        for name, values in curves.items()
    )
    return Picture(
        figure, f"Curves of {ylabel} over the {xlabel}: {descriptions}.{mark}"
    )


def plot_next_chars(
    choices: Mapping[str, np.ndarray], idx2char: np.ndarray, most: int = 15
) -> Picture:
    """Draw the probabilities of the next character, a panel for each choice.

    All panels show the most likely characters of the first one, in its order.

    Args:
        choices: For the name of each panel a distribution over all
            characters, float (vocab,).
        idx2char: The character of each id, strings (vocab,).
        most: Number of characters to draw.

    Returns:
        The picture.

    Example:
        >>> import numpy as np
        >>> import textgen_helpers as tg
        >>> choices = {"all": np.array([0.25, 0.75])}
        >>> picture = tg.plot_next_chars(choices, np.array(["a", "b"]))
        >>> "all: likeliest 'b' with 0.75" in picture.alt_text
        True
    """
    first = next(iter(choices.values()))
    order = np.argsort(-first)[:most]
    labels = char_labels(idx2char[order])
    has_long_label = any(len(label) > 2 for label in labels)
    figure, axes = plt.subplots(
        1, len(choices), sharey=True, squeeze=False, figsize=(7.2, 2.6)
    )
    for ax, (name, probabilities), colour in zip(
        axes[0], choices.items(), cycle(PALETTE), strict=False
    ):
        ax.bar(labels, probabilities[order], color=colour)
        ax.set(title=name, xlabel="next character")
        ax.tick_params(
            axis="x", labelsize=8, rotation=90 if has_long_label else 0
        )
    axes[0, 0].set_ylabel("probability")
    apply_fonts(figure, idx2char[order])
    descriptions = "; ".join(
        f"{name}: likeliest {labels[0]!r} with {probabilities[order[0]]:.2f}"
        for name, probabilities in choices.items()
    )
    return Picture(
        figure, f"Bars of the next character's probability. {descriptions}."
    )


def temperature_slider(logits: tf.Tensor, idx2char: np.ndarray) -> None:
    """Show the next character's probabilities below a temperature slider.

    Without ipywidgets, or in a page that does not run it, the picture stays
    at temperature 1.

    Args:
        logits: Unnormalised log-probabilities, float (vocab,).
        idx2char: The character of each id, strings (vocab,).

    Example:
        >>> import numpy as np
        >>> import tensorflow as tf
        >>> import textgen_helpers as tg
        >>> logits = tf.constant([0.0, 2.0, 1.0])
        >>> idx2char = np.array(["a", "b", "c"])
        >>> tg.temperature_slider(logits, idx2char)  # doctest: +SKIP
    """

    def draw(temperature: float) -> None:
        choices = {
            f"temperature {t:.2f}": tf.nn.softmax(logits / t).numpy()
            for t in (1.0, temperature)
        }
        show(plot_next_chars(choices, idx2char))

    try:
        from ipywidgets import FloatSlider, interact
    except ImportError:
        draw(1.0)
    else:
        interact(
            draw, temperature=FloatSlider(value=1, min=0.1, max=3, step=0.1)
        )


def plot_windows_and_streams(
    windows: Sequence[Any], streams: Sequence[Any], length: int
) -> Picture:
    """Draw where in the text the sequences of some batches come from.

    A colour follows a row of the batch, as its state does: row 1 of each
    batch has the first colour, row 2 the second.

    Args:
        windows: For each batch of shuffled windows the positions of the
            sequences' first characters, int (batch,).
        streams: The same for batches of contiguous streams.
        length: Number of characters in a sequence.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> starts = [[0, 100], [50, 150]]
        >>> picture = tg.plot_windows_and_streams(starts, starts, length=50)
        >>> picture.figure.axes[1].get_xlabel()
        'position in the text (characters)'
    """
    figure, axes = plt.subplots(2, 1, sharex=True, figsize=(7.2, 3.8))
    panels = {"shuffled windows": windows, "contiguous streams": streams}
    for ax, (title, batches) in zip(axes, panels.items(), strict=True):
        for index, starts in enumerate(batches):
            ax.broken_barh(
                [(start, length) for start in np.asarray(starts)],
                (index + 0.6, 0.8),
                facecolors=[
                    c for _, c in zip(starts, cycle(PALETTE), strict=False)
                ],
                edgecolor="white",
            )
        ax.set(title=title, ylabel="batch", ylim=(len(batches) + 0.6, 0.4))
        ax.set_yticks(range(1, len(batches) + 1))
    axes[-1].set_xlabel("position in the text (characters)")
    alt_text = (
        "Two charts of where the sequences of each batch lie in the text, "
        "with a colour for each row of the batch. Shuffled windows: a colour "
        "jumps to another place in each batch. Contiguous streams: each "
        "colour moves to the piece that follows."
    )
    return Picture(figure, alt_text)


def _model_colour(name: str) -> str:
    """Return the colour of a model in the comparison: one for each kind."""
    if name == "uniform" or name in GRAMS:
        return PALETTE[0]
    if name in COMPRESSORS:
        return "0.6"
    return PALETTE[1]


def _describe_curve(values: Sequence[float], xlabel: str) -> str:
    """Return in words where a curve begins and ends, and where it peaks."""
    first = values[0]
    last = values[-1]
    highest = max(values)
    if min(values) == highest:
        return f"stays at {first:.3g}"
    description = f"goes from {first:.3g} to {last:.3g}"
    if highest in (first, last):
        return description
    peak = np.argmax(values) + 1
    return f"{description}, highest {highest:.3g} at {xlabel} {peak}"
