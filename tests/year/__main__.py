"""The long form: ``python -m year [customers] [seed] [vendor]``, see ``./dev year``."""

import json
import os
import pathlib
import sys
import tempfile

from odoo.tools import config

CUSTOMERS = 500
SEED = 1
WORKERS = 2
#: Longest seconds for either way, for each customer.
SECONDS_PER_CUSTOMER = 6
#: Differences that are told; their number is told anyway.
MOST_SENTENCES = 200


def main(customers=CUSTOMERS, seed=SEED, provider="stripe"):
    customers, seed = int(customers), int(seed)
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=critical"])
    from .run import year  # addons are found from now on

    folder = pathlib.Path(os.environ.get("CONNECTORS_LOG") or tempfile.mkdtemp())
    path = folder / "year.log"
    with path.open("wb") as log:
        numbers, differences = year(
            customers,
            seed=seed,
            provider=provider,
            log=log,
            seconds=120 + SECONDS_PER_CUSTOMER * customers,
            workers=WORKERS,
            say=lambda sentence: print(sentence, file=sys.stderr, flush=True),
        )
    for sentence in differences[:MOST_SENTENCES]:
        print(sentence, file=sys.stderr)
    print(f"What the workers said: {path}", file=sys.stderr)
    print(json.dumps(numbers))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
