"""Settlement files: what a payment system says in a table of what it has paid out.

Sources of the Stripe preset: https://docs.stripe.com/reports/payout-reconciliation and
https://docs.stripe.com/reports/report-types/payout-reconciliation (report
``payout_reconciliation.itemized.5``) for the columns, and
https://docs.stripe.com/reports/reporting-categories for the categories. Amounts are in
major units of the currency of the balance; times are UTC where the column says so.
"""

import collections
import csv
import dataclasses
import datetime
import decimal
import hashlib
import io

from dateutil import parser as date_parser

#: What a column may hold, and whether a file must have it.
COLUMNS = {
    "key": False,
    "date": True,
    "type": True,
    "reference": False,
    "gross": True,
    "fee": False,
    "net": False,
    "currency": True,
    "payout": False,
    "payout_date": False,
    "description": False,
    "source_amount": False,
    "source_currency": False,
}
#: Preset -> what a column holds -> how files call it, the best name first.
PRESETS = {
    "stripe": {
        "key": ("balance_transaction_id",),
        "date": ("created_utc", "created"),
        "type": ("reporting_category",),
        "reference": ("source_id", "charge_id"),
        "gross": ("gross",),
        "fee": ("fee",),
        "net": ("net",),
        "currency": ("currency",),
        "payout": ("automatic_payout_id",),
        "payout_date": (
            "automatic_payout_effective_at_utc",
            "automatic_payout_effective_at",
        ),
        "description": ("description",),
        "source_amount": ("customer_facing_amount",),
        "source_currency": ("customer_facing_currency",),
    },
    "generic": {
        "key": ("id", "key", "transaction id", "transaction_id"),
        "date": ("date", "created"),
        "type": ("type", "kind"),
        "reference": ("reference", "source", "payment id"),
        "gross": ("gross", "amount"),
        "fee": ("fee", "fees"),
        "net": ("net",),
        "currency": ("currency",),
        "payout": ("payout id", "payout_id", "payout"),
        "payout_date": ("payout date", "payout_date"),
        "description": ("description",),
        "source_amount": ("source amount", "source_amount"),
        "source_currency": ("source currency", "source_currency"),
    },
}
#: Word of a file -> kind of ``connector.balance.transaction``. Lower case.
KINDS = {
    "charge": "charge",
    "payment": "charge",
    "sale": "charge",
    "charge_failure": "refund",
    "refund": "refund",
    "partial_capture_reversal": "refund",
    "refund_failure": "refund_failure",
    "dispute": "dispute",
    "chargeback": "dispute",
    "dispute_reversal": "dispute_reversal",
    "chargeback_reversal": "dispute_reversal",
    "fee": "fee",
    "network_cost": "fee",
    "tax": "fee",
    "payout": "payout",
    "payout_reversal": "payout_failure",
    "payout_failure": "payout_failure",
    "conversion": "conversion",
    "adjustment": "adjustment",
    "other_adjustment": "adjustment",
}
#: Kind -> field that keeps the reference of a row of this kind.
REFERENCE_OF = {
    "charge": "payment",
    "refund": "refund",
    "refund_failure": "refund",
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "payout_failure": "failed_payout",
}
#: Words that name a payment although the row is of another kind.
OF_PAYMENT = frozenset({"charge_failure", "partial_capture_reversal"})
#: What separates columns.
DELIMITERS = ",;\t|"


@dataclasses.dataclass(slots=True)
class Row:
    """A row that could be read.

    :param number: of the line in the file, the header being 1
    :param key: by which the row is known again, in this file and in others
    :param amount, fee, net: ``Decimal`` in major units, signed as the balance moves;
        the fee is positive where it is taken
    :param occurred_at: naive UTC
    :param refers: ``{name of the reference: id}``
    """

    number: int
    key: str
    kind: str
    amount: decimal.Decimal
    fee: decimal.Decimal
    net: decimal.Decimal
    currency: str
    occurred_at: datetime.datetime
    payout: str | None = None
    payout_date: datetime.date | None = None
    description: str | None = None
    source_amount: decimal.Decimal | None = None
    source_currency: str | None = None
    refers: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class BadRow:
    """A row that could not be read.

    :param code: ``no_date``, ``no_amount``, ``no_currency``, ``unknown_type``,
        ``net_differs`` or ``twice``
    :param value: what the file has there
    """

    number: int
    code: str
    value: str


class BadFile(ValueError):
    """The file as a whole can't be read.

    :param code: ``empty``, ``encoding`` or ``columns``
    :param value: the columns that are missing
    """

    def __init__(self, code, value=""):
        super().__init__(code)
        self.code = code
        self.value = value


def guess_columns(preset, headers):
    """Which header holds what, by a preset.

    :return: ``{what: header}`` of what was found
    """
    known = {header.strip().lower(): header for header in headers}
    found = {}
    for what, names in PRESETS[preset].items():
        name = next((name for name in names if name in known), None)
        if name:
            found[what] = known[name]
    return found


