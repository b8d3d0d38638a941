"""Pictures of text: each character has its colour, its value, its words."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from textgen_helpers.plots.base import PALETTE
from textgen_helpers.plots.glyphs import short_labels
from textgen_helpers.plots.text import (
    plot_coloured_text,
    plot_growth,
    plot_surprisal,
)

from .examples import BITS, KNOWN, LINES, PICTURES, VALUES, WRITTEN, draw


def visible_texts(ax: plt.Axes) -> list[plt.Text]:
    return [text for text in ax.texts if text.get_text().strip()]


@pytest.mark.parametrize("name", ["growth", "colours", "growth of Chinese"])
def test_characters_do_not_overlap(name: str) -> None:
    figure = PICTURES[name]().figure
    draw(figure)
    texts = visible_texts(figure.axes[0])
    for left, right in itertools.pairwise(texts):
        if left.get_position()[1] == right.get_position()[1]:
            end = left.get_window_extent().x1
            assert end <= right.get_window_extent().x0 + 1


def test_known_words_are_bold_and_blue_and_counted() -> None:
    picture = PICTURES["growth"]()
    ax, share_ax = picture.figure.axes
    styles = {
        weight: "".join(
            text.get_text()
            for text in visible_texts(ax)
            if text.get_fontweight() == weight
            and text.get_color() == colour
            and text.get_position()[1] < 0.5
        )
        for weight, colour in (("bold", PALETTE[0]), ("normal", PALETTE[1]))
    }
    assert styles == {"bold": "Theis", "normal": "dkue"}
    shares = [bar.get_width() for bar in share_ax.patches]
    assert shares == pytest.approx([200 / 3, 75])
    assert "epoch 1 67 %, epoch 10 75 %" in picture.alt_text
    beginnings = "begins 'The dkue\\nis', the last one 'The Duke is in.The"
    assert beginnings in picture.alt_text
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == list(WRITTEN)


def test_characters_between_words_are_grey() -> None:
    ax, _ = plot_growth({"it": "is, is"}, KNOWN).figure.axes
    colours = {t.get_text(): t.get_color() for t in visible_texts(ax)}
    assert colours == {"i": PALETTE[0], "s": PALETTE[0], ",": "0.5"}


def test_a_text_without_words_has_no_known_ones() -> None:
    written = {"it": "...", "that": "is"}
    assert "it 0 %, that 100 %." in plot_growth(written, KNOWN).alt_text


def test_where_there_are_no_words_nothing_is_said_on_them() -> None:
    picture = plot_growth({"it": "..."}, set())
    assert "They have no words. The first text" in picture.alt_text
    (ax,) = picture.figure.axes
    assert ax.get_title() == ax.get_title(loc="left") == ""


def test_long_rows_are_cut_but_counted_whole() -> None:
    picture = plot_growth({"it": "no " * 30 + "is " * 30}, KNOWN)
    texts = visible_texts(picture.figure.axes[0])
    assert max(text.get_position()[0] for text in texts) < 64
    assert "it 50 %" in picture.alt_text


def test_each_character_is_on_its_value() -> None:
    picture = PICTURES["colours"]()
    ax, colorbar = picture.figure.axes
    (image,) = ax.get_images()
    grid = image.get_array()
    assert grid.shape[0] == 2
    assert grid[0, :6].tolist() == pytest.approx(VALUES[:6])
    assert grid[1, :16].tolist() == pytest.approx(VALUES[6:])
    assert grid.mask.sum() == grid.size - len(LINES)
    assert colorbar.get_xlabel() == "unit 3"
    assert "highest at '.' after 'lord' (0.50)" in picture.alt_text
    assert "lowest at 'D' in 'DUKE' (-1.00)" in picture.alt_text


@pytest.mark.parametrize(
    ("values", "limits", "colour_map"),
    [
        ([-1, 0.5], (-1, 1), "RdBu_r"),  # white is 0
        ([-0.5, 1], (-1, 1), "RdBu_r"),
        ([0, 2], (0, 2), "cividis"),
        ([-2, -1], (-2, -1), "cividis"),
    ],
)
def test_values_of_both_signs_part_at_0(
    values: list[float], limits: tuple[float, float], colour_map: str
) -> None:
    figure = plot_coloured_text("ab", np.array(values), "it").figure
    (image,) = figure.axes[0].get_images()
    assert image.get_clim() == limits
    assert image.get_cmap().name == colour_map


def test_characters_stand_out_from_their_background() -> None:
    figure = plot_coloured_text("ab", np.array([0.0, 9.0]), "bits").figure
    dark, light = visible_texts(figure.axes[0])
    assert (dark.get_color(), light.get_color()) == ("white", "black")


def test_line_breaks_are_faint() -> None:
    figure = plot_coloured_text("a\n", np.zeros(2), "bits").figure
    letter, line_break = visible_texts(figure.axes[0])
    assert (letter.get_alpha(), line_break.get_alpha()) == (1, 0.5)


def test_a_bar_for_each_character_and_the_mean() -> None:
    picture = plot_surprisal(LINES, BITS)
    (ax,) = picture.figure.axes
    first, others = (
        {round(bar.get_x() + bar.get_width() / 2) for bar in bars}
        for bars in ax.containers
    )
    assert "".join(LINES[i] for i in sorted(first)) == "DIIml"
    assert first | others == set(range(len(LINES)))
    assert {bar.get_height() for bar in ax.patches} == set(BITS)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == short_labels(LINES)
    assert ax.lines[0].get_ydata()[0] == pytest.approx(BITS.mean())
    extremes = "5.25 on average; highest at '.' after 'lord' (10.50)"
    assert extremes in picture.alt_text
    assert "(bits)" in ax.get_ylabel() and ax.get_xlabel()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("....", ["other character"]),
        ("." * 70 + "it", ["other character", "first character of a word"]),
    ],
)
def test_the_legend_names_what_there_is(text: str, names: list[str]) -> None:
    figure = plot_surprisal(text, np.ones(len(text))).figure
    mean, *others = [each.get_text() for each in figure.legends[0].texts]
    assert mean.startswith("mean here") and others == names
    colours = {
        bar.get_label(): bar.patches[0].get_facecolor()
        for ax in figure.axes
        for bar in ax.containers
    }
    assert len(set(colours.values())) == len(names)


@pytest.mark.parametrize(("length", "rows"), [(70, 1), (71, 2), (140, 2)])
def test_long_passages_get_more_rows(length: int, rows: int) -> None:
    figure = plot_surprisal("a" * length, np.ones(length)).figure
    assert len(figure.axes) == rows


def test_lengths_must_agree() -> None:
    def plot_colours(text: str, values: np.ndarray) -> None:
        plot_coloured_text(text, values, "it")

    for plot in (plot_colours, plot_surprisal):
        with pytest.raises(ValueError, match="2 values for 3 characters"):
            plot("abc", np.zeros(2))
        with pytest.raises(ValueError, match="at least one"):
            plot("", np.zeros(0))
