"""One notebook runs, in a kernel of its own."""

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from .. import NOTEBOOKS

# The first cell of each notebook imports it, which takes seconds.
_FIRST_IMPORT = "import textgen_helpers"


class Execution:
    """A notebook that runs, or waits for its turn with a kernel that is ready.

    It runs in a thread of its own, because in the main one nbclient would take
    Ctrl-C for itself, and report a kernel that has died.

    Args:
        notebook: It gets its outputs in place.
        is_ahead: Whether the kernel loads TensorFlow before its turn.
    """

    def __init__(
        self, notebook: nbformat.NotebookNode, is_ahead: bool = False
    ) -> None:
        """Start the thread, and in it the kernel."""
        self._client = NotebookClient(
            notebook,
            timeout=None,
            record_timing=False,
            store_widget_state=True,  # without it, a slider fails
            coalesce_streams=True,
            shutdown_kernel="immediate",  # it holds nothing that is not saved
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(NOTEBOOKS)}},
            on_cell_start=lambda cell, cell_index: self._note(cell_index + 1),
        )
        self._is_ahead = is_ahead
        self._turn = threading.Event()
        self._cell, self._cell_start = 0, 0.0
        pool = ThreadPoolExecutor(1)
        self._running = pool.submit(self._error)
        pool.shutdown(wait=False)

    def begin(self) -> None:
        """Let the notebook run."""
        self._turn.set()

    def finish(self) -> str:
        """Let the notebook run to its end; return the error that stopped it."""
        self.begin()
        try:
            while not self._running.done():
                self._show()
                time.sleep(0.1)  # without a pause, Windows would miss Ctrl-C
        except KeyboardInterrupt:
            self.abandon()
            raise
        return self._running.result()

    def abandon(self) -> None:
        """End the kernel and the processes that it has started."""
        self._turn.set()
        while not self._running.done():
            manager = self._client.km  # perhaps it is only starting
            if manager is not None and manager.provisioner is not None:
                asyncio.run(manager.provisioner.kill())
            time.sleep(0.1)

    def _error(self) -> str:
        """Run the notebook, and return its error as a sentence."""
        try:
            asyncio.run(self._run())
        except CellExecutionError as error:
            return f"{error.ename}: {error.evalue}"
        except (DeadKernelError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "died" not in str(error):
                raise
            return "The kernel has died. Perhaps there was not enough memory."
        return ""

    async def _run(self) -> None:
        client = self._client
        if self._is_ahead:
            client.km = client.create_kernel_manager()
            await client.async_start_new_kernel()
            connection = await client.async_start_new_kernel_client()
            connection.execute(_FIRST_IMPORT, silent=True, store_history=False)
        while not self._turn.is_set():
            await asyncio.sleep(0.05)
        await client.async_execute()

    def _note(self, cell: int) -> None:
        """Note which cell runs, and since when."""
        self._cell, self._cell_start = cell, time.monotonic()

    def _show(self) -> None:
        """Show in a terminal how far the notebook is."""
        if sys.stdout.isatty() and self._cell:
            seconds = time.monotonic() - self._cell_start
            count = len(self._client.nb.cells)
            line = f"  cell {self._cell} of {count}, {seconds:.0f} s"
            print(f"\r{line:<40}", end="", flush=True)


def clear_line() -> None:
    """Take away what a running notebook has shown in a terminal."""
    if sys.stdout.isatty():
        print(f"\r{'':40}\r", end="")
