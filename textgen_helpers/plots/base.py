"""What all pictures share: their look, and how a notebook displays them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
from IPython.core.pylabtools import print_figure
from IPython.display import display
from matplotlib.figure import Figure

PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
"""Colours that the colour-blind can tell apart (Okabe and Ito, 2008)."""


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


@dataclass(frozen=True)
class Picture:
    """A figure, and a text that says what it shows.

    As the last line of a cell it is displayed as an image with this
    alternative text, which a screen reader reads aloud.

    Attributes:
        figure: The figure of matplotlib.
        alt_text: One or more sentences that say what the figure shows.

    Example:
        >>> import textgen_helpers as tg
        >>> picture = tg.plot_bars({"a": 1.0, "b": 2.0}, "seconds")
        >>> picture.alt_text
        'Bars of seconds: a 1.00, b 2.00.'
        >>> picture.figure.axes[0].get_xlabel()
        'seconds'
    """

    figure: Figure
    alt_text: str

    def __post_init__(self) -> None:
        """Close the figure, so that it is displayed as a picture only.

        A notebook would display an open figure once more, without its
        alternative text, when the cell ends. A closed one can still be drawn.
        """
        plt.close(self.figure)

    def _repr_mimebundle_(
        self,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what IPython displays: an image, and its metadata."""
        data = {
            "image/png": print_figure(self.figure, "png", base64=True),
            "text/plain": repr(self.figure),
        }
        return data, {"image/png": {"alt": self.alt_text}}


def show(picture: Picture) -> None:
    """Display a picture in a notebook, together with its alternative text.

    Args:
        picture: What one of the `plot_` functions returned.

    Example:
        >>> import textgen_helpers as tg
        >>> picture = tg.plot_bars({"a": 1.0, "b": 2.0}, "seconds")
        >>> tg.show(picture)  # doctest: +SKIP
    """
    display(picture)
