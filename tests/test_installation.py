"""The package works from a wheel, in any folder, and leaves it unchanged."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from textgen_helpers.model.pretrained import load_pretrained
from textgen_helpers.sampling.generate import generate_text
from textgen_helpers.settings import ROOT

PROGRAM = """
import json
import textgen_helpers as tg
from textgen_helpers import settings
model, vocabulary = tg.load_pretrained()
print(json.dumps({
    "package": tg.__file__,
    "text": tg.generate_text(model, vocabulary, "ROMEO: ", 200, seed=1),
    "play": tg.load_corpus("sample", max_chars=14),
    "checkpoints": str(settings.read_settings().checkpoint_dir),
    "downloads": str(settings.download_dir()),
}))
"""


def run(*command: str, **options: object) -> str:
    """Run a command, and return what it prints; show its errors."""
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it in an empty folder, without network."""
    wheels = tmp_path_factory.mktemp("wheels")
    python = (sys.executable, "-m")
    run(*python, "hatchling", "build", "-t", "wheel", "-d", wheels, cwd=ROOT)
    (wheel,) = wheels.glob("*.whl")
    target = tmp_path_factory.mktemp("site-packages")
    run(
        *python,
        "pip",
        "--disable-pip-version-check",
        "install",
        "--no-index",
        "--no-deps",
        "--target",
        target,
        wheel,
    )
    return target


def test_the_wheel_holds_the_package_and_its_data(site_packages: Path) -> None:
    package = site_packages / "textgen_helpers"
    installed = {
        name: digest
        for name, digest in hashes(package).items()
        if "__pycache__" not in name
    }
    expected = {
        str(path.relative_to(ROOT / "textgen_helpers")): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in (ROOT / "textgen_helpers").rglob("*.py")
    }
    for name in ("sample.txt", "pretrained.npz", "repeats.json"):
        content = (ROOT / "data" / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        expected[str(Path("data", name))] = digest
    assert installed == expected


def test_an_installed_package_writes_the_same_text_and_no_file(
    site_packages: Path, tmp_path: Path
) -> None:
    before = hashes(site_packages)
    home, folder = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    folder.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TEXTGEN_")
    }
    environment |= {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PYTHONPATH": str(site_packages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TEXTGEN_DTYPE": "float32",
    }
    output = run(sys.executable, "-c", PROGRAM, cwd=folder, env=environment)
    result = json.loads(output)
    assert Path(result["package"]).parent == site_packages / "textgen_helpers"
    assert result["play"] == "First Citizen:"
    model, vocabulary = load_pretrained()
    text = generate_text(model, vocabulary, "ROMEO: ", 200, seed=1)
    assert result["text"] == text
    # What it writes goes to the user's own folder.
    assert Path(result["downloads"]) == home / ".textgen" / "data"
    checkpoints = home / ".textgen" / "training_checkpoints"
    assert Path(result["checkpoints"]).parent == checkpoints
    assert hashes(site_packages) == before
    assert not list(folder.iterdir())
