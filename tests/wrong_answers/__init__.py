"""Wrong answers that students give, with the diagnosis that each must get.

`WRONG[exercise]` maps a part of the diagnosis to an answer's code.
"""

from . import custom_loop, data_preparation, gru, model, sampling, training

WRONG = {
    **data_preparation.WRONG,
    **model.WRONG,
    **training.WRONG,
    **sampling.WRONG,
    **custom_loop.WRONG,
    **gru.WRONG,
}
