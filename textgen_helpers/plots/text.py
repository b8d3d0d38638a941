"""Pictures of texts: how they improve, coloured by values, surprisal."""

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from .base import PALETTE, Picture
from .glyphs import (
    apply_fonts,
    columns_that_fit,
    draw_glyph,
    grid_positions,
    monospace_families,
    name_extremes,
    short_labels,
)

_BETWEEN_WORDS: dict[str, Any] = {"color": "0.5"}
_UNKNOWN_WORD: dict[str, Any] = {"color": PALETTE[1]}
_KNOWN_WORD: dict[str, Any] = {"color": PALETTE[0], "weight": "bold"}

# The first character of a word, but not the s of "it's".
_WORD_START = re.compile(r"(?<!\w)(?<!\w['’])\w")

# How bright the eye sees red, green and blue (ITU-R BT.601).
_LUMA_WEIGHTS = (0.299, 0.587, 0.114)


def plot_growth(
    written: Mapping[str, str], known_words: Container[str]
) -> Picture:
    r"""Draw texts below each other, and their shares of known words.

    A word is a run of letters, digits and underscores (`\w+`).

    Args:
        written: For the name of each row, such as "epoch 1", what the model
            wrote then. Its first 64 characters are drawn, or 32 if some are
            wide. The share of known words is that of the whole text, in
            percent; it is 0 where there is no word. If no text has a word,
            there are no shares.
        known_words: The words of the training text.

    Returns:
        The picture.

    Example:
        >>> import textgen_helpers as tg
        >>> written = {"epoch 1": "to eb", "epoch 2": "to be"}
        >>> picture = tg.plot_growth(written, known_words={"to", "be"})
        >>> "epoch 1 50 %, epoch 2 100 %" in picture.alt_text
        True
    """
    all_texts = "".join(written.values())
    columns = columns_that_fit(all_texts, 64)
    figure, (ax, share_ax) = plt.subplots(
        1, 2, width_ratios=(6, 1), figsize=(7.2, 0.26 * len(written) + 0.8)
    )
    shares = {}
    for row, (name, text) in enumerate(written.items()):
        styles, shares[name] = _mark_words(text, known_words)
        for x, label in enumerate(short_labels(text[:columns])):
            draw_glyph(ax, x, row, label, fontsize=9, **styles[x])
    ax.set(xlim=(-0.5, columns), ylim=(len(written) - 0.5, -0.5), xticks=[])
    ax.set_yticks(range(len(written)), list(written))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if re.search(r"\w", all_texts):
        ax.set_title("word of the training text", loc="left", **_KNOWN_WORD)
        ax.set_title("unknown word", **_UNKNOWN_WORD)
        _draw_shares(share_ax, list(shares.values()))
        percentages = [f"{name} {x:.0f} %" for name, x in shares.items()]
        words = f"Known words: {', '.join(percentages)}."
    else:
        share_ax.remove()
        words = "They have no words."
    apply_fonts(figure, all_texts)

    beginnings = [text[:columns] for text in written.values()]
    alt_text = (
        "Texts by a model, one below the other. "
        f"{words} The first text begins {beginnings[0]!r}, the last one "
        f"{beginnings[-1]!r}."
    )
    return Picture(figure, alt_text)


def plot_coloured_text(
    text: str, values: np.ndarray, label: str, columns: int = 64
) -> Picture:
    """Draw a text in which each character has its value as background colour.

    Values of both signs get two colours that meet at 0.

    Args:
        text: One character or more; up to 400 are easy to read.
        values: A number for each character, float (characters,).
        label: What the values are, and their unit.
        columns: Number of characters after which a line ends, at most 80;
            half as many if some are wide. A line also ends at a line break.

    Returns:
        The picture.

    Raises:
        ValueError: The text is empty, or the lengths differ.

    Example:
        >>> import numpy as np
        >>> import textgen_helpers as tg
        >>> picture = tg.plot_coloured_text("ab", np.array([0.5, 2]), "bits")
        >>> picture.alt_text.startswith(
        ...     "A text coloured by bits: 1.25 on average; highest at 'b'"
        ... )
        True
    """
    alt_text = f"A text coloured by {label}: {name_extremes(text, values)}."
    columns = columns_that_fit(text, columns)
    positions = grid_positions(text, columns)
    lines = positions[-1, 0] + 1
    grid = np.full((lines, columns + 1), np.nan)
    grid[positions[:, 0], positions[:, 1]] = values

    lowest = float(np.min(values))
    highest = float(np.max(values))
    colour_map = "cividis"
    if lowest < 0 < highest:
        colour_map = "RdBu_r"
        highest = max(-lowest, highest)
        lowest = -highest
    figure, ax = plt.subplots(figsize=(7.2, 0.23 * lines + 0.7))
    image = ax.imshow(
        grid, colour_map, vmin=lowest, vmax=highest, aspect="auto"
    )
    figure.colorbar(image, location="bottom", label=label, aspect=50)
    ax.axis("off")

    brightness = image.to_rgba(values)[:, :3] @ _LUMA_WEIGHTS
    for char, short_label, bright, (y, x) in zip(
        text, short_labels(text), brightness, positions, strict=True
    ):
        draw_glyph(
            ax,
            x,
            y,
            short_label,
            color="black" if bright > 0.5 else "white",
            alpha=0.5 if char == "\n" else 1.0,
            fontsize=10,
        )
    apply_fonts(figure, text)
    return Picture(figure, alt_text)


