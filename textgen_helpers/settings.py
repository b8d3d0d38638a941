"""The sizes of the lesson and its recipes; what the environment asks for.

Only this module reads the environment (`_quiet` reads one variable before it).
`Settings` is plain data; `read_settings` fills it.
"""

import os
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .files import plain_name
from .hardware import DTYPE_POLICIES, preferred_dtype_policy, remembered

SEED = 1616

_PACKAGE = Path(__file__).resolve().parent
ROOT = _PACKAGE.parent
"""The project's folder, where the package lies in one."""

_IS_CHECKOUT = (ROOT / "pyproject.toml").is_file()
DATA_DIR = ROOT / "data" if _IS_CHECKOUT else _PACKAGE / "data"
"""The play and the pretrained model: they are only read."""


@dataclass(frozen=True)
class Settings:
    """The sizes and rates of one training; the names are the lesson's own."""

    profile: str  # "quick", "full", or the name of a recipe
    corpus: str  # what `load_corpus` takes
    seq_length: int  # characters in a piece of text
    batch_size: int  # pieces that are read side by side
    embedding_dim: int  # numbers for each character
    rnn_units: int  # numbers in the state of each GRU layer
    learning_rate: float
    epochs: int
    rnn_layers: int = 1
    dropout: float = 0.0  # fraction of a GRU's outputs that is left out
    weight_decay: float = 0.0
    warmup_steps: int = 0  # in which the learning rate rises
    dtype: str = "float32"  # the number format, as Keras names it
    checkpoint_dir: Path = Path("training_checkpoints")

    def hyperparameters(self) -> dict[str, Any]:
        """Return all but the number format and the folder of checkpoints."""
        values = asdict(self)
        del values["dtype"], values["checkpoint_dir"]
        return values


QUICK = Settings(
    profile="quick",
    corpus="sample",
    seq_length=50,
    batch_size=32,
    embedding_dim=64,
    rnn_units=128,
    learning_rate=1.2e-2,
    epochs=5,
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
ONE_MINUTE = Settings(
    profile="one-minute",
    corpus="sample",
    seq_length=32,
    batch_size=32,
    embedding_dim=64,
    rnn_units=192,
    learning_rate=2e-2,
    epochs=8,
    dropout=0.15,
    weight_decay=0.1,
    warmup_steps=60,
)
THREE_MINUTES = Settings(
    profile="three-minutes",
    corpus="shakespeare",
    seq_length=64,
    batch_size=32,
    embedding_dim=128,
    rnn_units=512,
    learning_rate=4e-3,
    epochs=4,
    weight_decay=0.1,
    warmup_steps=20,
)
TWENTY_MINUTES = replace(
    THREE_MINUTES,
    profile="twenty-minutes",
    rnn_layers=2,
    dropout=0.4,
    learning_rate=3e-3,
    epochs=12,
)


def read_settings() -> Settings:
    """Return the settings that the environment asks for.

    `TEXTGEN_PROFILE` is "quick" (the default) or "full"; `TEXTGEN_CORPUS`,
    `TEXTGEN_DTYPE` and `TEXTGEN_CHECKPOINTS` replace the text, the number
    format and the folder of checkpoints. Without `TEXTGEN_DTYPE` the faster
    format is measured. Raises ValueError for a profile or a number format
    that does not exist.
    """
    name = os.environ.get("TEXTGEN_PROFILE") or "quick"
    profiles = {"quick": QUICK, "full": FULL}
    if name not in profiles:
        raise ValueError(
            f"TEXTGEN_PROFILE is {name!r}, which is no profile: set it to "
            "'quick' or to 'full'."
        )
    corpus = os.environ.get("TEXTGEN_CORPUS") or profiles[name].corpus
    return settings_for(replace(profiles[name], corpus=corpus))


def settings_for(settings: Settings) -> Settings:
    """Return settings with the number format and the folder of this machine.

    Reads `TEXTGEN_DTYPE` and `TEXTGEN_CHECKPOINTS`, as `read_settings`.
    """
    dtype = os.environ.get("TEXTGEN_DTYPE") or remembered(
        "number format", preferred_dtype_policy, measured_dir()
    )
    if dtype not in DTYPE_POLICIES:
        raise ValueError(
            f"TEXTGEN_DTYPE is {dtype!r}, which is no number format: set it "
            f"to one of {', '.join(DTYPE_POLICIES)}."
        )
    folder = default_checkpoint_dir(settings.profile, settings.corpus)
    return replace(settings, dtype=dtype, checkpoint_dir=folder)


def default_checkpoint_dir(profile: str, corpus: str) -> Path:
    """Return the folder for trainings of a profile on a text.

    It is in `TEXTGEN_CHECKPOINTS`, or else in `training_checkpoints` in the
    project (where the package is installed, in `.textgen` in the home folder).
    A text of one's own has a hash of its bytes in the folder's name: another
    text under the same file name is another training. Of the file's name it
    has what every system can have in a name.
    """
    folder = os.environ.get("TEXTGEN_CHECKPOINTS")
    work_dir = ROOT if _IS_CHECKOUT else _home_dir()
    base = Path(folder) if folder else work_dir / "training_checkpoints"
    path = Path(corpus)
    name = f"{profile}-{plain_name(path.stem)}"  # paths below it are long
    if corpus not in {QUICK.corpus, FULL.corpus} and path.is_file():
        name += f"-{zlib.crc32(path.read_bytes()):08x}"
    return base / name


def cluster_config() -> str | None:
    """Return what `TF_CONFIG` says about the cluster, if it is set."""
    return os.environ.get("TF_CONFIG") or None


def worker_environment(config: str, threads: int) -> dict[str, str]:
    """Return the environment of a worker process on this machine.

    `config` is its `TF_CONFIG`. Without a number of threads, each worker
    would start one for every core.
    """
    paths = [str(_PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "TF_CONFIG": config,
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUTF8": "1",
    }


def measured_dir() -> Path:
    """Return the folder for what was measured on this machine.

    It is `build` in the project, or `.textgen` in the home folder where the
    project is installed or may not be written.
    """
    if _IS_CHECKOUT and os.access(ROOT, os.W_OK):
        return ROOT / "build"
    return _home_dir()


def download_dir() -> Path:
    """Return the folder for downloads.

    It is `TEXTGEN_DATA`, or else `data` in the project, or in `.textgen` in
    the home folder where the project is installed or may not be written.
    """
    folder = os.environ.get("TEXTGEN_DATA")
    if folder:
        return Path(folder)
    if _IS_CHECKOUT and os.access(DATA_DIR, os.W_OK):
        return DATA_DIR
    return _home_dir() / "data"


def _home_dir() -> Path:
    """Return the folder in the user's home for what an installation writes."""
    return Path("~/.textgen").expanduser()
