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
# No window, and no word to anybody in the network. Containers often have no
# sandbox to offer, and the pages are our own.
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--hide-scrollbars", "--virtual-time-budget=20000"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def find() -> str:
    """Return the path of a Chromium, Chrome or Edge; empty if there is none."""
    found = filter(None, map(shutil.which, NAMES))
    there = (place for place in PLACES if Path(place).is_file())
    return next(found, "") or next(there, "")


def run(page: str, *options: str) -> str:
    """Open a page (its address) and return what the browser prints.

    Raises OSError if there is no browser, or if it does not come to an end.
    """
    browser = find()
    if not browser:
        raise OSError("No Chromium, Chrome or Edge is here: install one.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *QUIET, f"--user-data-dir={profile}", *options]
        try:
            done = subprocess.run(
                [*command, page], capture_output=True, timeout=120, check=True
            )
        except subprocess.SubprocessError as error:
            raise OSError(f"{browser} did not open {page}: {error}.") from error
    return done.stdout.decode("utf-8", errors="replace")


def print_pdf(page: Path) -> Path:
    """Print a deck to a PDF of the same name; raises as `run` does."""
    path = page.with_suffix(".pdf")
    to_file = (f"--print-to-pdf={path}", "--no-pdf-header-footer")
    run(page.resolve().as_uri(), *to_file)
    return path
