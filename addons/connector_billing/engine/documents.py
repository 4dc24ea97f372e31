"""What makes two versions of a vendor's document the same one in the books."""

import hashlib
from decimal import Decimal

#: What of a line is booked, as texts.
LINE_KEYS = ("id", "description", "product", "period_start", "period_end")
LINE_AMOUNTS = ("quantity", "amount")


def plain(amount):
    """An amount without its spelling: ``10`` and ``10.00`` are the same."""
    return "" if amount is None else str(Decimal(amount).normalize() + 0)


def content_digest(*head, lines):
    """Changes only when what is booked of a document does.

    :param head: what its first page says: number, dates, currency, total
    :param lines: list of ``shapes.Line``
    """
    body = [
        (
            *(line[key] or "" for key in LINE_KEYS),
            *(plain(line[key]) for key in LINE_AMOUNTS),
            *((d["coupon"] or "", plain(d["amount"])) for d in line["discounts"]),
            *(
                (tax["tax"], plain(tax["amount"]), tax["inclusive"])
                for tax in line["taxes"]
            ),
        )
        for line in lines
    ]
    text = repr((tuple(map(str, head)), body))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
