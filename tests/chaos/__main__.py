"""The long form: ``python -m chaos [jobs] [seed]``, see ``./dev chaos``."""

import json
import os
import pathlib
import sys
import tempfile

from odoo.modules.registry import Registry
from odoo.tools import config

from .run import chaos

JOBS = 2000
#: Longest seconds for each job until the changes end: the run must.
SECONDS_PER_JOB = 0.6


def main(jobs=JOBS, seed=None):
    jobs = int(jobs)
    seed = int.from_bytes(os.urandom(2)) if seed is None else int(seed)
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=critical"])
    database = os.environ["CONNECTORS_DB"]
    Registry(database)
    folder = pathlib.Path(os.environ.get("CONNECTORS_LOG") or tempfile.mkdtemp())
    path = folder / "chaos.log"
    with path.open("wb") as log:
        numbers, findings = chaos(
            database, jobs, seed=seed, log=log, seconds=60 + SECONDS_PER_JOB * jobs
        )
    for sentence in findings.all():
        print(sentence, file=sys.stderr)
    print(f"What the workers said: {path}", file=sys.stderr)
    print(json.dumps({"chaos": seed, **numbers}))
    wrong = numbers["lost"] or numbers["doubled"] or numbers["stuck"]
    return 1 if wrong or not numbers["kills"] or numbers["jobs"] < jobs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
