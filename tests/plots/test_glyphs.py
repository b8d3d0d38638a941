"""Characters of any alphabet: drawn if a font has them, else named."""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.font_manager import fontManager

from textgen_helpers.plots import glyphs
from textgen_helpers.plots.glyphs import (
    apply_fonts,
    char_labels,
    columns_that_fit,
    font_families,
    grid_positions,
    monospace_families,
    name_extremes,
    short_labels,
)
from textgen_helpers.text.vocabulary import script

from .examples import PICTURES, draw, pictures_of

RARE = "\u6587\ua500\U00012000"  # CJK, Vai, cuneiform
RARE_CODES = ["U+6587", "U+A500", "U+12000"]


def image_of_text(text: str, **style: object) -> np.ndarray:
    """Return a picture of a text, grey (height, width)."""
    figure = plt.figure(figsize=(3, 1))
    figure.text(0.1, 0.3, text, **style)
    return draw(figure)[..., 0]


def test_invisible_characters_are_written_as_python_does() -> None:
    labels = ["a", "\u2423", "\u21b5", "\\u200b", "\\u3000", "\\x00"]
    assert char_labels("a \n\u200b\u3000\0") == labels
    assert char_labels(np.array(["'", "\u00e9"])) == ["'", "\u00e9"]
    assert char_labels([]) == []


def test_what_no_font_has_is_shown_by_its_code_point() -> None:
    assert char_labels("a" + RARE) == ["a", *RARE_CODES]
    image_of_text(" ".join(char_labels("a" + RARE)))


def test_no_font_is_searched_while_none_is_missing(monkeypatch) -> None:
    def fail(characters: frozenset[str]) -> tuple[str, ...]:
        raise AssertionError(characters)

    fail.cache_clear = lambda: None
    monkeypatch.setattr(glyphs, "_families_with", fail)
    char_labels("To write, or not to write \u2423 \u0416 \u03b1\n")
    apply_fonts(plt.figure(), "abc")


def test_an_installed_font_is_used_for_what_is_missing(
    make_font: Callable[[str, str], str],
) -> None:
    fontManager.addfont(make_font("Squares", RARE))
    assert char_labels("a" + RARE) == ["a", *RARE]
    families = font_families(RARE)
    assert families == ["sans-serif", "Squares"]
    for style in (
        {"family": families},
        {"family": ["monospace", *families]},
        {"family": families, "weight": "bold"},
    ):
        black = (image_of_text(RARE, **style) < 128).sum()
        # Three squares of 0.7 em; 10 points are 10 / 72 of an inch.
        em = plt.rcParams["figure.dpi"] * 10 / 72
        assert black == pytest.approx(3 * (0.7 * em) ** 2, rel=0.15)


def test_a_character_that_matplotlib_has_keeps_its_shape(
    make_font: Callable[[str, str], str],
) -> None:
    default, monospace = font_families("abc"), monospace_families()
    before = [image_of_text("abc", family=x) for x in (default, monospace)]
    fontManager.addfont(make_font("Squares", "abc" + RARE))
    assert font_families("abc") == default
    after = [
        image_of_text("abc", family=[*x, "Squares"])
        for x in (default, monospace)
    ]
    assert np.array_equal(before, after)


def test_the_fewest_fonts_are_added(
    make_font: Callable[[str, str], str],
) -> None:
    for name, characters in {
        "All": RARE,
        "Another": RARE[:2],
        "Beside": "abc",
        "Color Emoji": RARE,
    }.items():
        fontManager.addfont(make_font(name, characters))
    assert font_families(RARE) == ["sans-serif", "All"]
    assert font_families(RARE) == ["sans-serif", "All"]


def test_several_fonts_add_up(make_font: Callable[[str, str], str]) -> None:
    fontManager.addfont(make_font("One", RARE[:1]))
    fontManager.addfont(make_font("Two", RARE[1:2]))
    assert char_labels(RARE) == [*RARE[:2], "U+12000"]
    assert font_families(RARE) == ["sans-serif", "One", "Two"]


def test_a_font_installed_today_is_used(
    tmp_path: Path, monkeypatch, make_font: Callable[[str, str], str]
) -> None:
    damaged = tmp_path / "damaged.ttf"
    damaged.write_text("This is not a font.")
    paths = [
        str(tmp_path / "absent.ttf"),
        str(damaged),
        make_font("Squares", RARE),
    ]
    monkeypatch.setattr(glyphs, "findSystemFonts", lambda: paths)
    assert char_labels(RARE) == list(RARE)


def test_a_bug_in_reading_a_font_is_not_hidden(monkeypatch) -> None:
    def fail(path: str) -> None:
        raise TypeError(path)

    monkeypatch.setattr(glyphs, "findSystemFonts", lambda: ["new.ttf"])
    monkeypatch.setattr(fontManager, "addfont", fail)
    with pytest.raises(TypeError, match=r"new\.ttf"):
        char_labels(RARE)


def test_a_font_that_is_gone_is_passed_over(
    make_font: Callable[[str, str], str],
) -> None:
    path = make_font("Squares", RARE)
    fontManager.addfont(path)
    Path(path).unlink()
    assert char_labels(RARE) == RARE_CODES


def advice_below(characters: str) -> str:
    """Return what a figure with these characters says below."""
    figure = plt.figure()
    apply_fonts(figure, characters)
    draw(figure)
    return figure.get_supxlabel()


