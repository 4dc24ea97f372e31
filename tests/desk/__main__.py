"""The long form: ``python -m desk VENDOR [numbers]``, see ``./dev desk``."""

import json
import os
import sys

from odoo.tools import config

ORGANIZATIONS, USERS, TICKETS = 2_000, 20_000, 50_000
#: Organizations that go out at once, for each that is there.
PUSHED = 2.5
#: Longest real seconds of a step: for all that is around it, and for each ticket.
SECONDS, SECONDS_PER_TICKET = 300, 0.05
#: Differences that are told; their number is told anyway.
MOST_SENTENCES = 200


def main(provider="zendesk", organizations=ORGANIZATIONS, users=USERS, tickets=TICKETS):
    organizations, users, tickets = int(organizations), int(users), int(tickets)
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=critical"])
    from .run import desk  # addons are found from now on

    numbers, differences = desk(
        provider,
        organizations,
        users,
        tickets,
        pushed=int(organizations * PUSHED),
        seconds=SECONDS + SECONDS_PER_TICKET * tickets,
        say=lambda sentence: print(sentence, file=sys.stderr, flush=True),
    )
    for sentence in differences[:MOST_SENTENCES]:
        print(sentence, file=sys.stderr)
    print(json.dumps(numbers))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
