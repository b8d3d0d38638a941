"""Every picture says what it shows, can be read, and is displayed so."""

import base64
import dataclasses
import functools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.figure import Figure

from textgen_helpers.plots import base
from textgen_helpers.plots.base import PALETTE, Picture, show, use_style

from .examples import CHARTS, PICTURES, draw


def example() -> Picture:
    return PICTURES["bars"]()


@functools.cache
def made_once(name: str) -> Picture:
    """Return a picture for several tests that only look at it."""
    return PICTURES[name]()


@functools.cache
def drawn_once(name: str) -> tuple[Figure, np.ndarray]:
    """Return a picture's figure, drawn, and its pixels, for the same tests."""
    figure = made_once(name).figure
    return figure, draw(figure)


def test_a_picture_is_displayed_with_its_alternative_text() -> None:
    picture = example()
    data, metadata = DisplayFormatter().format(picture)
    assert metadata == {"image/png": {"alt": picture.alt_text}}
    assert set(data) == {"image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == repr(picture.figure)


def test_displaying_twice_gives_the_same_image() -> None:
    picture = example()
    format_ = DisplayFormatter().format
    assert format_(picture) == format_(picture)


@pytest.mark.parametrize("name", PICTURES)
def test_no_figure_stays_open(name: str) -> None:
    # The notebook would display it again, without its alternative text.
    PICTURES[name]()
    assert plt.get_fignums() == []


def test_show_displays_the_picture_itself(monkeypatch) -> None:
    displayed = []
    monkeypatch.setattr(base, "display", lambda *objs: displayed.extend(objs))
    picture = example()
    show(picture)
    assert displayed == [picture]
    assert not plt.fignum_exists(picture.figure.number)


def test_a_picture_cannot_be_changed_by_mistake() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        example().alt_text = "something else"


def test_the_style_is_that_of_all_figures_that_follow() -> None:
    with plt.rc_context():
        plt.rcdefaults()
        use_style()
        figure = plt.figure()
        assert figure.get_size_inches().tolist() == [7.2, 3.2]
        assert figure.dpi == 110
        (line,) = figure.subplots().plot([1, 2])
        assert line.get_color() == PALETTE[0]


@pytest.mark.parametrize("name", CHARTS)
def test_axes_are_named(name: str) -> None:
    figure = made_once(name).figure
    axes = [ax for ax in figure.get_axes() if ax.get_label() != "<colorbar>"]
    assert axes[-1].get_xlabel()
    row_names = [label.get_text() for label in axes[0].get_yticklabels()]
    assert axes[0].get_ylabel() or "our GRU" in row_names


@pytest.mark.parametrize("name", PICTURES)
def test_alternative_texts_are_sentences(name: str) -> None:
    alt_text = made_once(name).alt_text
    assert len(alt_text) > 40 and alt_text.endswith(".")


@pytest.mark.parametrize("name", PICTURES)
def test_all_characters_are_in_a_font(name: str) -> None:
    drawn_once(name)  # a missing glyph would be an error


@pytest.mark.parametrize("name", PICTURES)
def test_all_text_is_large_enough_and_inside(name: str) -> None:
    figure, _ = drawn_once(name)
    box = figure.get_tightbbox()  # inches
    assert box.x0 >= -0.01 and box.x1 <= figure.get_figwidth() + 0.01
    assert box.y0 >= -0.01 and box.y1 <= figure.get_figheight() + 0.01
    assert figure.get_figwidth() == 7.2
    for text in figure.findobj(plt.Text):
        assert text.get_fontsize() >= 8 or not text.get_text().strip(), text


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_small_enough_to_store(name: str) -> None:
    _, pixels = drawn_once(name)
    assert len(base64.b64encode(pixels)) < 4_000_000  # even without packing
