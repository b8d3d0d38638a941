"""Characters in pictures: labels, fonts that have them, and a grid of cells."""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import (
    FontEntry,
    FontProperties,
    findfont,
    findSystemFonts,
    fontManager,
    get_font,
)
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from ..text.vocabulary import script

_OPEN_BOX = "\u2423"
_RETURN_SIGN = "\u21b5"
_SPECIAL_LABELS = {" ": _OPEN_BOX, "\n": _RETURN_SIGN}

# A Last Resort font has a box for every character; matplotlib cannot draw
# the glyphs of colour fonts.
_UNUSABLE_FONTS = ("LastResort", "Last Resort", "Color")

# Files that are not fonts, are damaged, have names in an unknown encoding,
# or cannot be scaled (NotImplementedError is a RuntimeError).
_FONT_ERRORS = (OSError, RuntimeError, ValueError)

# Unicode blocks with emoji in them, both ends included.
_EMOJI_BLOCKS = (
    (0x23E9, 0x23FA),  # clocks, buttons of a player
    (0x2600, 0x27BF),  # miscellaneous symbols, dingbats
    (0x1F1E6, 0x1F1FF),  # letters of which flags consist
    (0x1F300, 0x1F64F),  # symbols and pictographs, faces
    (0x1F680, 0x1F6FF),  # transport and maps
    (0x1F7E0, 0x1F7F0),  # coloured circles and squares
    (0x1F900, 0x1F9FF),  # supplemental symbols and pictographs
    (0x1FA70, 0x1FAFF),  # symbols and pictographs extended
)


def char_labels(characters: Iterable[str]) -> list[str]:
    """Return a visible label for each character.

    A space becomes an open box, a newline a return sign; other invisible ones
    are written as in Python. A character that no installed font has becomes
    its code point, as in U+6587. A figure with these labels needs the fonts
    of `apply_fonts`.
    """
    chars = [str(char) for char in characters]
    _, missing = _search_fonts(chars)
    return [_label(char, char in missing) for char in chars]


def short_labels(text: str) -> list[str]:
    """Return a label for each character that fits into a cell of the grid.

    It is that of `char_labels`, but a longer one, such as a code point, is
    broken into two lines and loses its first two characters (U+ or a
    backslash and a letter).
    """
    return [
        f"{label[2:4]}\n{label[4:]}".strip() if len(label) > 2 else label
        for label in char_labels(text)
    ]


def columns_that_fit(text: str, narrow_columns: int) -> int:
    """Return how many characters of this text fit into a line.

    That is `narrow_columns`, or half as many if a character is wide, as in
    Chinese, or has a label of two letters.
    """
    has_wide = any(unicodedata.east_asian_width(char) in "WF" for char in text)
    has_long = any(len(label) > 1 for label in short_labels(text))
    if has_wide or has_long:
        return narrow_columns // 2
    return narrow_columns


def grid_positions(text: str, columns: int) -> np.ndarray:
    """Return the line and the column of each character, int (characters, 2).

    A line ends with its line break, or after so many columns. The line break
    itself may take one column more.
    """
    positions = []
    line = 0
    column = 0
    for char in text:
        if column == columns and char != "\n":
            line += 1
            column = 0
        positions.append((line, column))
        if char == "\n":
            line += 1
            column = 0
        else:
            column += 1
    return np.array(positions)


def draw_glyph(ax: Axes, x: float, y: float, label: str, **style: Any) -> None:
    """Draw a short label into the cell around x, y, where y goes downwards.

    A space leaves the cell empty. The style is that of `Axes.text`.
    """
    if "\n" in label:
        style |= {"va": "center", "linespacing": 0.85, "fontsize": 8}
    else:  # all characters of a line share a baseline
        style["va"] = "baseline"
        y += 0.22
    label = label.replace(_OPEN_BOX, " ")
    ax.text(x, y, label, ha="center", family=monospace_families(), **style)


def monospace_families() -> list[str]:
    """Return the `family` of text whose characters have the same width.

    Characters that the monospace font lacks come from the default fonts.
    """
    return ["monospace", *plt.rcParams["font.family"]]


def font_families(characters: Iterable[str]) -> list[str]:
    """Return the default families, and those that these characters need."""
    more_families, _ = _search_fonts(characters)
    return [*plt.rcParams["font.family"], *more_families]


def apply_fonts(figure: Figure, characters: Iterable[str]) -> None:
    """Let the texts of a finished figure use all fonts that they need.

    Fonts are set for this figure only, and only if the default ones lack some
    of its characters. If no installed font has a character, a line below the
    figure says which font to install.
    """
    more_families, missing = _search_fonts(characters)
    if more_families:
        for text in figure.findobj(Text):
            text.set_fontfamily([*text.get_fontfamily(), *more_families])
    if missing:
        figure.supxlabel(
            f"No font here has {len(missing)} of these characters, shown by "
            f"their code points: install {_fonts_to_install(missing)}.",
            fontsize=8,
        )


