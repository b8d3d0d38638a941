"""What the notebooks share: one module for each thing they teach."""

from .settings import FULL, QUICK, SEED, Settings, begin_lesson  # isort: skip
from . import checks
from .baselines import ladder, ladder_lines, ngram_bits
from .batches import split_input_target, stream_batches, window_batches
from .checkpoints import (
    latest_checkpoint,
    list_checkpoints,
    load_checkpoint,
    read_checkpoint,
    restore_for_sampling,
    save_checkpoint,
)
from .checks.guessing import reconcile
from .choosing import filter_logits
from .copying import copied_share, longest_copy
from .corpus import load_corpus, split_corpus
from .custom_loop import make_train_step, train
from .embedding_plots import plot_embedding
from .fast_gru import FastGRU
from .gate_plots import plot_gates
from .machine import milliseconds, product_seconds
from .measuring import bits_per_char, surprises, uniform_bits
from .model import (
    build_model,
    recurrent_layers,
    reset_states,
    summary_text,
    with_keras_gru,
)
from .plots import (
    plot_curves,
    plot_model,
    plot_next_chars,
    plot_windows_and_streams,
    show,
)
from .recipe_training import read_history, train_recipe
from .recipes import RECIPES, planned_adam, recipe_for, recipe_model
from .reference import load_reference, read_reference, save_reference
from .result_plots import plot_bars, plot_dots, plot_ladder
from .sampling import generate_text, next_char_logits
from .slider import temperature_slider
from .text_plots import plot_coloured_text, plot_growth, plot_surprise
from .training import EpochLines, ResetStates, loss, nats_to_bits
from .units import mark_text, telling_units, text_features
from .vocabulary import Vocabulary

__all__ = [
    "FULL",
    "QUICK",
    "RECIPES",
    "SEED",
    "EpochLines",
    "FastGRU",
    "ResetStates",
    "Settings",
    "Vocabulary",
    "begin_lesson",
    "bits_per_char",
    "build_model",
    "checks",
    "copied_share",
    "filter_logits",
    "generate_text",
    "ladder",
    "ladder_lines",
    "latest_checkpoint",
    "list_checkpoints",
    "load_checkpoint",
    "load_corpus",
    "load_reference",
    "longest_copy",
    "loss",
    "make_train_step",
    "mark_text",
    "milliseconds",
    "nats_to_bits",
    "next_char_logits",
    "ngram_bits",
    "planned_adam",
    "plot_bars",
    "plot_coloured_text",
    "plot_curves",
    "plot_dots",
    "plot_embedding",
    "plot_gates",
    "plot_growth",
    "plot_ladder",
    "plot_model",
    "plot_next_chars",
    "plot_surprise",
    "plot_windows_and_streams",
    "product_seconds",
    "read_checkpoint",
    "read_history",
    "read_reference",
    "recipe_for",
    "recipe_model",
    "reconcile",
    "recurrent_layers",
    "reset_states",
    "restore_for_sampling",
    "save_checkpoint",
    "save_reference",
    "show",
    "split_corpus",
    "split_input_target",
    "stream_batches",
    "summary_text",
    "surprises",
    "telling_units",
    "temperature_slider",
    "text_features",
    "train",
    "train_recipe",
    "uniform_bits",
    "window_batches",
    "with_keras_gru",
]
