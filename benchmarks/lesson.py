"""Run all notebooks in the quick profile, and read what the run prints."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from textgen_helpers.settings import ROOT

from .targets import BITS_16, BITS_32, Target

TARGETS = (
    Target(180, BITS_32, " s", is_most=True),
    Target(120, BITS_16, " s", is_most=True),
)
FIRST = 6  # notebooks, which build the lesson's GRU; others go on from there
OTHER = Target(60, unit=" s", is_most=True)
PROGRAM = ("-m", "tools.notebooks.run")
NOTEBOOK = re.compile(r"(\d\d_\w+) +(\d+) s\b.*")


@dataclass
class LessonRun:
    """What a run of the notebooks has printed so far."""

    announced: list[str] = field(default_factory=list)
    seconds: dict[str, int] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Take a line: of a notebook, from before the first, or from after."""
        line = line.rstrip()
        if found := NOTEBOOK.fullmatch(line):
            self.seconds[found[1]] = int(found[2])
        elif not line:
            pass
        elif self.seconds:
            self.rest.append(line)
        else:
            self.announced.append(line)

    def closing(self, here: str) -> list[str]:
        """Return the sums, what was announced, and the targets."""
        seconds = list(self.seconds.values())
        first = sum(seconds[:FIRST])
        verdicts = [target.verdict(first, here) for target in TARGETS]
        lines = [_line(f"the first {FIRST}", first, ", ".join(verdicts))]
        if others := seconds[FIRST:]:
            longest = max(others)
            verdict = OTHER.verdict(longest, here)
            lines.append(_line("the longest other one", longest, verdict))
        announced = " ".join(self.announced) or "nothing"
        return [
            *lines,
            _line("together", sum(seconds), "").rstrip(),
            f"  announced: {announced}",
        ]


def _line(name: str, seconds: int, verdict: str) -> str:
    return f"  {name:<32}{seconds:>8} s  {verdict}"


def run_lesson(here: str) -> None:
    """Run the notebooks, and print each one's seconds and the sum."""
    run = LessonRun()
    print("the notebooks, quick profile (two to four minutes)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        variables = {
            "TEXTGEN_PROFILE": "quick",
            "TEXTGEN_CORPUS": "sample",
            "TEXTGEN_CHECKPOINTS": str(Path(folder, "checkpoints")),
            "PYTHONUTF8": "1",
        }
        pages = str(Path(folder, "pages"))
        with subprocess.Popen(
            [sys.executable, *PROGRAM, pages],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                count = len(run.seconds)
                run.read(line)
                if len(run.seconds) > count:
                    name = list(run.seconds)[-1]
                    seconds = run.seconds[name]
                    print(f"  {name:<32}{seconds:>8} s", flush=True)
    if process.returncode:
        sys.exit(" ".join(["The run of the notebooks has failed.", *run.rest]))
    print("\n".join(run.closing(here)))