def name_extremes(text: str, values: np.ndarray) -> str:
    """Return in words the mean and the three highest and lowest values.

    `values` is float (characters,). A character is named with the word that
    it is in or follows, and no name comes twice. Raises ValueError for an
    empty text and where the lengths differ.
    """
    if not text or len(values) != len(text):
        raise ValueError(
            f"There are {len(values)} values for {len(text)} characters: "
            "give one for each, and at least one."
        )
    highest = _name_lowest(text, values, sort_by=-values)
    lowest = _name_lowest(text, values, sort_by=values)
    mean = np.mean(values)
    return f"{mean:.2f} on average; highest at {highest}; lowest at {lowest}"


def _label(char: str, is_missing: bool) -> str:
    """Return the label of one character."""
    if is_missing:
        return f"U+{ord(char):04X}"
    return _SPECIAL_LABELS.get(char, repr(char)[1:-1])


def _name_lowest(text: str, values: np.ndarray, sort_by: np.ndarray) -> str:
    """Name the three characters where `sort_by` is lowest, with their value."""
    words = list(re.finditer(r"\w+", text))
    phrases: dict[str, str] = {}
    for position in np.argsort(sort_by, kind="stable"):
        name = repr(text[position])
        words_so_far = [word for word in words if word.start() <= position]
        if words_so_far:
            word = words_so_far[-1]
            relation = "in" if position < word.end() else "after"
            name += f" {relation} {word[0]!r}"
        phrases.setdefault(name, f"{name} ({values[position]:.2f})")
        if len(phrases) == 3:
            break
    return ", ".join(phrases.values())


def _fonts_to_install(missing: set[str]) -> str:
    """Name the fonts that have most of the missing characters."""
    emoji = {char for char in missing if _is_emoji(char)}
    scripts = Counter(script(char) for char in sorted(missing - emoji))
    fonts = []
    if scripts:
        names = " and ".join(name for name, _ in scripts.most_common(2))
        fonts.append(f"a Noto font for {names}")
    if emoji:
        fonts.append("the font Noto Emoji")
    return " and ".join(fonts)


def _is_emoji(char: str) -> bool:
    """Tell whether a character belongs to a block of emoji."""
    return any(first <= ord(char) <= last for first, last in _EMOJI_BLOCKS)


def _search_fonts(characters: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return families to add to the default ones, and what no font has.

    Invisible characters need no font.
    """
    visible = {str(char) for char in characters if str(char).isprintable()}
    visible.discard("")  # NumPy's form of the character \0
    lacking = _lacking(visible, plt.rcParams["font.family"])
    if not lacking:
        return [], set()
    more_families = list(_families_with(frozenset(lacking)))
    return more_families, _lacking(lacking, more_families)


def _lacking(characters: set[str], families: Iterable[str]) -> set[str]:
    """Return the characters that no font of these families has."""
    for family in families:
        path = findfont(FontProperties(family=[family]))
        available = get_font(path).get_charmap()
        characters = {char for char in characters if ord(char) not in available}
    return characters


@functools.cache
def _families_with(characters: frozenset[str]) -> tuple[str, ...]:
    """Return few installed families that together have most characters."""
    _add_new_fonts()
    coverage = _coverage(characters)
    families = []
    uncovered = set(characters)
    while uncovered:
        # The largest part of what is left; the first one among equals.
        family, covered = max(
            ((name, chars & uncovered) for name, chars in coverage.items()),
            key=lambda pair: len(pair[1]),
        )
        if not covered:
            break
        families.append(family)
        uncovered -= covered
    return tuple(families)


def _add_new_fonts() -> None:
    """Tell matplotlib about fonts that were installed after its first use."""
    known_paths = {font.fname for font in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - known_paths):
        try:
            fontManager.addfont(path)
        except _FONT_ERRORS:
            continue  # a font that cannot be read helps nobody


def _coverage(characters: frozenset[str]) -> dict[str, set[str]]:
    """Return which of these characters each usable family has."""
    coverage: dict[str, set[str]] = {}
    for font in sorted(fontManager.ttflist, key=_prefer_regular):
        is_usable = not any(word in font.name for word in _UNUSABLE_FONTS)
        if is_usable and font.name not in coverage:
            try:
                available = FT2Font(font.fname).get_charmap()
            except _FONT_ERRORS:
                continue  # removed or damaged since matplotlib listed it
            coverage[font.name] = {c for c in characters if ord(c) in available}
    return coverage


def _prefer_regular(font: FontEntry) -> tuple[bool, str]:
    """Return a sorting key: upright fonts of normal weight first, by name."""
    is_regular = font.style == "normal" and font.weight == 400
    return not is_regular, font.name
