"""What the notebooks share: one room for each subject that they teach."""

from . import _quiet  # noqa: F401  # isort: skip (first: it loads TensorFlow)
from . import exercises
from .evaluation.baselines import compare_models, format_table
from .evaluation.bits import (
    Bits,
    bits_per_char,
    measure_bits,
    surprisals,
)
from .evaluation.copying import longest_common_substring, ngram_overlap
from .evaluation.probing import (
    mark_text,
    most_correlated_units,
    text_features,
)
from .evaluation.repeats import stored_results
from .exercises.guess import compare_guess
from .hardware import time_call, time_matmul
from .lesson import begin_lesson
from .model.build import (
    build_model,
    recurrent_layers,
    reset_states,
    summary_text,
    to_keras_gru,
    to_keras_writer,
)
from .model.checkpoints import (
    latest_checkpoint,
    list_checkpoints,
    load_checkpoint,
    load_for_generation,
    save_checkpoint,
)
from .model.gru import FastGRU
from .model.pretrained import load_pretrained, pretrained_info
from .plots.base import show
from .plots.charts import (
    plot_bars,
    plot_comparison,
    plot_curves,
    plot_dots,
    plot_next_chars,
    plot_windows_and_streams,
    temperature_slider,
)
from .plots.network import (
    plot_course,
    plot_embedding,
    plot_gates,
    plot_model,
)
from .plots.scaling import plot_scaling, plot_worker_rows
from .plots.text import plot_coloured_text, plot_growth, plot_surprisal
from .sampling.generate import generate_text, next_char_logits
from .sampling.logits import filter_logits
from .text.batches import stream_batches, window_batches
from .text.corpus import load_corpus, split_corpus
from .text.disk import EncodedText, encode_to_disk, open_encoded
from .text.vocabulary import Vocabulary
from .training.distributed import (
    make_distributed_step,
    train_distributed,
    worker_batches,
)
from .training.duration import announce_training
from .training.fit import EpochLogger, ResetStates, loss, nats_to_bits
from .training.loop import make_train_step, train
from .training.recipes import (
    RECIPES,
    compiled_model,
    recipe_for,
    train_recipe,
)
from .training.workers import train_in_workers

__all__ = [
    "RECIPES",
    "Bits",
    "EncodedText",
    "EpochLogger",
    "FastGRU",
    "ResetStates",
    "Vocabulary",
    "announce_training",
    "begin_lesson",
    "bits_per_char",
    "build_model",
    "compare_guess",
    "compare_models",
    "compiled_model",
    "encode_to_disk",
    "exercises",
    "filter_logits",
    "format_table",
    "generate_text",
    "latest_checkpoint",
    "list_checkpoints",
    "load_checkpoint",
    "load_corpus",
    "load_for_generation",
    "load_pretrained",
    "longest_common_substring",
    "loss",
    "make_distributed_step",
    "make_train_step",
    "mark_text",
    "measure_bits",
    "most_correlated_units",
    "nats_to_bits",
    "next_char_logits",
    "ngram_overlap",
    "open_encoded",
    "plot_bars",
    "plot_coloured_text",
    "plot_comparison",
    "plot_course",
    "plot_curves",
    "plot_dots",
    "plot_embedding",
    "plot_gates",
    "plot_growth",
    "plot_model",
    "plot_next_chars",
    "plot_scaling",
    "plot_surprisal",
    "plot_windows_and_streams",
    "plot_worker_rows",
    "pretrained_info",
    "recipe_for",
    "recurrent_layers",
    "reset_states",
    "save_checkpoint",
    "show",
    "split_corpus",
    "stored_results",
    "stream_batches",
    "summary_text",
    "surprisals",
    "temperature_slider",
    "text_features",
    "time_call",
    "time_matmul",
    "to_keras_gru",
    "to_keras_writer",
    "train",
    "train_distributed",
    "train_in_workers",
    "train_recipe",
    "window_batches",
    "worker_batches",
]
