"""Exercises that answer: one check for each of them, a module a notebook."""

from .custom_loop import (
    check_clip_by_global_norm,
    check_global_norm,
    check_scheduled_inputs,
)
from .data_preparation import (
    check_cut_windows,
    check_most_common,
)
from .gru import check_lstm_step, check_share_left, check_step_back
from .model import (
    check_draw,
    check_lstm_parameters,
    check_mean_cross_entropy,
    check_softmax,
)
from .sampling import check_top_k, check_top_p, check_with_temperature
from .scaling_out import (
    check_network_ratio,
    check_row_block,
    check_whole_gradient,
)
from .training import (
    check_perplexity,
    check_place_in_text,
    check_stop_epoch,
    check_unigram_bits,
    check_witten_bell,
)

__all__ = [
    "check_clip_by_global_norm",
    "check_cut_windows",
    "check_draw",
    "check_global_norm",
    "check_lstm_parameters",
    "check_lstm_step",
    "check_mean_cross_entropy",
    "check_most_common",
    "check_network_ratio",
    "check_perplexity",
    "check_place_in_text",
    "check_row_block",
    "check_scheduled_inputs",
    "check_share_left",
    "check_softmax",
    "check_step_back",
    "check_stop_epoch",
    "check_top_k",
    "check_top_p",
    "check_unigram_bits",
    "check_whole_gradient",
    "check_with_temperature",
    "check_witten_bell",
]
