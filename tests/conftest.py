"""What several tests share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from textgen_helpers import Vocabulary, build_model, load_corpus
from textgen_helpers.settings import DATA_DIR, ROOT, download_dir

CORPUS_FOLDERS = (
    DATA_DIR,
    download_dir(),
    ROOT.parent / "shared" / "data",  # for several copies of the project
)


@pytest.fixture(scope="session")
def shakespeare_path() -> Path:
    """Return the full corpus where this machine has it; skip elsewhere."""
    for folder in CORPUS_FOLDERS:
        path = folder / "shakespeare.txt"
        if path.is_file():
            return path
    pytest.skip("the full corpus is not on this machine")


@pytest.fixture(scope="session")
def sample() -> str:
    """Return the embedded play."""
    return load_corpus("sample")


@pytest.fixture(scope="session")
def vocabulary(sample: str) -> Vocabulary:
    """Return the vocabulary of the embedded play."""
    return Vocabulary.from_text(sample)


@pytest.fixture(scope="session")
def ids(sample: str, vocabulary: Vocabulary) -> np.ndarray:
    """Return the ids of the embedded play, int32 (characters,)."""
    return vocabulary.encode(sample)


@pytest.fixture
def tiny(vocabulary: Vocabulary) -> keras.Sequential:
    """Return a small model with fixed first weights and a batch of 4."""
    keras.utils.set_random_seed(0)
    return build_model(len(vocabulary), 8, 16, batch_size=4)


@pytest.fixture
def signals_of_a_terminal() -> Iterator[None]:
    """Let programs that a test starts hear signals.

    A shell starts what runs in the background, as nohup does, with some
    signals ignored, and each program hands that on to those that it starts.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = [n for n in numbers if signal.getsignal(n) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
