"""Pictures of several machines show their rows and their times."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from textgen_helpers.plots.base import PALETTE
from textgen_helpers.plots.scaling import plot_scaling

from .examples import PICTURES


def test_rows_are_drawn_where_they_begin_in_their_worker_s_colour() -> None:
    blocks, dealt = PICTURES["worker rows"]().figure.axes
    assert [blocks.get_title(), dealt.get_title()] == ["blocks", "dealt"]
    seen = [
        (
            [tuple(path.get_extents().intervalx) for path in bars.get_paths()],
            to_hex(bars.get_facecolor()[0]),
        )
        for bars in dealt.collections
    ]
    assert seen == [
        ([(0, 10), (50, 60)], PALETTE[0]),
        ([(20, 30), (70, 80)], PALETTE[0]),
        ([(10, 20), (60, 70)], PALETTE[1]),
        ([(30, 40), (80, 90)], PALETTE[1]),
    ]


def test_each_worker_is_in_the_legend_once() -> None:
    (legend,) = PICTURES["worker rows"]().figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["worker 0", "worker 1"]


def test_the_words_say_where_rows_have_gaps() -> None:
    assert PICTURES["worker rows"]().alt_text.endswith(
        "Panel 'blocks': in each batch, each row goes on where it ended. "
        "Panel 'dealt': from batch to batch, a row leaps over 10 characters, "
        "which another worker reads."
    )


def test_times_are_drawn_at_their_sizes() -> None:
    picture = PICTURES["scaling"]()
    (ax,) = picture.figure.axes
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert np.array_equal(ax.lines[0].get_xydata().T[0], [1, 2, 4])
    assert list(ax.lines[0].get_ydata()) == [4.0, 3.5, 3.9]
    assert picture.alt_text == (
        "Curves of days over machines: 1 Gbit/s goes from 4 at 1 to 3.9 at 4, "
        "lowest 3.5 at 2; no network goes from 4 at 1 to 1 at 4."
    )


@pytest.mark.parametrize(
    ("values", "labels"),
    [([0.3, 4.0], {"0.5", "1", "2"}), ([0.001, 100.0], {"0.01", "0.1", "1"})],
)
def test_axes_have_plain_numbers(values, labels) -> None:
    picture = plot_scaling([1, 16], {"a": values}, xlabel="x", ylabel="days")
    (ax,) = picture.figure.axes
    picture.figure.draw_without_rendering()
    assert labels <= {label.get_text() for label in ax.get_yticklabels()}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "16"]


def test_a_level_line_stays() -> None:
    curves = {"limit": [8, 8]}
    picture = plot_scaling([1, 2], curves, xlabel="x", ylabel="memory (GB)")
    assert picture.alt_text.endswith("over x: limit stays at 8.")
