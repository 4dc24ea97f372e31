"""The command line of ./dev."""

import os
import signal
import sys

from .errors import DevError, Terminated

USAGE = """\
usage: ./dev COMMAND [ARGUMENT...]

  demo [--once]        Odoo with the suite, connected to a simulated vendor
  test [ARGUMENT...]   all tests, or what pytest's arguments choose
  lint [--fix]         ruff, pylint-odoo, prettier and the translation files
  odoo [ARGUMENT...]   odoo-bin with this project's configuration
  simulators           the simulated vendors alone, in the foreground
  bench NAME ...       tests/benchmarks/bench_NAME.py in a fresh database
  chaos [JOBS] [SEED]  workers die, the vendor fails: is anything lost?
  hostile [NUMBER]     malformed webhooks and answers: is any of them a 500?
  year [CUSTOMERS] [SEED]  a year of billing: do the books say what was billed?
  desk [VENDOR]        a large support desk, read and written within its limits
  status               what runs, and where
  stop                 end everything that ./dev started
  reset [--all]        stop, and delete databases and data; with --all also
                       .venv and Odoo (downloads stay in the cache folder)
"""


def main(arguments):
    """Run one command; returns the exit code. Errors are told in plain lines."""
    signal.signal(signal.SIGTERM, _on_terminate)
    for stream in (sys.stdout, sys.stderr):  # whatever the locale can't say
        stream.reconfigure(errors="replace")
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0 if arguments else 2
    try:
        return _command(arguments[0])(arguments[1:]) or 0
    except DevError as error:
        print("\n" + "\n".join(error.lines()), file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted. ./dev status tells what still runs.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone: nothing more to say, to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        lines = DevError(
            "The system refused something.",
            str(error),
            "Check the free space on the disk and who owns this folder's files.",
        ).lines()
        print("\n" + "\n".join(lines), file=sys.stderr)
    return 1


def _on_terminate(_number, _frame):
    raise Terminated


def _command(name):
    """The function of a command; modules are loaded when they are asked for."""
    if name == "test":
        from .testing import main
    elif name == "demo":
        from .demo import main
    elif name == "lint":
        from .lint import main
    elif name == "odoo":
        from .server import odoo_command as main
    elif name == "simulators":
        from .simulators import main
    elif name == "bench":
        from .bench import main
    elif name == "chaos":
        from .chaos import main
    elif name == "hostile":
        from .hostile import main
    elif name == "year":
        from .year import main
    elif name == "desk":
        from .desk import main
    elif name == "status":
        from .housekeeping import status as main
    elif name == "stop":
        from .housekeeping import stop as main
    elif name == "reset":
        from .housekeeping import reset as main
    else:
        raise DevError(
            f"There is no command {name!r}.", todo="./dev --help lists the commands."
        )
    return main
