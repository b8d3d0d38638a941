"""The next character's probabilities, with a temperature that can be moved."""

import numpy as np
import tensorflow as tf

from .plots import plot_next_chars, show


def temperature_slider(logits: tf.Tensor, idx2char: np.ndarray) -> None:
    """Show the next character's probabilities beneath a temperature slider.

    `logits` are float (vocab,), `idx2char` has their characters. Without
    ipywidgets, or a page that runs it, the picture stays at temperature 1.
    """

    def draw(temperature: float) -> None:
        choices = {
            f"temperature {t:.2f}": tf.nn.softmax(logits / t).numpy()
            for t in (1.0, temperature)
        }
        show(*plot_next_chars(choices, idx2char))

    try:
        from ipywidgets import FloatSlider, interact
    except ImportError:
        draw(1.0)
    else:
        interact(
            draw, temperature=FloatSlider(value=1, min=0.1, max=3, step=0.1)
        )
