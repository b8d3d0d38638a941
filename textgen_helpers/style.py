"""How the lesson's pictures look, and letters of any alphabet in them."""

import contextlib
import functools
import logging
import unicodedata
from collections import Counter
from collections.abc import Iterable

import matplotlib.pyplot as plt
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

PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
"""Colours that the colour-blind can tell apart (Okabe and Ito, 2008)."""

_VISIBLE = {" ": "\u2423", "\n": "\u21b5"}
_NO_LETTERS = ("Last", "Color")  # Last Resort has boxes, Color Emoji pixels
_CJK = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH"}


def use_style() -> None:
    """Set matplotlib's defaults for all figures that follow."""
    # It would log that a font with rare letters comes without a bold face.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    plt.rcParams.update(
        {
            "figure.figsize": (7.2, 3.2),
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": plt.cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": "medium",
        }
    )


def letters(characters: Iterable[str]) -> list[str]:
    """Return how to write each character as a label, so that it is seen.

    A space becomes an open box, a newline a return sign, other invisible ones
    are written as in Python; what no installed font has becomes its code
    point, as in U+6587. Call it before the text is drawn: if matplotlib's
    font lacks some of the characters, the installed fonts that have them are
    added to `font.family`.
    """
    drawn = [str(char) for char in characters]
    missing = _without_font(drawn)
    return [
        f"U+{ord(char):04X}"
        if char in missing
        else _VISIBLE.get(char, repr(char)[1:-1])
        for char in drawn
    ]


def monospace() -> list[str]:
    """Return the `family` of text whose letters are all of one width.

    Letters that its font lacks come from others; call it after `letters`.
    """
    return ["monospace", *plt.rcParams["font.family"]]


def name_missing_font(figure: Figure, characters: Iterable[str]) -> None:
    """Write below a figure which font to install, if characters lack one."""
    missing = _without_font(str(char) for char in characters)
    if missing:
        scripts = Counter(map(script, missing)).most_common(2)
        names = " and ".join(name for name, _ in scripts)
        figure.supxlabel(
            f"No font here has {len(missing)} of these characters, shown by "
            f"their code points: install a Noto font for {names}.",
            fontsize=8,
        )


def script(char: str) -> str:
    """Return the writing that a character belongs to: CJK, Arabic, ..."""
    first = unicodedata.name(char, "SYMBOL").split()[0]
    kind = unicodedata.category(char)[0]
    wide = unicodedata.east_asian_width(char) in "WF"
    if first in _CJK or (wide and kind == "P"):
        return "CJK"
    return first.title() if kind in "LM" else "symbols"


def _without_font(characters: Iterable[str]) -> set[str]:
    """Return the visible characters that no font has, after a search."""
    visible = {char for char in characters if char and char.isprintable()}
    missing = _lacking(visible)
    if missing:
        more = _fonts_with(frozenset(missing))
        plt.rcParams["font.family"] = [*plt.rcParams["font.family"], *more]
    return _lacking(missing)


def _lacking(characters: set[str]) -> set[str]:
    """Return the characters that no font of `font.family` has."""
    for family in plt.rcParams["font.family"]:
        path = findfont(FontProperties(family=[family]))
        known = get_font(path).get_charmap()
        characters = {char for char in characters if ord(char) not in known}
    return characters


@functools.cache
def _fonts_with(missing: frozenset[str]) -> list[str]:
    """Return few installed fonts that have as many characters as can be."""
    # matplotlib lists the fonts once in its life; newer ones are added here.
    for path in set(findSystemFonts()) - {f.fname for f in fontManager.ttflist}:
        with contextlib.suppress(Exception):  # some fonts cannot be read
            fontManager.addfont(path)
    found: dict[str, set[str]] = {}
    for font in sorted(fontManager.ttflist, key=_oddness):
        useless = any(word in font.name for word in _NO_LETTERS)
        if font.name not in found and not useless:
            with contextlib.suppress(OSError, RuntimeError):
                known = FT2Font(font.fname).get_charmap()
                found[font.name] = {c for c in missing if ord(c) in known}
    names, left = [], set(missing)
    while left:
        best = max(found, key=lambda name: len(found[name] & left))
        if not found[best] & left:
            break
        names.append(best)
        left -= found[best]
    return names


def _oddness(font: FontEntry) -> tuple[bool, str]:
    """Sort the upright ones of normal weight to the front, then by name."""
    return (font.style, font.weight) != ("normal", 400), font.name
