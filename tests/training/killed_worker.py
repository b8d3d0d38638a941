"""One worker of a training that kills itself, or another one, at some step.

    python -m tests.training.killed_worker JOB WORKER STEP

JOB is that of `textgen_helpers.training.workers`.
"""

import os
import signal
import sys
from typing import Any

from textgen_helpers.training import distributed, workers
from textgen_helpers.training.loop import TrainStep


def main() -> None:
    """Train, and die at the step, if this is the worker."""
    worker, fatal_step = map(int, sys.argv[2:])
    make_step = distributed.make_distributed_step

    def make_fatal_step(strategy: Any, *arguments: Any) -> TrainStep:
        step = make_step(strategy, *arguments)
        taken = 0

        def fatal(inputs: Any, targets: Any) -> Any:
            nonlocal taken
            is_here = distributed.worker_number(strategy)[0] == worker
            if is_here and taken == fatal_step:
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1
            return step(inputs, targets)

        return fatal

    distributed.make_distributed_step = make_fatal_step
    workers.main()


if __name__ == "__main__":
    main()
