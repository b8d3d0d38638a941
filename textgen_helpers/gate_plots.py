"""Pictures of what goes on inside a GRU while it reads."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from .cells import name_extremes
from .plots import Picture
from .style import letters, name_missing_font


def plot_gates(
    text: str, gates: Mapping[str, np.ndarray], units: Sequence[int]
) -> Picture:
    """Draw a gate's values as colours: a row a unit, a column a character.

    `gates` has a panel's name and its values, float (characters, units) from
    0 to 1, for as many characters as `text` has; `units` are the numbers of
    the units.
    """
    labels = letters(text)
    figure, axes = plt.subplots(
        len(gates), 1, sharex=True, squeeze=False, figsize=(7.2, 4.2)
    )
    for ax, (name, values) in zip(axes[:, 0], gates.items(), strict=True):
        image = ax.imshow(
            values.T, cmap="cividis", vmin=0, vmax=1, aspect="auto"
        )
        ax.set(title=name, ylabel="unit")
        ax.set_yticks(range(len(units)), units, fontsize=8)
    turn = 90 if max(map(len, labels)) > 2 else 0
    axes[-1, 0].set_xticks(range(len(text)), labels, fontsize=8, rotation=turn)
    axes[-1, 0].set_xlabel("character read")
    name_missing_font(figure, text)
    figure.colorbar(image, ax=axes, label="value of the gate")
    said = ". ".join(
        f"Mean of the {name}: {name_extremes(text, values.mean(axis=1))}"
        for name, values in gates.items()
    )
    return figure, f"Coloured maps of gates over a text that is read. {said}."
