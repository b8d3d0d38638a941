"""Wrong answers that students give, with the diagnosis that each must get.

`WRONG[exercise]` maps a diagnosis, or a part of it that no other diagnosis of
the exercise has, to the code of an answer.
"""

from . import (
    custom_loop,
    data_preparation,
    gru,
    model,
    sampling,
    scaling_out,
    training,
)

WRONG: dict[str, dict[str, str]] = {
    **data_preparation.WRONG,
    **model.WRONG,
    **training.WRONG,
    **sampling.WRONG,
    **custom_loop.WRONG,
    **gru.WRONG,
    **scaling_out.WRONG,
}
