"""What the notebooks share: one module for each thing they teach."""

from .settings import FULL, QUICK, SEED, Settings, begin_lesson  # isort: skip
from .batches import split_input_target, stream_batches, window_batches
from .checkpoints import (
    latest_checkpoint,
    list_checkpoints,
    load_checkpoint,
    read_checkpoint,
    restore_for_sampling,
    save_checkpoint,
)
from .choosing import filter_logits
from .corpus import load_corpus, split_corpus
from .custom_loop import ensure_checkpoint, make_train_step, train
from .fast_gru import FastGRU
from .gate_plots import plot_gates
from .machine import milliseconds, product_seconds
from .measuring import bigram_bits, bits_per_char, uniform_bits, unigram_bits
from .model import (
    build_model,
    recurrent_layers,
    reset_states,
    summary_text,
    with_keras_gru,
)
from .plots import (
    plot_bars,
    plot_curves,
    plot_model,
    plot_next_chars,
    plot_windows_and_streams,
    show,
)
from .sampling import generate_text, next_char_logits
from .training import EpochLines, ResetStates, loss, nats_to_bits
from .vocabulary import Vocabulary

__all__ = [
    "FULL",
    "QUICK",
    "SEED",
    "EpochLines",
    "FastGRU",
    "ResetStates",
    "Settings",
    "Vocabulary",
    "begin_lesson",
    "bigram_bits",
    "bits_per_char",
    "build_model",
    "ensure_checkpoint",
    "filter_logits",
    "generate_text",
    "latest_checkpoint",
    "list_checkpoints",
    "load_checkpoint",
    "load_corpus",
    "loss",
    "make_train_step",
    "milliseconds",
    "nats_to_bits",
    "next_char_logits",
    "plot_bars",
    "plot_curves",
    "plot_gates",
    "plot_model",
    "plot_next_chars",
    "plot_windows_and_streams",
    "product_seconds",
    "read_checkpoint",
    "recurrent_layers",
    "reset_states",
    "restore_for_sampling",
    "save_checkpoint",
    "show",
    "split_corpus",
    "split_input_target",
    "stream_batches",
    "summary_text",
    "train",
    "uniform_bits",
    "unigram_bits",
    "window_batches",
    "with_keras_gru",
]
