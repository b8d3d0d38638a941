"""The two sizes of the lesson, and the first line of every notebook.

Only this module reads the environment. It is imported first, so that it can
import TensorFlow without the log lines that TensorFlow writes while it loads.
"""

import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA_DIR = ROOT / "data"
SEED = 1616


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Point file descriptor 2 at nothing: C++ code ignores `sys.stderr`."""
    if os.environ.get("TEXTGEN_SHOW_LOGS"):
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    saved = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


os.environ["KERAS_BACKEND"] = "tensorflow"
if "tensorflow" not in sys.modules:
    with _silent_stderr():
        import tensorflow

        # Looking for devices is what makes the GPU libraries speak up.
        tensorflow.config.list_physical_devices()
    if not os.environ.get("TEXTGEN_SHOW_LOGS"):
        tensorflow.get_logger().setLevel("ERROR")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from .machine import FORMATS, fastest_format  # noqa: E402
from .style import use_style  # noqa: E402


@dataclass(frozen=True)
class Settings:
    """The sizes and rates of one run; the names are the lesson's own.

    `seq_length` is in characters, `batch_size` in sequences, `embedding_dim`
    and `rnn_units` in numbers per character; `corpus` is what `load_corpus`
    takes, `dropout` and `weight_decay` are as `recipes` has them.
    """

    profile: str
    corpus: str
    seq_length: int
    batch_size: int
    embedding_dim: int
    rnn_units: int
    learning_rate: float
    epochs: int
    rnn_layers: int = 1
    dropout: float = 0.0
    weight_decay: float = 0.0

    @property
    def checkpoint_dir(self) -> Path:
        """Where training on this text with this profile is stored."""
        folder = os.environ.get("TEXTGEN_CHECKPOINTS")
        base = Path(folder) if folder else ROOT / "training_checkpoints"
        path = Path(self.corpus)
        name = f"{self.profile}-{path.stem}"
        if path.is_file():  # another text under the same name is another run
            name += f"-{zlib.crc32(path.read_bytes()):08x}"
        return base / name

    @property
    def dtype(self) -> str:
        """The number format of training: `TEXTGEN_DTYPE`, or the fastest."""
        name = os.environ.get("TEXTGEN_DTYPE") or fastest_format()
        if name not in FORMATS:
            wrong = f"TEXTGEN_DTYPE is {name!r}, which is no number format"
            raise ValueError(f"{wrong}: set it to one of {', '.join(FORMATS)}.")
        return name


QUICK = Settings(
    profile="quick",
    corpus="sample",
    seq_length=50,
    batch_size=32,
    embedding_dim=64,
    rnn_units=160,
    learning_rate=8e-3,
    epochs=6,
)
FULL = Settings(
    profile="full",
    corpus="shakespeare",
    seq_length=100,
    batch_size=64,
    embedding_dim=256,
    rnn_units=1024,
    learning_rate=1e-3,
    epochs=10,
)


def read_settings() -> Settings:
    """Return the profile of `TEXTGEN_PROFILE` with `TEXTGEN_CORPUS` in it.

    Raises ValueError for a profile that does not exist.
    """
    name = os.environ.get("TEXTGEN_PROFILE") or "quick"
    profiles = {"quick": QUICK, "full": FULL}
    if name not in profiles:
        wrong = f"TEXTGEN_PROFILE is {name!r}, which is no profile"
        raise ValueError(f"{wrong}: set it to 'quick' or to 'full'.")
    corpus = os.environ.get("TEXTGEN_CORPUS") or profiles[name].corpus
    return replace(profiles[name], corpus=corpus)


def begin_lesson(notebook: str) -> Settings:
    """Seed all random numbers, set the style of the plots, print one line.

    `notebook` is its name, shown in that line. Returns the settings that the
    environment asks for; raises ValueError for a profile or a number format
    that does not exist.
    """
    settings = read_settings()
    keras.utils.set_random_seed(SEED)
    use_style()
    bits = 32 if settings.dtype == "float32" else 16
    device = "GPU" if tf.config.list_physical_devices("GPU") else "no GPU"
    print(
        f"{notebook}: {settings.profile} profile, text '{settings.corpus}', "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {device}, "
        f"{bits}-bit training"
    )
    return settings
