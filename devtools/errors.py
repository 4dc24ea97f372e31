"""The one exception a person gets to see."""

import re
import textwrap

# Lines that say nothing about what went wrong.
CHATTER = re.compile(
    r"^Traceback \(most recent|^During handling of the above|^The above exception"
    r"| (INFO|DEBUG) "
)

# How apt, git, pip and Python begin the lines that count.
MARKED = re.compile(r"(E|ERROR|error|fatal|FATAL|[\w.]+(Error|Exception)): ")


class DevError(Exception):
    """Something did not work: what, why, and what to do about it.

    Each part is one plain sentence; ``log`` is the path of the full output.
    """

    def __init__(self, what, why="", todo="", log=None):
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo
        self.log = log

    def lines(self):
        """The error as readable lines, without a traceback."""
        lines = [f"Error: {self.what}"]
        if self.why:
            lines += _labelled("Why:   ", self.why)
        if self.todo:
            lines += _labelled("To do: ", self.todo)
        if self.log:
            lines.append(f"Log:   {self.log}")
        return lines


def _labelled(label, text):
    first, *rest = text.strip().splitlines() or [""]
    return [label + first] + [" " * len(label) + line for line in rest]


class Terminated(KeyboardInterrupt):
    """This process alone was asked to end, unlike by Ctrl-C, which all get."""


def gist(text, lines=12):
    """What a program's output says of its failure: not frames, not chatter."""
    kept = [line.rstrip() for line in _without_frames(text.splitlines())]
    # Where errors are marked as such they say it all.
    kept = [line for line in kept if MARKED.match(line)] or kept
    return "\n".join(textwrap.shorten(line, 300) for line in kept[-lines:])


def _without_frames(lines):
    """The lines but for tracebacks' frames, chatter and empty ones."""
    in_frame = False
    for line in lines:
        if re.match(r'\s*File ".*", line \d+', line):
            in_frame = True
        elif not (in_frame and line.startswith("    ")):  # a frame's source line
            in_frame = False
            if line.strip() and not CHATTER.search(line):
                yield line


def tail(path, lines=12):
    """The gist of a log file, or an empty string when it can't be read."""
    try:
        return gist(path.read_text(encoding="utf-8", errors="replace"), lines)
    except OSError:
        return ""
