"""Pictures of what goes on inside a GRU while it reads."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from .plots import Picture


def plot_gates(text: str, gates: Mapping[str, np.ndarray]) -> Picture:
    """Draw a gate's values as colours: units upwards, characters to the right.

    `gates` has a panel's name and its values, float (characters, units) from
    0 to 1, for as many characters as `text` has.
    """
    figure, axes = plt.subplots(
        len(gates), 1, sharex=True, squeeze=False, figsize=(7.2, 4.2)
    )
    for ax, (name, values) in zip(axes[:, 0], gates.items(), strict=True):
        image = ax.imshow(
            values.T, cmap="cividis", vmin=0, vmax=1, aspect="auto"
        )
        ax.set(title=name, ylabel="unit")
        ax.set_yticks([])
    letters = [repr(char)[1:-1].replace(" ", "\u2423") for char in text]
    axes[-1, 0].set_xticks(range(len(text)), letters, fontsize=8)
    axes[-1, 0].set_xlabel("character read")
    figure.colorbar(image, ax=axes, label="value of the gate")
    said = "; ".join(
        f"{name}: {values.mean():.2f} on average, highest at "
        f"{letters[values.mean(axis=1).argmax()]!r}, "
        f"lowest at {letters[values.mean(axis=1).argmin()]!r}"
        for name, values in gates.items()
    )
    return figure, f"Coloured maps of gates over a text that is read. {said}."
