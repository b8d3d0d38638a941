"""A few small pictures of each kind, and how a test draws one."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from textgen_helpers.evaluation.bits import Bits
from textgen_helpers.plots.charts import (
    plot_bars,
    plot_comparison,
    plot_curves,
    plot_dots,
    plot_next_chars,
    plot_windows_and_streams,
)
from textgen_helpers.plots.network import (
    plot_course,
    plot_embedding,
    plot_gates,
    plot_model,
)
from textgen_helpers.plots.scaling import plot_scaling, plot_worker_rows
from textgen_helpers.plots.text import (
    plot_coloured_text,
    plot_growth,
    plot_surprisal,
)

STARTS = [np.array([0, 50]), np.array([100, 150])]
PROBABILITIES = {
    "hot": np.array([0.2, 0.5, 0.3]),
    "cold": np.array([0, 0.9, 0.1]),
}
RESULTS = {
    "uniform": Bits(6.02),
    "bigram": Bits(3.4, 0.02),
    "xz": Bits(2.58),
    "our GRU": Bits(2.16, 0.03),
}
WORKER_ROWS = {
    "blocks": [[[0], [10]], [[50], [60]]],
    "dealt": [[[0, 50], [20, 70]], [[10, 60], [30, 80]]],
}
DAYS = {"1 Gbit/s": [4.0, 3.5, 3.9], "no network": [4.0, 2.0, 1.0]}
DOTS = {"our GRU": {"carried": 2.151, "empty": 2.229}}
GATES = np.array([[0.1, 0.3], [0.9, 0.8], [0.2, 0.2], [0.5, 0.5]])
LAYERS = [("GRU", "(64, 100, 1024)"), ("Dense", "(2,)")]
WRITTEN = {"epoch 1": "The dkue\nis", "epoch 10": "The Duke is in." * 9}
KNOWN = {"The", "Duke", "is"}
LINES = "DUKE:\nIt's I, my lord."
VALUES = np.linspace(-1, 0.5, len(LINES))
BITS = np.arange(len(LINES)) / 2
CHARACTERS = "\n .AEaeiouxyz"
EMBEDDING = np.random.default_rng(0).normal(size=(len(CHARACTERS), 4))

CHARTS = {
    "windows": lambda: plot_windows_and_streams(STARTS, STARTS, 50),
    "curves": lambda: plot_curves({"one": [3, 2, 1], "two": [3, 3, 2]}),
    "bars": lambda: plot_bars({"uniform": 6.02, "our GRU": 2.16}, "bits"),
    "comparison": lambda: plot_comparison(RESULTS),
    "dots": lambda: plot_dots(DOTS, "bits"),
    "gates": lambda: plot_gates("a b\n", {"update gate": GATES}, [7, 3]),
    "chars": lambda: plot_next_chars(PROBABILITIES, np.array(["\n", " ", "a"])),
    "surprisal": lambda: plot_surprisal(LINES * 4, np.tile(BITS, 4)),
    "embedding": lambda: plot_embedding(EMBEDDING, CHARACTERS),
    "worker rows": lambda: plot_worker_rows(WORKER_ROWS, 10),
    "scaling": lambda: plot_scaling(
        [1, 2, 4], DAYS, xlabel="machines", ylabel="days"
    ),
}
"""Pictures whose axes have labels."""


def pictures_of(text: str) -> dict:
    """Return functions that draw each kind of picture with text in it."""
    length = len(text)
    every = "".join(sorted(set(text)))
    ones = np.ones(length)
    return {
        "gates of": lambda: plot_gates(text, {"gate": ones[:, None]}, [0]),
        "chars of": lambda: plot_next_chars(
            {"all": ones / length}, np.array(list(text)), length
        ),
        "growth of": lambda: plot_growth({"epoch 1": text}, {"is"}),
        "colours of": lambda: plot_coloured_text(text, ones, "it"),
        "surprisal of": lambda: plot_surprisal(text, ones),
        "embedding of": lambda: plot_embedding(np.eye(len(every)), every),
    }


PICTURES = {
    **CHARTS,
    "course": plot_course,
    "model": lambda: plot_model(LAYERS),
    "growth": lambda: plot_growth(WRITTEN, KNOWN),
    "growth, all known": lambda: plot_growth({"epoch 1": "is"}, KNOWN),
    "colours": lambda: plot_coloured_text(LINES, VALUES, "unit 3"),
    **{f"{k} Chinese": f for k, f in pictures_of("众人:说吧。\n" * 6).items()},
}


def draw(figure: Figure) -> np.ndarray:
    """Draw a figure, and return its pixels, uint8 (height, width, 4).

    A missing glyph warns, and warnings are errors.
    """
    canvas = FigureCanvasAgg(figure)  # that of a closed figure draws nothing
    canvas.draw()
    return np.array(canvas.buffer_rgba())
