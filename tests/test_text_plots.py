"""Pictures of text and letters: nothing is cut off, and the words say it."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from textgen_helpers.cells import fitting, name_extremes, places, signs
from textgen_helpers.embedding_plots import plot_embedding
from textgen_helpers.style import PALETTE, use_style
from textgen_helpers.text_plots import (
    plot_coloured_text,
    plot_growth,
    plot_surprise,
)

WRITTEN = {"epoch 1": "The dkue\nis", "epoch 10": "The Duke is in." * 9}
KNOWN = {"The", "Duke", "is"}
LINES = "DUKE:\nIt's I, my lord."
VALUES = np.linspace(-1, 0.5, len(LINES))
BITS = np.arange(len(LINES)) / 2
CHARACTERS = "\n .AEaeiouxyz"
EMBEDDING = np.random.default_rng(0).normal(size=(len(CHARACTERS), 4))
CHINESE = "众人:说吧。\n"
PICTURES = {
    "growth": lambda: plot_growth(WRITTEN, KNOWN),
    "colours": lambda: plot_coloured_text(LINES, VALUES, "unit 3"),
    "surprise": lambda: plot_surprise(LINES * 4, np.tile(BITS, 4)),
    "embedding": lambda: plot_embedding(EMBEDDING, CHARACTERS),
    "all known": lambda: plot_growth({"epoch 1": "is"}, KNOWN),
    "Chinese growth": lambda: plot_growth({"1": CHINESE * 9}, {"众人"}),
    "Chinese colours": lambda: plot_coloured_text(CHINESE, np.ones(7), "it"),
    "Chinese surprise": lambda: plot_surprise(CHINESE * 6, np.ones(42)),
    "Chinese embedding": lambda: plot_embedding(np.eye(7), CHINESE),
}


@pytest.fixture(autouse=True)
def _in_the_lesson_s_style():
    with plt.rc_context():
        use_style()
        yield
    plt.close("all")


def written_in(ax):
    return [text for text in ax.texts if text.get_text().strip()]


@pytest.mark.parametrize("name", PICTURES)
def test_all_that_is_written_is_large_enough_and_inside(name: str) -> None:
    figure, alt = PICTURES[name]()
    figure.canvas.draw()
    drawn = figure.get_tightbbox()  # inches
    assert drawn.x0 >= -0.01 and drawn.x1 <= figure.get_figwidth() + 0.01
    assert drawn.y0 >= -0.01 and drawn.y1 <= figure.get_figheight() + 0.01
    assert figure.get_figwidth() == 7.2
    for text in figure.findobj(plt.Text):
        assert text.get_fontsize() >= 8 or not text.get_text().strip(), text
    assert len(alt) > 40 and alt.endswith(".")


@pytest.mark.parametrize("name", ["growth", "colours", "Chinese growth"])
def test_letters_do_not_overlap(name: str) -> None:
    figure, _ = PICTURES[name]()
    figure.canvas.draw()
    texts = written_in(figure.axes[0])
    for left, right in itertools.pairwise(texts):
        if left.get_position()[1] == right.get_position()[1]:
            end = left.get_window_extent().x1
            assert end <= right.get_window_extent().x0 + 1


def test_known_words_are_bold_and_blue_and_counted() -> None:
    figure, alt = PICTURES["growth"]()
    ax, bars = figure.axes
    looks = {
        weight: "".join(
            text.get_text()
            for text in written_in(ax)
            if text.get_fontweight() == weight
            and text.get_color() == colour
            and text.get_position()[1] < 0.5
        )
        for weight, colour in (("bold", PALETTE[0]), ("normal", PALETTE[1]))
    }
    assert looks == {"bold": "Theis", "normal": "dkue"}
    shares = [bar.get_width() for bar in bars.patches]
    assert shares == pytest.approx([200 / 3, 75])
    assert "epoch 1 67 %, epoch 10 75 %" in alt
    assert "begins 'The dkue\\nis', the last one 'The Duke is in.The" in alt
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == list(WRITTEN)


def test_long_rows_are_cut_but_counted_whole() -> None:
    figure, alt = plot_growth({"it": "no " * 30 + "is " * 30}, KNOWN)
    letters_shown = written_in(figure.axes[0])
    assert max(text.get_position()[0] for text in letters_shown) < 64
    assert "it 50 %" in alt


def test_each_character_lies_on_its_value() -> None:
    figure, alt = PICTURES["colours"]()
    ax, bar = figure.axes
    (image,) = ax.get_images()
    shown = image.get_array()
    assert shown.shape[0] == 2
    assert shown[0, :6].tolist() == pytest.approx(VALUES[:6])
    assert shown[1, :16].tolist() == pytest.approx(VALUES[6:])
    assert shown.mask.sum() == shown.size - len(LINES)
    assert image.get_clim() == (-1, 1)  # white is 0
    assert bar.get_xlabel() == "unit 3"
    assert "highest at '.' after 'lord' (0.50)" in alt
    assert "lowest at 'D' in 'DUKE' (-1.00)" in alt


def test_letters_stand_out_from_their_background() -> None:
    figure, _ = plot_coloured_text("ab", np.array([0.0, 9.0]), "bits")
    dark, light = written_in(figure.axes[0])
    assert (dark.get_color(), light.get_color()) == ("white", "black")


def test_a_bar_for_each_character_and_the_mean() -> None:
    figure, alt = plot_surprise(LINES, BITS)
    (ax,) = figure.axes
    first, others = (
        {round(bar.get_x() + bar.get_width() / 2) for bar in bars}
        for bars in ax.containers
    )
    assert "".join(LINES[i] for i in sorted(first)) == "DIIml"
    assert first | others == set(range(len(LINES)))
    assert {bar.get_height() for bar in ax.patches} == set(BITS)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == signs(LINES)
    assert ax.lines[0].get_ydata()[0] == pytest.approx(BITS.mean())
    assert "5.25 on average; highest at '.' after 'lord' (10.50)" in alt
    assert "(bits)" in ax.get_ylabel() and ax.get_xlabel()


@pytest.mark.parametrize(("length", "rows"), [(70, 1), (71, 2), (140, 2)])
def test_long_passages_get_more_rows(length: int, rows: int) -> None:
    figure, _ = plot_surprise("a" * length, np.ones(length))
    assert len(figure.axes) == rows


def test_flat_embeddings_keep_their_distances() -> None:
    square = np.array([[0.0, 0, 0], [0, 4, 0], [3, 0, 0], [3, 4, 0]])
    figure, alt = plot_embedding(square, "aeBC")
    points = np.concatenate(
        [dots.get_offsets() for dots in figure.axes[0].collections]
    )
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(4)
    assert np.linalg.norm(points[0] - points[3]) == pytest.approx(5)
    assert "64 % of the variance" in figure.axes[0].get_ylabel() + (
        figure.axes[0].get_xlabel()
    )
    assert "small vowel to small vowel 4.00" in alt
    assert "small vowel to capital 4.00" in alt  # 3, 5, 5 and 3
    assert "capital to capital 4.00" in alt


def test_kinds_have_a_shape_each() -> None:
    figure, _ = PICTURES["embedding"]()
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [
        "small vowel",
        "other small letter",
        "capital",
        "no letter",
    ]
    counts = [len(dots.get_offsets()) for dots in figure.axes[0].collections]
    assert counts == [5, 3, 2, 3]


def test_letters_of_one_place_are_moved_apart() -> None:
    rows = np.array([[0.0, 0], [0.01, 0], [9, 9], [-9, 4]])
    figure, _ = plot_embedding(rows, "bcde")
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert not boxes[0].overlaps(boxes[1])


def test_only_the_most_frequent_characters_are_drawn() -> None:
    counts = np.arange(len(CHARACTERS))
    figure, alt = plot_embedding(EMBEDDING, CHARACTERS, counts, most=4)
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(shown) == ["u", "x", "y", "z"]
    assert "The 4 most frequent of 13 characters" in alt
    figure, alt = plot_embedding(EMBEDDING, CHARACTERS, most=4)
    assert "The first 4 of 13 characters" in alt


def test_lines_end_at_a_break_or_when_they_are_full() -> None:
    found = places("ab\nabc\nabcd", columns=3)
    wanted = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (1, 3)]
    wanted += [(2, 0), (2, 1), (2, 2), (3, 0)]
    assert [tuple(place) for place in found] == wanted


def test_labels_fit_a_cell() -> None:
    assert signs("a \n\t\u200b") == ["a", "\u2423", "\u21b5", "\\t", "20\n0b"]
    assert fitting("a \n", 64) == 64
    assert fitting("a人", 64) == fitting("a\t", 64) == 32


def test_extremes_are_named_once_each_with_their_words() -> None:
    said = name_extremes(". aa b", np.array([1, 2, 9, 9, 3, -1.0]))
    assert said == (
        "3.83 on average; highest at 'a' in 'aa' (9.00), ' ' after 'aa' "
        "(3.00), ' ' (2.00); lowest at 'b' in 'b' (-1.00), '.' (1.00), "
        "' ' (2.00)"
    )


def test_lengths_must_agree() -> None:
    for plot in (lambda *x: plot_coloured_text(*x, "it"), plot_surprise):
        with pytest.raises(ValueError, match="2 values for 3 characters"):
            plot("abc", np.zeros(2))
        with pytest.raises(ValueError, match="at least one"):
            plot("", np.zeros(0))
    with pytest.raises(ValueError, match="3 rows for 2 characters"):
        plot_embedding(np.eye(3), "ab")
    with pytest.raises(ValueError, match="same model"):
        plot_embedding(np.eye(3), "abc", np.ones(2))
