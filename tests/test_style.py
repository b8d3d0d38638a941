"""Letters of any alphabet: shown where a font has them, else named."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager

from textgen_helpers import plot_gates, plot_next_chars, style
from textgen_helpers.style import letters, monospace, name_missing_font, script

RARE = "\u6587\ua500\U00012000"  # CJK, Vai, cuneiform


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    """Let matplotlib know its own fonts only; undo what a test does."""
    own = [font for font in fontManager.ttflist if "mpl-data" in font.fname]
    monkeypatch.setattr(fontManager, "ttflist", own)
    monkeypatch.setattr(style, "findSystemFonts", lambda: [])
    search = style._fonts_with
    search.cache_clear()
    with plt.rc_context({"font.family": ["sans-serif"]}):
        yield
    plt.close("all")
    search.cache_clear()
    fontManager._findfont_cached.cache_clear()


def font_file(folder, name: str, characters: str) -> str:
    """Write a font in which each of the characters is a square."""
    pen = TTGlyphPen(None)
    for move, point in (
        (pen.moveTo, (0, 0)),
        *((pen.lineTo, corner) for corner in ((0, 700), (700, 700), (700, 0))),
    ):
        move(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(char): "square" for char in characters})
    builder.setupGlyf({".notdef": square, "square": square})
    builder.setupHorizontalMetrics({".notdef": (800, 0), "square": (800, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWeightClass=400)
    builder.setupPost()
    path = folder / f"{name}.ttf"
    builder.save(path)
    return str(path)


def draw_text(text: str, **how: object) -> np.ndarray:
    """Return a picture of a text, grey (height, width)."""
    figure = plt.figure(figsize=(3, 1))
    figure.text(0.1, 0.3, text, **how)
    figure.canvas.draw()  # a missing glyph warns, and warnings are errors
    return np.asarray(figure.canvas.buffer_rgba())[..., 0]


def test_invisible_characters_are_written_as_python_does() -> None:
    assert letters("a \n\u200b\u3000\0") == [
        *("a", "\u2423", "\u21b5", "\\u200b", "\\u3000", "\\x00")
    ]
    assert letters(np.array(["'", "\u00e9"])) == ["'", "\u00e9"]
    assert letters([]) == []


def test_what_no_font_has_is_shown_by_its_code_point() -> None:
    assert letters("a" + RARE) == ["a", "U+6587", "U+A500", "U+12000"]
    draw_text(" ".join(letters("a" + RARE)))


def test_no_font_is_looked_for_while_none_is_missing(monkeypatch) -> None:
    monkeypatch.setattr(style, "_fonts_with", None)
    letters("To write, or not to write \u2423 \u0416 \u03b1\n")
    name_missing_font(plt.figure(), "abc")


def test_an_installed_font_is_used_for_what_is_missing(tmp_path) -> None:
    fontManager.addfont(font_file(tmp_path, "Squares", RARE))
    assert letters("a" + RARE) == ["a", *RARE]
    assert plt.rcParams["font.family"] == ["sans-serif", "Squares"]
    for how in ({}, {"family": monospace()}, {"weight": "bold"}):
        filled = (draw_text(RARE, **how) < 128).sum()
        # Three squares of 0.7 em; 10 points are 10 / 72 of an inch.
        em = plt.rcParams["figure.dpi"] * 10 / 72
        assert filled == pytest.approx(3 * (0.7 * em) ** 2, rel=0.15)


def test_a_letter_that_matplotlib_has_keeps_its_shape(tmp_path) -> None:
    before = draw_text("abc"), draw_text("abc", family="monospace")
    fontManager.addfont(font_file(tmp_path, "Squares", "abc" + RARE))
    letters(RARE)
    assert np.array_equal(draw_text("abc"), before[0])
    assert np.array_equal(draw_text("abc", family=monospace()), before[1])


def test_the_fewest_fonts_are_added(tmp_path) -> None:
    for name, characters in {
        "All": RARE,
        "Another": RARE[:2],
        "Beside": "abc",
        "Color Emoji": RARE,
    }.items():
        fontManager.addfont(font_file(tmp_path, name, characters))
    letters(RARE)
    assert plt.rcParams["font.family"] == ["sans-serif", "All"]
    letters(RARE)
    assert plt.rcParams["font.family"] == ["sans-serif", "All"]


def test_several_fonts_add_up(tmp_path) -> None:
    fontManager.addfont(font_file(tmp_path, "One", RARE[:1]))
    fontManager.addfont(font_file(tmp_path, "Two", RARE[1:2]))
    assert letters(RARE) == [*RARE[:2], "U+12000"]


def test_a_font_installed_today_is_found(tmp_path, monkeypatch) -> None:
    new = [font_file(tmp_path, "Squares", RARE), str(tmp_path / "none.ttf")]
    monkeypatch.setattr(style, "findSystemFonts", lambda: new)
    assert letters(RARE) == list(RARE)


def test_a_font_that_is_gone_is_passed_over(tmp_path) -> None:
    path = font_file(tmp_path, "Squares", RARE)
    fontManager.addfont(path)
    (tmp_path / "Squares.ttf").unlink()
    assert letters(RARE) == ["U+6587", "U+A500", "U+12000"]


def said_below(characters: str) -> str:
    figure = plt.figure()
    name_missing_font(figure, characters)
    figure.canvas.draw()
    return figure.get_supxlabel()


def test_a_figure_says_which_font_to_install(monkeypatch) -> None:
    monkeypatch.setattr(style, "_fonts_with", lambda _: [])
    assert said_below("abc \n") == ""
    assert said_below("ab\u6587\u5b57\u3002\uff0c\u3042").startswith(
        "No font here has 5 of these characters, shown by their code points: "
        "install a Noto font for CJK."
    )
    assert said_below("\u0e01\u0e02\u6587").endswith("for Thai and CJK.")


def test_scripts_are_named() -> None:
    written = "\u6587\u30a2\ud55c\u300c\u0e01\u0416\u2603\U0001f996"
    assert [script(char) for char in written] == [
        *("CJK", "CJK", "CJK", "CJK", "Thai", "Cyrillic"),
        *("symbols", "symbols"),
    ]


@pytest.mark.parametrize("text", ["a\n " + RARE, "\u0e01\u6587\u05d0$_^{"])
def test_pictures_of_any_alphabet_can_be_drawn(text: str) -> None:
    gates = {"update gate": np.full((len(text), 2), 0.5)}
    chances = {"all": np.full(len(text), 1 / len(text))}
    for figure, _ in (
        plot_gates(text, gates, [0, 1]),
        plot_next_chars(chances, np.array(list(text))),
    ):
        figure.canvas.draw()
        labels = figure.get_axes()[0].get_xticklabels()
        assert "U+" in "".join(label.get_text() for label in labels)
        assert labels[0].get_rotation() == 90
        assert "install a Noto font" in figure.get_supxlabel()


def test_bold_text_is_quiet_where_a_font_has_no_bold_face(
    tmp_path, caplog
) -> None:
    style.use_style()
    fontManager.addfont(font_file(tmp_path, "Rare", RARE))
    assert letters(RARE) == list(RARE)
    draw_text(RARE, family=monospace(), weight="bold")
    assert not caplog.records