def read_table(content):
    """Header and rows of a file.

    :param content: bytes, UTF-8 with or without mark, or Latin-1
    :return: ``(list of headers, list of dict)``
    :raises BadFile: where it is no table
    """
    if b"\x00" in content:
        raise BadFile("encoding")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if not text.strip():
        raise BadFile("empty")
    head = text.splitlines()[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    rows = list(reader)
    if not rows:
        raise BadFile("empty")
    return [name for name in reader.fieldnames or () if name], rows


def read_rows(rows, columns, *, decimal_comma=False):
    """The rows of a file, and those that can't be read.

    :param rows: as of :func:`read_table`
    :param columns: ``{what: header}``, as of :func:`guess_columns`
    :param decimal_comma: amounts are written ``1.234,50``
    :return: ``(list of Row, list of BadRow)``
    :raises BadFile: where a column is missing that it can't be without
    """
    missing = [what for what, must in COLUMNS.items() if must and not columns.get(what)]
    if missing:
        raise BadFile("columns", ", ".join(missing))
    good, bad, seen = [], [], collections.Counter()
    for number, raw in enumerate(rows, 2):
        cells = {
            what: (raw.get(header) or "").strip()
            for what, header in columns.items()
            if header
        }
        if not any(cells.values()):
            continue
        try:
            row = _read_row(number, cells, decimal_comma)
        except _Unreadable as error:
            bad.append(BadRow(number, error.code, error.value))
            continue
        own = bool(row.key)
        if not own:
            row.key = _digest(cells)
        seen[row.key] += 1
        if seen[row.key] > 1:
            if own:
                bad.append(BadRow(number, "twice", row.key))
                continue
            # The very same row again is another one: files without ids tell by order.
            row.key = f"{row.key}-{seen[row.key]}"
        good.append(row)
    return good, bad


class _Unreadable(ValueError):
    def __init__(self, code, value):
        super().__init__(code)
        self.code = code
        self.value = value


def _read_row(number, cells, decimal_comma):
    def amount(what, default=None):
        text = cells.get(what, "")
        if not text and default is not None:
            return default
        return _amount(text, decimal_comma)

    word = cells["type"].lower().replace(" ", "_")
    if word not in KINDS:
        raise _Unreadable("unknown_type", cells["type"])
    kind = KINDS[word]
    gross = amount("gross")
    fee = amount("fee", decimal.Decimal(0))
    if fee < 0 and kind != "fee" and cells.get("net"):
        # Some write what is taken as a negative amount.
        taken = gross + fee == _amount(cells["net"], decimal_comma)
        fee = -fee if taken else fee
    net = amount("net", gross - fee)
    if gross - fee != net:
        raise _Unreadable("net_differs", cells.get("net", ""))
    currency = cells["currency"].upper()
    if len(currency) != 3 or not currency.isalpha():
        raise _Unreadable("no_currency", cells["currency"])
    row = Row(
        number=number,
        key=cells.get("key", ""),
        kind=kind,
        amount=gross,
        fee=fee,
        net=net,
        currency=currency,
        occurred_at=_moment(cells["date"]),
        payout=cells.get("payout") or None,
        description=cells.get("description") or None,
    )
    if cells.get("payout_date"):
        row.payout_date = _moment(cells["payout_date"]).date()
    source = (cells.get("source_currency") or "").upper()
    if source and source != currency and cells.get("source_amount"):
        row.source_currency = source
        # What customers see is written without its direction.
        size = abs(amount("source_amount"))
        row.source_amount = -size if gross < 0 else size
    if cells.get("reference"):
        name = "payment" if word in OF_PAYMENT else REFERENCE_OF.get(kind)
        if name:
            row.refers[name] = cells["reference"]
    return row


def _amount(text, decimal_comma):
    plain = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    if decimal_comma:
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        number = decimal.Decimal(plain)
    except decimal.InvalidOperation:
        raise _Unreadable("no_amount", text) from None
    if not number.is_finite():
        raise _Unreadable("no_amount", text)
    return number


def _moment(text):
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = date_parser.parse(text, dayfirst="." in text)
        except (ValueError, OverflowError):
            raise _Unreadable("no_date", text) from None
    if moment.tzinfo:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return moment


def _digest(cells):
    text = "\x1f".join(f"{what}={cells[what]}" for what in sorted(cells))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def payouts_of(rows):
    """What the rows say of payouts: a file names transactions, not the payouts.

    :return: ``{payout id: (net as Decimal, currency or None where they differ, day or
        None)}``
    """
    found = {}
    for row in rows:
        if not row.payout or row.kind == "payout":
            continue
        net, currency, day = found.get(
            row.payout, (decimal.Decimal(0), row.currency, None)
        )
        currency = currency if currency == row.currency else None
        found[row.payout] = (net + row.net, currency, row.payout_date or day)
    return found
