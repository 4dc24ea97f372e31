"""Progress on standard error, so that standard output carries results only."""

import sys
import time
from contextlib import contextmanager

# Where nobody watches a terminal a line is written at most this often.
SECONDS_BETWEEN_LINES = 10


class Step:
    """One line of progress: what is being done, its state, the time it took."""

    def __init__(self, title, stream=None):
        self.title = title
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.started = self.last_line = time.monotonic()
        self.result = "done"
        self.mark = "ok"

    @property
    def seconds(self):
        return time.monotonic() - self.started

    def say(self, text):
        """Show what is going on: at once on a terminal, now and then elsewhere."""
        line = f"  ..  {self.title}: {text} ({self.seconds:.0f} s)"
        if self.live:
            self._write("\r\033[K" + line[:110])
        elif time.monotonic() - self.last_line >= SECONDS_BETWEEN_LINES:
            self.last_line = time.monotonic()
            self._write(line + "\n")

    def end(self, mark, text):
        start = "\r\033[K" if self.live else ""
        line = f"  {mark:<4}{self.title}: {text} ({self.seconds:.1f} s)"
        self._write(f"{start}{line}\n")

    def _write(self, text):
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # the reader has gone; the work goes on
            pass


@contextmanager
def step(title):
    """Show one step of the work; its ``result`` and ``mark`` tell what came of it."""
    current = Step(title)
    if current.live:
        current.say("...")
    try:
        yield current
    except BaseException as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        current.end("--", "interrupted" if interrupted else "failed")
        raise
    current.end(current.mark, current.result)


def note(text):
    """A line of its own for the person who watches."""
    print(text, file=sys.stderr, flush=True)
