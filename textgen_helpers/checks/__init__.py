"""Exercises that answer back: one check for each of them."""

from .custom_loop import clip_by_global_norm, global_norm, scheduled_inputs
from .data_preparation import cut_windows, most_common, place_in_text
from .gru import lstm_step, share_left, step_back
from .model import draw, lstm_parameters, mean_cross_entropy, softmax
from .sampling import top_k, top_p, with_temperature
from .training import perplexity, stop_epoch, unigram_bits, witten_bell

__all__ = [
    "clip_by_global_norm",
    "cut_windows",
    "draw",
    "global_norm",
    "lstm_parameters",
    "lstm_step",
    "mean_cross_entropy",
    "most_common",
    "perplexity",
    "place_in_text",
    "scheduled_inputs",
    "share_left",
    "softmax",
    "step_back",
    "stop_epoch",
    "top_k",
    "top_p",
    "unigram_bits",
    "with_temperature",
    "witten_bell",
]