def test_a_figure_says_which_font_to_install() -> None:
    assert advice_below("abc \n") == ""
    assert advice_below("ab\u6587\u5b57\u3002\uff0c\u3042") == (
        "No font here has 5 of these characters, shown by their code points: "
        "install a Noto font for CJK."
    )
    assert advice_below("\u0e01\u0e02\u6587").endswith("for Thai and CJK.")


def test_among_scripts_of_equal_number_the_order_is_fixed() -> None:
    assert advice_below(RARE).endswith("a Noto font for CJK and Vai.")


def test_for_emoji_a_font_with_emoji_is_named() -> None:
    assert advice_below("a\U0001f996\U0001f389") == (
        "No font here has 2 of these characters, shown by their code points: "
        "install the font Noto Emoji."
    )
    assert advice_below("\u6587\U0001f996\u2705").endswith(
        "install a Noto font for CJK and the font Noto Emoji."
    )
    assert advice_below("\U0001d11e").endswith("a Noto font for symbols.")


def test_scripts_are_named() -> None:
    examples = {
        "\u6587": "CJK",
        "\u30a2": "CJK",
        "\ud55c": "CJK",
        "\u300c": "CJK",
        "\u0e01": "Thai",
        "\u0416": "Cyrillic",
        "\u2603": "symbols",
        "\U0001f996": "symbols",
    }
    assert {char: script(char) for char in examples} == examples


@pytest.mark.parametrize("text", ["a\n " + RARE, "\u0e01\u6587\u05d0$_^{"])
@pytest.mark.parametrize("name", pictures_of("a"))
def test_pictures_of_any_alphabet_can_be_drawn(name: str, text: str) -> None:
    figure = pictures_of(text)[name]().figure
    draw(figure)
    assert "install a Noto font" in figure.get_supxlabel()
    if name in ("gates of", "chars of"):
        labels = figure.get_axes()[0].get_xticklabels()
        assert "U+" in "".join(label.get_text() for label in labels)
        assert labels[0].get_rotation() == 90


@pytest.mark.parametrize("name", pictures_of("a"))
def test_every_picture_uses_an_installed_font(
    name: str, make_font: Callable[[str, str], str]
) -> None:
    fontManager.addfont(make_font("Squares", RARE))
    figure = pictures_of("is " + RARE)[name]().figure
    draw(figure)
    assert figure.get_supxlabel() == ""
    texts = [text.get_text() for text in figure.findobj(plt.Text)]
    assert set(RARE) <= set(texts)


@pytest.mark.parametrize("name", pictures_of("a"))
def test_pictures_leave_matplotlib_as_it_is(
    name: str, make_font: Callable[[str, str], str]
) -> None:
    fontManager.addfont(make_font("Squares", RARE[:2]))
    before = dict(plt.rcParams)
    char_labels(RARE)
    short_labels(RARE)
    font_families(RARE)
    draw(pictures_of(RARE)[name]().figure)
    assert dict(plt.rcParams) == before


@pytest.mark.parametrize("name", ["chars", "growth", "surprisal", "bars"])
def test_rare_characters_do_not_change_the_next_picture(
    name: str, make_font: Callable[[str, str], str]
) -> None:
    before = draw(PICTURES[name]().figure)
    families_before = font_families("abc")
    fontManager.addfont(make_font("Squares", RARE[:2]))
    for make in pictures_of(RARE).values():
        draw(make().figure)
    assert np.array_equal(draw(PICTURES[name]().figure), before)
    assert font_families("abc") == families_before


def test_a_picture_has_the_fonts_of_its_own_characters_only(
    make_font: Callable[[str, str], str],
) -> None:
    fontManager.addfont(make_font("One", RARE[:2]))
    fontManager.addfont(make_font("Two", RARE[1:]))
    pictures_of(RARE[0])["growth of"]()
    assert font_families(RARE[2]) == ["sans-serif", "Two"]
    figure = pictures_of(RARE[2])["growth of"]().figure
    for text in figure.findobj(plt.Text):
        assert "One" not in text.get_fontfamily()


def test_bold_text_is_quiet_where_a_font_has_no_bold_face(
    caplog, make_font: Callable[[str, str], str]
) -> None:
    fontManager.addfont(make_font("Rare", RARE))
    assert char_labels(RARE) == list(RARE)
    families = ["monospace", *font_families(RARE)]
    image_of_text(RARE, family=families, weight="bold")
    assert not caplog.records


def test_lines_end_at_a_break_or_when_they_are_full() -> None:
    positions = grid_positions("ab\nabc\nabcd", columns=3)
    expected = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (1, 3)]
    expected += [(2, 0), (2, 1), (2, 2), (3, 0)]
    assert [tuple(position) for position in positions] == expected


def test_labels_fit_a_cell() -> None:
    assert short_labels("a \n\t\u200b") == [
        "a",
        "\u2423",
        "\u21b5",
        "\\t",
        "20\n0b",
    ]
    assert short_labels("\u6587\U00012000") == ["65\n87", "12\n000"]
    assert columns_that_fit("a \n", 64) == 64
    assert columns_that_fit("a人", 64) == columns_that_fit("a\t", 64) == 32


def test_extremes_are_named_once_each_with_their_words() -> None:
    description = name_extremes(". aa b", np.array([1, 2, 9, 9, 3, -1.0]))
    assert description == (
        "3.83 on average; highest at 'a' in 'aa' (9.00), ' ' after 'aa' "
        "(3.00), ' ' (2.00); lowest at 'b' in 'b' (-1.00), '.' (1.00), "
        "' ' (2.00)"
    )


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 values for 3 characters"):
        name_extremes("abc", np.zeros(2))
    with pytest.raises(ValueError, match="at least one"):
        name_extremes("", np.zeros(0))
