"""What the benchmarks share: an Odoo environment, a simulator of its own, memory."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import requests

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

READY_SECONDS = 120


@contextlib.contextmanager
def environment():
    """A superuser's environment on the benchmark's database, with commits."""
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=error"])
    registry = Registry(os.environ["CONNECTORS_DB"])
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})


@contextlib.contextmanager
def simulator(vendor, records, seed=7):
    """A simulator in a process of its own, as a vendor is: gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        port_file = pathlib.Path(folder) / "port"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "simulators", vendor, "--port", "0"),
                *("--port-file", str(port_file), "--records", str(records)),
                *("--seed", str(seed), "--with-parent", str(os.getpid())),
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not port_file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the simulator did not start")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port_file.read_text().strip()}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def control(url, path, **body):
    """Tell a simulator something through its control endpoint."""
    reply = requests.post(f"{url}/_control/{path}", json=body, timeout=60)
    reply.raise_for_status()
    return reply.json()


def reset_peak():
    """Start measuring the peak of this process anew; returns MB in use now."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak():
    """Highest MB that this process had since :func:`reset_peak`."""
    return _status("VmHWM")


def _status(key):
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no {key} in /proc/self/status")


@contextlib.contextmanager
def load(script):
    """A second process that asks the server; gives a function that hands it an order.

    :param script: name of a file beside this one
    """
    process = subprocess.Popen(
        [sys.executable, str(pathlib.Path(__file__).with_name(script))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def order(**arguments):
        process.stdin.write(json.dumps(arguments) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield order
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()
