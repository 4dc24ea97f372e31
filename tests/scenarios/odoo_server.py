"""A real Odoo server, in a process of its own, on a database of a test's own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

READY_SECONDS = 90


@contextlib.contextmanager
def odoo_server(
    database,
    cron_threads=0,
    port=None,
    configuration=None,
    arguments=(),
    workers=0,
    started=None,
):
    """Serve ``database``; gives the address once it answers, ends it afterwards.

    :param cron_threads: 0 where nothing but requests shall be worked on
    :param workers: processes for requests; 0 for a server of threads
    :param port: the one of a server before, which comes back
    :param configuration: path of another one than the project's own
    :param arguments: more of odoo-bin's
    :param started: called with the process, for tests that kill it
    """
    port = port or free_port()
    configuration = configuration or os.environ["ODOO_RC"]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "odoo", "-c", configuration),
                *("-d", database),
                *("--http-interface", "127.0.0.1", "-p", str(port)),
                *("--workers", str(workers), "--max-cron-threads", str(cron_threads)),
                *("--log-level", "warn", *arguments),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            if started:
                started(process)
            _wait(process, url, log)
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process, url, log):
    deadline = time.monotonic() + READY_SECONDS
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        with contextlib.suppress(OSError, urllib.error.HTTPError):
            with opener.open(f"{url}/web/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        if process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise RuntimeError(log.read().decode(errors="replace")[-4000:])
        time.sleep(0.1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
