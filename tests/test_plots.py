"""Every picture has axes that are named, and says what it shows."""

import base64
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from textgen_helpers import (
    plot_bars,
    plot_curves,
    plot_dots,
    plot_gates,
    plot_ladder,
    plot_model,
    plot_next_chars,
    plot_windows_and_streams,
    plots,
    show,
    slider,
    temperature_slider,
)
from textgen_helpers.style import PALETTE

STARTS = [np.array([0, 50]), np.array([100, 150])]
CHANCES = {"hot": np.array([0.2, 0.5, 0.3]), "cold": np.array([0, 0.9, 0.1])}
GATES = np.array([[0.1, 0.3], [0.9, 0.8], [0.2, 0.2], [0.5, 0.5]])
LADDER = {"uniform": 6.02, "bigram": 3.4, "xz": 2.58, "our GRU": 2.16}
DOTS = {"our GRU": {"carried": 2.151, "empty": 2.229}}
PICTURES = {
    "windows": lambda: plot_windows_and_streams(STARTS, STARTS, 50),
    "curves": lambda: plot_curves({"one": [3, 2, 1], "two": [3, 3, 2]}),
    "bars": lambda: plot_bars({"uniform": 6.02, "our GRU": 2.16}, "bits"),
    "ladder": lambda: plot_ladder(LADDER),
    "dots": lambda: plot_dots(DOTS, "bits"),
    "gates": lambda: plot_gates("a b\n", {"update gate": GATES}, [7, 3]),
    "chars": lambda: plot_next_chars(CHANCES, np.array(["\n", " ", "a"])),
}


@pytest.fixture(autouse=True)
def _close_all():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", PICTURES)
def test_axes_are_named(name: str) -> None:
    figure, alt = PICTURES[name]()
    axes = [ax for ax in figure.get_axes() if ax.get_label() != "<colorbar>"]
    assert axes[-1].get_xlabel()
    named = [label.get_text() for label in axes[0].get_yticklabels()]
    assert axes[0].get_ylabel() or "our GRU" in named
    assert len(alt) > 40 and alt.endswith(".")


@pytest.mark.parametrize("name", PICTURES)
def test_all_letters_have_a_shape_in_the_font(name: str) -> None:
    figure, _ = PICTURES[name]()
    figure.canvas.draw()  # a missing glyph warns, and warnings are errors


def test_alternative_texts_hold_the_numbers() -> None:
    assert "one goes from 3 to 1; two goes from" in PICTURES["curves"]()[1]
    _, alt = plot_curves({"rate": [1, 4, 2], "limit": [1, 1]}, xlabel="step")
    assert "goes from 1 to 2, highest 4 at step 2; limit stays at 1." in alt
    assert "uniform 6.02, our GRU 2.16" in PICTURES["bars"]()[1]
    assert "bigram 3.40, xz 2.58, our GRU 2.16" in PICTURES["ladder"]()[1]
    assert "our GRU: carried 2.151, empty 2.229" in PICTURES["dots"]()[1]
    assert "update gate: 0.44 on average; highest" in PICTURES["gates"]()[1]
    assert "highest at ' ' after 'a' (0.85)" in PICTURES["gates"]()[1]
    assert "hot: likeliest '\u2423' with 0.50" in PICTURES["chars"]()[1]


def test_bars_can_share_a_scale() -> None:
    limits = [
        plot_bars(bars, "ms", 40)[0].get_axes()[0].get_xlim()
        for bars in ({"a": 40, "b": 1}, {"a": 2, "b": 3})
    ]
    assert limits[0] == limits[1]


def test_a_ladder_has_a_colour_for_each_kind() -> None:
    figure, _ = PICTURES["ladder"]()
    bars = figure.get_axes()[0].patches
    colours = [bar.get_facecolor() for bar in bars]
    assert colours[0] == colours[1] != colours[2] != colours[3] != colours[0]
    assert to_hex(colours[3]) == PALETTE[1]


def test_dots_stand_where_their_numbers_are() -> None:
    figure, _ = PICTURES["dots"]()
    drawn = [dots.get_offsets() for dots in figure.get_axes()[0].collections]
    assert [float(places[0, 0]) for places in drawn] == [2.151, 2.229]


def test_a_slider_redraws_the_probabilities(monkeypatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(slider, "show", lambda _, alt: drawn.append(alt))
    moved = {}
    monkeypatch.setattr(
        "ipywidgets.interact", lambda draw, **controls: moved.update(f=draw)
    )
    logits = np.array([0.0, 2.0, 1.0], np.float32)
    temperature_slider(logits, np.array(list("abc")))
    moved["f"](0.5)
    assert "temperature 1.00: likeliest 'b' with 0.67" in drawn[0]
    assert "temperature 0.50: likeliest 'b' with 0.87" in drawn[0]


def test_without_widgets_the_picture_stays(monkeypatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(slider, "show", lambda _, alt: drawn.append(alt))
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    temperature_slider(np.zeros(3, np.float32), np.array(list("abc")))
    assert "temperature 1.00" in drawn[0]


def test_gates_are_drawn_unit_by_unit() -> None:
    figure, _ = PICTURES["gates"]()
    ax, colours = figure.get_axes()
    assert np.array_equal(ax.get_images()[0].get_array(), GATES.T)
    letters = [label.get_text() for label in ax.get_xticklabels()]
    assert letters == ["a", "\u2423", "b", "\u21b5"]
    units = [label.get_text() for label in ax.get_yticklabels()]
    assert units == ["7", "3"]
    assert colours.get_ylabel() == "value of the gate"


def test_the_bars_follow_the_first_order_and_show_the_values() -> None:
    figure, _ = PICTURES["chars"]()
    for ax, wanted in zip(
        figure.get_axes(), ([0.5, 0.3, 0.2], [0.9, 0.1, 0]), strict=True
    ):
        assert [bar.get_height() for bar in ax.patches] == wanted
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert labels == ["\u2423", "a", "\u21b5"]


def test_the_model_s_picture_names_layers_and_shapes() -> None:
    figure, alt = plot_model([("GRU", "(64, 100, 1024)"), ("Dense", "(2,)")])
    words = [text.get_text() for text in figure.get_axes()[0].texts]
    assert {"GRU", "(64, 100, 1024)", "Dense", "(2,)"} <= set(words)
    assert "GRU giving (64, 100, 1024), then Dense" in alt


def test_show_hands_the_alternative_text_to_the_notebook(monkeypatch) -> None:
    shown = []
    monkeypatch.setattr(
        plots, "display", lambda *objects, **more: shown.append((objects, more))
    )
    figure, alt = PICTURES["bars"]()
    show(figure, alt)
    metadata = {"image/png": {"alt": alt}}
    assert shown == [((figure,), {"metadata": metadata})]
    assert not plt.fignum_exists(figure.number)


def test_pictures_are_small_enough_to_store() -> None:
    for make in PICTURES.values():
        figure, _ = make()
        png = figure.canvas.print_to_buffer()[0]
        assert len(base64.b64encode(png)) < 4_000_000
