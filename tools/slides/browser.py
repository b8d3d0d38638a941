"""Chromium without a window: it prints decks, and tests look at them."""

import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# No window and no network. Containers often have no sandbox to offer, and the
# pages are our own.
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=20000",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def find() -> str:
    """Return the path of a Chromium, Chrome or Edge; empty if there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    for place in PLACES:
        if Path(place).is_file():
            return place
    return ""


def run(page: str, *options: str) -> str:
    """Open a page (its address) and return what the browser prints.

    Raises OSError if there is no browser, or if it does not come to an end.
    """
    browser = find()
    if not browser:
        raise OSError("There is no Chromium, Chrome or Edge. Install one.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        folder = f"--user-data-dir={profile}"
        try:
            finished = subprocess.run(
                [browser, *OPTIONS, folder, *options, page],
                capture_output=True,
                timeout=120,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise OSError(f"{browser} did not open {page}: {error}.") from error
    return finished.stdout.decode("utf-8", errors="replace")


def print_pdf(page: Path) -> Path:
    """Print a deck to a PDF of the same name; raises as `run` does."""
    path = page.with_suffix(".pdf")
    run(
        page.resolve().as_uri(),
        f"--print-to-pdf={path}",
        "--no-pdf-header-footer",
    )
    return path
