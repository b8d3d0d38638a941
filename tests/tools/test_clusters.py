"""What the page on several machines says about clusters is true."""

import json
import re
import subprocess

import pytest
import yaml

from textgen_helpers.settings import ROOT
from textgen_helpers.training.distributed import read_cluster
from textgen_helpers.training.recipes import RECIPES
from tools.train import slurm_cluster

DOCS = ROOT / "docs"
PAGE = (DOCS / "several_machines.md").read_text(encoding="utf-8")
SLURM = {
    "SLURM_PROCID": "2",
    "SLURM_LOCALID": "0",
    "SLURMD_NODENAME": "node9",
    "SLURM_STEP_NODELIST": "node[9-10]",
    "SLURM_STEP_TASKS_PER_NODE": "2(x2)",
    "SLURM_STEP_NUM_TASKS": "4",
}


def test_the_examples_are_right_clusters() -> None:
    configs = re.findall(r"TF_CONFIG='(.*)'", PAGE)
    clusters = [read_cluster(config) for config in configs]
    assert [each["task"]["index"] for each in clusters] == [0, 1]
    assert clusters[0]["cluster"] == clusters[1]["cluster"]


def test_the_batch_sizes_are_those_of_the_recipes() -> None:
    assert {recipe.batch_size for recipe in RECIPES.values()} == {32}
    assert "(32: so 2, 4, 8, 16 or 32 workers)" in PAGE


def test_each_file_that_the_page_names_is_there() -> None:
    names = re.findall(r"\]\((\w+\.\w+)\)", PAGE)
    assert names
    for name in names:
        assert (DOCS / name).is_file(), name


@pytest.fixture
def in_slurm(monkeypatch) -> None:
    """Set the variables of a task that `srun` has started."""
    for name, value in SLURM.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("in_slurm")
def test_a_task_of_slurm_finds_its_own_address() -> None:
    cluster = slurm_cluster()
    addresses = cluster["cluster"]["worker"]
    assert sorted(addresses) == [
        "node10:8888",
        "node10:8889",
        "node9:8888",
        "node9:8889",
    ]
    assert addresses[cluster["task"]["index"]] == "node9:8888"


@pytest.mark.usefixtures("in_slurm")
@pytest.mark.parametrize("name", SLURM)
def test_outside_of_slurm_it_says_so(monkeypatch, name) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValueError, match="Slurm does not describe a cluster"):
        slurm_cluster()


def test_the_job_of_slurm_starts_the_command() -> None:
    script = (DOCS / "slurm_job.sh").read_text(encoding="utf-8")
    options = dict(re.findall(r"#SBATCH --([a-z-]+)=(\S+)", script))
    count = int(options["nodes"]) * int(options["ntasks-per-node"])
    assert 32 % count == 0
    assert "tasks.py train --recipe three-minutes --slurm" in script


def test_each_pod_of_kubernetes_makes_its_cluster() -> None:
    text = (DOCS / "kubernetes_job.yaml").read_text(encoding="utf-8")
    service, job = yaml.safe_load_all(text)
    specification = job["spec"]
    pod = specification["template"]["spec"]
    (container,) = pod["containers"]
    name = service["metadata"]["name"]
    assert pod["subdomain"] == name
    assert service["spec"]["selector"]["job-name"] == job["metadata"]["name"]
    assert specification["completionMode"] == "Indexed"
    count = specification["completions"]
    assert specification["parallelism"] == count
    (line,) = container["args"]
    shown = line.replace("exec python", 'printf %s "$TF_CONFIG" #')
    variables = {each["name"]: each["value"] for each in container["env"]}
    for index in range(count):
        printed = subprocess.check_output(
            [*container["command"], shown],
            env={**variables, "JOB_COMPLETION_INDEX": str(index)},
            text=True,
        )
        cluster = read_cluster(printed)
        assert cluster["task"]["index"] == index
        assert cluster["cluster"]["worker"] == [
            f"{job['metadata']['name']}-{i}.{name}:2222" for i in range(count)
        ]
        assert json.loads(printed) == cluster
