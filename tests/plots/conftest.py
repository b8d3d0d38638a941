"""Every test of a picture begins in the same state, on every machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager

from textgen_helpers.plots import glyphs
from textgen_helpers.plots.base import use_style

mpl.use("Agg")  # no window, whatever this machine could open


@pytest.fixture(autouse=True)
def _same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use the lesson's style, and only the fonts that matplotlib brings."""
    own = [font for font in fontManager.ttflist if "mpl-data" in font.fname]
    monkeypatch.setattr(fontManager, "ttflist", own)
    monkeypatch.setattr(glyphs, "findSystemFonts", lambda: [])
    glyphs._families_with.cache_clear()
    with plt.style.context("default", after_reset=True):
        use_style()
        yield
    plt.close("all")
    glyphs._families_with.cache_clear()


@pytest.fixture
def make_font(tmp_path: Path) -> Callable[[str, str], str]:
    """Return a function that writes a font, and returns its path.

    In the font each of the characters is a square of 0.7 em.
    """

    def make(name: str, characters: str) -> str:
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        pen.lineTo((0, 700))
        pen.lineTo((700, 700))
        pen.lineTo((700, 0))
        pen.closePath()
        square = pen.glyph()
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder([".notdef", "square"])
        builder.setupCharacterMap(dict.fromkeys(map(ord, characters), "square"))
        builder.setupGlyf({".notdef": square, "square": square})
        builder.setupHorizontalMetrics(
            {".notdef": (800, 0), "square": (800, 0)}
        )
        builder.setupHorizontalHeader(ascent=800, descent=-200)
        builder.setupNameTable({"familyName": name, "styleName": "Regular"})
        builder.setupOS2(sTypoAscender=800, usWeightClass=400)
        builder.setupPost()
        path = tmp_path / f"{name}.ttf"
        builder.save(path)
        return str(path)

    return make
