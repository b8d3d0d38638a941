"""Charts have their numbers where they belong, and in words."""

import sys

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

from textgen_helpers.plots import charts
from textgen_helpers.plots.base import PALETTE, Picture
from textgen_helpers.plots.charts import (
    plot_bars,
    plot_curves,
    plot_dots,
    temperature_slider,
)

from .examples import PICTURES


def test_alternative_texts_hold_the_numbers() -> None:
    for name, words in {
        "curves": "one goes from 3 to 1; two goes from",
        "bars": "Bars of bits: uniform 6.02, our GRU 2.16.",
        "comparison": "bigram 3.40, xz 2.58, our GRU 2.16",
        "dots": "our GRU: carried 2.151, empty 2.229",
        "chars": "hot: likeliest '\u2423' with 0.50",
        "windows": "Shuffled windows: a colour jumps",
    }.items():
        assert words in PICTURES[name]().alt_text


def test_a_curve_is_described_by_its_ends_and_its_peak() -> None:
    picture = plot_curves({"rate": [1, 4, 2], "limit": [1, 1]}, xlabel="step")
    assert picture.alt_text.endswith(
        "goes from 1 to 2, highest 4 at step 2; limit stays at 1."
    )


def test_the_lowest_value_of_a_curve_is_marked() -> None:
    picture = plot_curves({"a": [3, 1, 2], "b": [3, 2, 1]}, lowest="a")
    (ax,) = picture.figure.axes
    assert list(ax.lines[-1].get_xdata()) == [2, 2]
    assert ax.lines[-1].get_label() == "lowest at epoch 2"
    assert picture.alt_text.endswith(
        "b goes from 3 to 1. The lowest value of a is at epoch 2."
    )


def test_curves_start_at_1() -> None:
    (ax,) = PICTURES["curves"]().figure.axes
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert list(ax.lines[0].get_ydata()) == [3, 2, 1]


def test_bars_can_share_a_scale() -> None:
    limits = [
        plot_bars(bars, "ms", 40).figure.axes[0].get_xlim()
        for bars in ({"a": 40, "b": 1}, {"a": 2, "b": 3})
    ]
    assert limits[0] == limits[1]


@pytest.mark.parametrize(
    ("longest", "number"), [(9.9, "1.23"), (10, "1.2"), (100, "1")]
)
def test_the_longest_bar_sets_the_digits(longest: float, number: str) -> None:
    picture = plot_bars({"a": 1.234}, "ms", longest)
    assert picture.alt_text == f"Bars of ms: a {number}."
    labels = [text.get_text() for text in picture.figure.axes[0].texts]
    assert labels == [number]


def test_a_comparison_has_a_colour_for_each_kind_of_model() -> None:
    bars = PICTURES["comparison"]().figure.axes[0].patches
    colours = [bar.get_facecolor() for bar in bars]
    assert colours[0] == colours[1] != colours[2] != colours[3] != colours[0]
    assert to_hex(colours[3]) == PALETTE[1]


def test_dots_are_where_their_numbers_are() -> None:
    dots = PICTURES["dots"]().figure.axes[0].collections
    places = [each.get_offsets()[0] for each in dots]
    assert [float(x) for x, _ in places] == [2.151, 2.229]
    assert [float(y) for _, y in places] == pytest.approx([-0.12, 0.12])


def test_each_measurement_has_dots_of_its_own() -> None:
    row = {"a": 1.0, "b": 2.0, "c": 3.0}
    dots = plot_dots({"x": row}, "bits").figure.axes[0].collections
    looks = {to_hex(each.get_facecolor()[0]) for each in dots}
    assert looks == set(PALETTE[:3])


def test_earlier_results_are_small_dots_around_their_mean() -> None:
    earlier = {
        "a": {"rows": [2.1, 2.3], "windows": [2.4, 2.6]},
        "b": {"rows": [2.0, 2.2], "windows": [2.5, 2.5]},
    }
    picture = plot_dots({"b": {"rows": 2.15, "windows": 2.55}}, "bits", earlier)
    (ax,) = picture.figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    dots, lines = [], []
    for each in ax.collections:
        if isinstance(each, LineCollection):
            lines += [float(path[0][0]) for path in each.get_segments()]
        else:
            dots.append([float(x) for x, _ in each.get_offsets()])
    assert dots == [
        [2.1, 2.3],
        [2.0, 2.2],
        [2.15],
        [2.4, 2.6],
        [2.5, 2.5],
        [2.55],
    ]
    assert lines == pytest.approx([2.2, 2.1, 2.5, 2.5])
    assert picture.alt_text == (
        "Dots of bits. a: rows (earlier 2.100 to 2.300), windows (earlier "
        "2.400 to 2.600); b: rows 2.150 (earlier 2.000 to 2.200), windows "
        "2.550 (earlier 2.500 to 2.500)."
    )


def test_sequences_are_drawn_where_they_begin() -> None:
    axes = PICTURES["windows"]().figure.axes
    assert [ax.get_title() for ax in axes] == [
        "shuffled windows",
        "contiguous streams",
    ]
    for ax in axes:
        spans = [
            [tuple(path.get_extents().intervalx) for path in bars.get_paths()]
            for bars in ax.collections
        ]
        assert spans == [[(0, 50), (50, 100)], [(100, 150), (150, 200)]]


def test_a_colour_follows_a_row_of_the_batch() -> None:
    for ax in PICTURES["windows"]().figure.axes:
        for bars in ax.collections:
            colours = [to_hex(colour) for colour in bars.get_facecolor()]
            assert colours == PALETTE[:2]


def test_the_bars_follow_the_first_order_and_show_the_values() -> None:
    figure = PICTURES["chars"]().figure
    expected = ([0.5, 0.3, 0.2], [0.9, 0.1, 0])
    for ax, heights in zip(figure.axes, expected, strict=True):
        assert [bar.get_height() for bar in ax.patches] == heights
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert labels == ["\u2423", "a", "\u21b5"]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """Return a list that receives what is shown."""
    pictures: list[Picture] = []
    monkeypatch.setattr(charts, "show", pictures.append)
    return pictures


def test_a_slider_redraws_the_probabilities(
    monkeypatch: pytest.MonkeyPatch, shown: list[Picture]
) -> None:
    pytest.importorskip("ipywidgets")
    arguments = {}
    monkeypatch.setattr(
        "ipywidgets.interact",
        lambda draw, **controls: arguments.update(draw=draw, **controls),
    )
    logits = np.array([0.0, 2.0, 1.0], np.float32)
    temperature_slider(logits, np.array(["a", "b", "c"]))
    slider = arguments["temperature"]
    assert (slider.min, slider.value, slider.max) == (0.1, 1, 3)
    arguments["draw"](0.5)
    (picture,) = shown
    assert "temperature 1.00: likeliest 'b' with 0.67" in picture.alt_text
    assert "temperature 0.50: likeliest 'b' with 0.87" in picture.alt_text


def test_without_widgets_the_picture_stays(
    monkeypatch: pytest.MonkeyPatch, shown: list[Picture]
) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    temperature_slider(np.zeros(3, np.float32), np.array(["a", "b", "c"]))
    (picture,) = shown
    assert "temperature 1.00" in picture.alt_text


def test_the_first_bar_is_on_top() -> None:
    (ax,) = plot_bars({"first": 1.0, "second": 2.0}, "s").figure.axes
    bottom, top = ax.get_ylim()
    assert top < bottom
