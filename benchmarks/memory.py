"""The memory of a kernel that ran lesson 6, against one that imported ipywidgets and showed a button."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.manager import start_new_kernel

from benchmarks.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 3
LESSON = Path(__file__).parent.parent / "notebooks/en"
PEER = ["import ipywidgets", "ipywidgets.Button(description='A button')"]
PSS = "import gc, re; gc.collect(); print(re.search(r'Pss:\\s+(\\d+)', open('/proc/self/smaps_rollup').read())[1])"
"""Prints the proportional set size: memory, with what is shared between processes divided among them, in KiB."""


def measure() -> Iterator[Row]:
    """Run each in kernels of their own, in turn."""
    lesson = next(LESSON.glob("06-*.ipynb"))
    cells = json.loads(lesson.read_text("utf-8"))["cells"]
    code = {"lab": ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"], "peer": PEER}
    taken: dict[str, list[float]] = {name: [] for name in code}
    for _ in range(RUNS):
        for name, sources in code.items():
            taken[name].append(_pss(sources))
    yield Row("memory of a kernel: lesson 6, a button", *map(statistics.median, taken.values()), "MB", 1.15)


def _pss(sources: list[str]) -> float:
    """Return a kernel's memory after it ran these cells, in MB."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        for source in [*sources, PSS]:
            printed: list[str] = []
            reply = client.execute_interactive(
                source,
                timeout=120,
                output_hook=lambda message, printed=printed: printed.append(message["content"].get("text", "")),
            )
            if reply["content"]["status"] != "ok":
                raise RuntimeError(f"{source[:60]!r}: {reply['content'].get('evalue')}")
        return int("".join(printed)) * 1024 / 1e6
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
