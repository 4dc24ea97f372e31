"""Run programs, and know and end the ones this project started."""

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

from . import paths
from .errors import DevError, Terminated, gist, tail

# How long a program that was interrupted may take to end.
SECONDS_TO_END = 15


def run(command, *, what, todo="", log="command", on_line=None, **options):
    """Run a command with its output in ``.dev/log/<log>.log``.

    ``on_line`` is called with each line as it comes. Returns the output; raises
    DevError with the end of it when the command fails or isn't there.
    """
    path = paths.LOG / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
    except OSError as error:
        raise DevError(what, f"{command[0]}: {error.strerror}", todo) from error
    with process, path.open("a", encoding="utf-8") as file:
        try:
            for line in process.stdout:
                file.write(line)
                lines.append(line.rstrip("\n"))
                if on_line:
                    on_line(lines[-1])
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        why = gist("\n".join(lines)) or f"It ended with code {process.returncode}."
        raise DevError(what, why, todo, log=path)
    return "\n".join(lines)


def foreground(command, **options):
    """Run a program on this terminal; returns its exit code.

    When it is interrupted it may end in its own way: pytest ends its browser.
    """
    process = subprocess.Popen([str(part) for part in command], **options)
    try:
        return process.wait()
    except KeyboardInterrupt as interrupt:
        if isinstance(interrupt, Terminated):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(SECONDS_TO_END)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        raise


def start_time(pid):
    """What tells a process from a later one with the same number, or None."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name (field 2) may hold spaces and brackets: count behind the last one.
    fields = stat.rpartition(")")[2].split()
    state, started = fields[0], fields[19]
    return None if state in "ZX" else started


class Daemon:
    """A server that outlives the command which started it.

    Its pid, the time it started and what it told of itself are kept in
    ``.dev/run/<name>.json``, so that a later command ends it and nothing else.
    """

    def __init__(self, name):
        self.name = name
        self.record = paths.RUN / f"{name}.json"
        self.log = paths.LOG / f"{name}.log"

    def info(self):
        """What was recorded of the running server; None when it isn't running."""
        try:
            info = json.loads(self.record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        started = start_time(info.get("pid"))
        return info if started and started == info.get("started") else None

    def start(self, command, *, env=None, cwd=paths.ROOT, **info):
        """Start the server detached; ``info`` is recorded beside its pid."""
        paths.private_folder(paths.RUN)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=env,
                cwd=cwd,
            )
        self._process = process
        info.update(pid=process.pid, started=start_time(process.pid))
        paths.write_private(self.record, json.dumps(info))
        return info

    def update(self, **values):
        """Record more about the running server."""
        info = self.info()
        if info:
            paths.write_private(self.record, json.dumps({**info, **values}))

    def ended(self):
        """Whether the server just started has already ended."""
        self._process.poll()
        return self.info() is None

    def stop(self, *, seconds=20, with_signal=signal.SIGTERM):
        """End the server if it is ours and runs; returns whether it ran."""
        info = self.info()
        if info is None:
            self.record.unlink(missing_ok=True)
            return False
        pid = info["pid"]
        for number, patience in ((with_signal, seconds), (signal.SIGKILL, 5)):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                break
            except PermissionError as error:
                raise DevError(
                    f"{self.name} (process {pid}) could not be stopped.",
                    "It belongs to another user.",
                    f"Stop it as that user, or as root: kill {pid}",
                ) from error
            if self._wait_for_end(patience):
                break
        self.record.unlink(missing_ok=True)
        return True

    def _wait_for_end(self, seconds):
        deadline = time.monotonic() + seconds
        while self.info() is not None:
            if time.monotonic() > deadline:
                return False
            process = getattr(self, "_process", None)
            if process:
                process.poll()  # a child that ended stays a zombie until asked
            time.sleep(0.05)
        return True

    def failed(self, what, todo=""):
        """The error for a server that did not come up, with the end of its log."""
        return DevError(what, tail(self.log), todo, log=self.log)


def free_port(first=0):
    """A free port on 127.0.0.1: the first from ``first`` on, or any."""
    for port in range(first, first + 200) if first else (0,):
        with closing(socket.socket()) as probe:
            # Without it a port stays taken for a minute after its server ended.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise DevError(
        f"No free port between {first} and {first + 200}.",
        "Other programs listen on all of them.",
        "Stop some of them and try again.",
    )


def accepts(port):
    """Whether something listens on this port of 127.0.0.1."""
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