def plot_surprisal(text: str, bits: np.ndarray) -> Picture:
    """Draw how much each character surprised the model: a bar for each.

    A row has up to 70 characters, or 35 if some are wide.

    Args:
        text: One character or more.
        bits: The surprisal of each character, float (characters,): minus the
            binary logarithm of its probability (Shannon, 1948).

    Returns:
        The picture.

    Raises:
        ValueError: The text is empty, or the lengths differ.

    Example:
        >>> import numpy as np
        >>> import textgen_helpers as tg
        >>> picture = tg.plot_surprisal("ab", np.array([3.0, 1.0]))
        >>> picture.alt_text.startswith(
        ...     "Bars of the surprise in bits: 2.00 on average"
        ... )
        True
    """
    alt_text = f"Bars of the surprise in bits: {name_extremes(text, bits)}."
    labels = np.array(short_labels(text))
    mean = np.mean(bits)
    starts_word = np.zeros(len(text), bool)
    for match in _WORD_START.finditer(text):
        starts_word[match.start()] = True

    rows = int(np.ceil(len(text) / columns_that_fit(text, 70)))
    figure, axes = plt.subplots(
        rows, 1, sharey=True, squeeze=False, figsize=(7.2, 1.4 * rows + 0.9)
    )
    parts = np.array_split(np.arange(len(text)), rows)
    for ax, part in zip(axes[:, 0], parts, strict=True):
        kinds = {
            "first character of a word": part[starts_word[part]],
            "other character": part[~starts_word[part]],
        }
        for (name, places), colour in zip(
            kinds.items(), (PALETTE[1], PALETTE[0]), strict=True
        ):
            if len(places):
                ax.bar(places, bits[places], color=colour, label=name)
        ax.axhline(
            mean, color="0.3", ls=":", label=f"mean here: {mean:.2f} bits"
        )
        ax.set_xticks(
            part, labels[part], fontsize=8, family=monospace_families()
        )
        ax.tick_params(axis="x", length=0)
        ax.set(xlim=(part[0] - 0.7, part[-1] + 0.7), ylabel="surprise (bits)")
    handles: dict[str, Artist] = {}  # a row need not have both kinds
    for ax in axes[:, 0]:
        pairs = zip(*ax.get_legend_handles_labels(), strict=True)
        handles |= {name: handle for handle, name in pairs}
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside upper right",
        ncols=3,
        frameon=False,
    )
    axes[-1, 0].set_xlabel("character")
    apply_fonts(figure, text)
    return Picture(figure, alt_text)


def _mark_words(
    text: str, known_words: Container[str]
) -> tuple[list[dict[str, Any]], float]:
    """Return the style of each character, and the percentage of known words."""
    styles = [_BETWEEN_WORDS] * len(text)
    words = list(re.finditer(r"\w+", text))
    known_count = 0
    for word in words:
        is_known = word[0] in known_words
        known_count += is_known
        style = _KNOWN_WORD if is_known else _UNKNOWN_WORD
        for position in range(word.start(), word.end()):
            styles[position] = style
    if not words:
        return styles, 0.0
    return styles, 100 * known_count / len(words)


def _draw_shares(ax: Axes, percentages: Sequence[float]) -> None:
    """Draw a bar for each percentage, the first on top."""
    bars = ax.barh(range(len(percentages)), percentages, color=PALETTE[0])
    ax.bar_label(bars, fmt="%.0f", padding=2)
    ax.set(xlim=(0, 100), ylim=(len(percentages) - 0.5, -0.5), yticks=[])
    ax.set_xlabel("known words (%)")
