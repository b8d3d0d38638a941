"""How the lesson's pictures look."""

import matplotlib.pyplot as plt

PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
"""Colours that the colour-blind can tell apart (Okabe and Ito, 2008)."""


def use_style() -> None:
    """Set matplotlib's defaults for all figures that follow."""
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
