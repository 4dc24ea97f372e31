"""Seals of append-only tables, and the files that an auditor takes along.

A seal covers a stretch of a table's ids. Of each row it holds the SHA-256 of the row's
content; its own hash covers those and the hash of the seal before it, and is signed by
Ed25519 (RFC 8032). Whoever changes, removes or slips in a row without the key is found.

This file imports nothing of Odoo and of its own package. It is a command, too, by which
a file is checked on any machine::

    python3 sealing.py audit.jsonl --key 2f3c…   # key: as Connectors, Audit shows it
"""

import argparse
import hashlib
import json
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

#: What the first line of an exported file calls itself.
EXPORT_FORMAT = "connector-audit/1"
#: What the first seal of a chain follows.
NO_SEAL = "0" * 64
_LEAF = struct.Struct(">Q32s")


# -- content and hashes ----------------------------------------------------------------


def canonical(value):
    """The one spelling of a JSON-like value: sorted keys, no blanks, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def digest(value):
    """:return: SHA-256 of the canonical spelling, in hexadecimal digits"""
    return hashlib.sha256(canonical(value)).hexdigest()


def pack_leaves(leaves):
    """:param leaves: list of ``(id of a row, its digest in hexadecimal digits)``"""
    return b"".join(_LEAF.pack(row_id, bytes.fromhex(leaf)) for row_id, leaf in leaves)


def unpack_leaves(packed):
    """:return: list of ``(id, digest)``; raises ``ValueError`` where it is cut off"""
    if len(packed) % _LEAF.size:
        raise ValueError("the list of rows is cut off")
    return [(row_id, leaf.hex()) for row_id, leaf in _LEAF.iter_unpack(packed)]


def leaves_digest(packed):
    return hashlib.sha256(packed).hexdigest()


def first_difference(sealed, found):
    """Where two lists of leaves differ first.

    :param sealed: ``[(id, digest)]`` as sealed, by id
    :param found: the same as it is now
    :return: ``None``, or ``(id, "missing" | "inserted" | "altered")``
    """
    before, now = dict(sealed), dict(found)
    for row_id in sorted(before.keys() | now.keys()):
        if row_id not in now:
            return row_id, "missing"
        if row_id not in before:
            return row_id, "inserted"
        if before[row_id] != now[row_id]:
            return row_id, "altered"
    return None


# -- signatures ----------------------------------------------------------------------


def new_private_key():
    """:return: the 32 bytes of a new key, in hexadecimal digits; a secret"""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()


def public_key_of(private_hex):
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private_hex)).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(private_hex, hash_hex):
    """Sign a hash; :return: the signature in hexadecimal digits"""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private_hex))
    return key.sign(hash_hex.encode()).hex()


def is_signed(public_hex, hash_hex, signature_hex):
    """Whether a hash bears a signature by that key; anything malformed is none."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        signature = bytes.fromhex(signature_hex)
        key.verify(signature, hash_hex.encode())
    except (InvalidSignature, ValueError, TypeError):
        return False
    # Capital digits would be another spelling of the same.
    return signature.hex() == signature_hex


# -- exported files ------------------------------------------------------------------


class ExportWriter:
    """Spells the lines of a file and signs what it has spelled, line by line.

    The last line signs the hash of all bytes before it, so that no line can be changed,
    removed or added.
    """

    def __init__(self, private_hex):
        self._private = private_hex
        self._hash = hashlib.sha256()
        self._count = 0

    def head(self, about):
        """The first line: what the file holds, and the public key."""
        return self._line(
            {
                "format": EXPORT_FORMAT,
                "public_key": public_key_of(self._private),
                **about,
            }
        )

    def row(self, table, content, seal, sealed_as=None):
        """A line of a row: its content, its hash, its seal's number.

        :param sealed_as: hash with which it was sealed, where what it said about a
            person was erased since
        """
        line = {"table": table, "row": content, "sha256": digest(content), "seal": seal}
        if sealed_as:
            line["erased"] = sealed_as
        return self._line(line)

    def seal(self, header, hash_hex, signature_hex, expired):
        """A line of a seal, by which the chain can be followed without the database."""
        return self._line(
            {
                "sealed": header,
                "sha256": hash_hex,
                "signature": signature_hex,
                "expired": expired,
            }
        )

    def end(self):
        """The last line: how many there are, their hash, and its signature."""
        total = self._hash.hexdigest()
        return (
            canonical(
                {
                    "lines": self._count,
                    "sha256": total,
                    "signature": sign(self._private, total),
                }
            )
            + b"\n"
        )

    def _line(self, value):
        line = canonical(value) + b"\n"
        self._hash.update(line)
        self._count += 1
        return line


def check_export(lines, public_hex=None):
    """Check an exported file line by line; never the whole of it is in memory.

    Seals that follow each other in the file must form a chain, each signed by the key;
    where all rows of a seal are in the file, they must be those that it sealed.

    :param lines: iterable of the file's lines as bytes
    :param public_hex: the key as it was shown; without it, the one that the file names
    :return: dict of ``rows``, ``seals`` and ``whole``, the number of seals whose rows
        are all in the file
    :raises ValueError: with a sentence that says what is wrong, and in which line
    """
    total, count, end = hashlib.sha256(), 0, None
    found = {"rows": 0, "seals": 0, "whole": 0}
    key, chains, leaves = public_hex, {}, {}
    for number, line in enumerate(lines, 1):
        if end is not None:
            raise ValueError(f"Line {number}: something follows the signature.")
        value = _parsed(number, line)
        if number == 1:
            key = _check_head(value, public_hex)
        elif "signature" in value and "lines" in value:
            end = value
            continue
        elif "row" in value:
            if digest(value["row"]) != value.get("sha256"):
                raise ValueError(f"Line {number}: the row was altered.")
            found["rows"] += 1
            if value["seal"]:
                group = leaves.setdefault((value["table"], value["seal"]), [])
                leaf = value.get("erased") or value["sha256"]
                group.append((value["row"]["id"], leaf))
        elif "sealed" in value:
            _check_seal(number, value, key, chains)
            found["seals"] += 1
            found["whole"] += _is_whole(number, value, leaves)
        total.update(line)
        count += 1
    if end is None:
        raise ValueError(
            "The file is cut off: its last line with the signature is gone."
        )
    if (end["lines"], end["sha256"]) != (count, total.hexdigest()):
        raise ValueError("Lines were changed, removed or added: the hash doesn't fit.")
    if not is_signed(key, end["sha256"], end["signature"]):
        raise ValueError("The signature isn't of that key.")
    return found


def _parsed(number, line):
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"Line {number} is no JSON object.")
    if canonical(value) + b"\n" != line:
        raise ValueError(f"Line {number} isn't spelled as it was written.")
    return value


def _check_head(value, public_hex):
    if value.get("format") != EXPORT_FORMAT:
        raise ValueError("Line 1: this is no file of the connectors' audit.")
    if public_hex and value.get("public_key") != public_hex:
        raise ValueError("The file was signed with another key than the one given.")
    return value.get("public_key")


def _check_seal(number, value, key, chains):
    """A seal must be what its hash says, signed, and follow the one before it."""
    header, name = value["sealed"], value["sealed"].get("number")
    if digest(header) != value["sha256"]:
        raise ValueError(f"Line {number}: seal {name} was altered.")
    # A seal of an older key bears that key's name; the chain vouches for it.
    if header.get("key") == key and not is_signed(
        key, value["sha256"], value["signature"]
    ):
        raise ValueError(f"Line {number}: seal {name} isn't signed by the key.")
    before = chains.get(header["table"])
    if before and before["number"] + 1 == header["number"]:
        if header["previous"] != before["sha256"]:
            raise ValueError(f"Line {number}: seal {name} doesn't follow its previous.")
    chains[header["table"]] = {"number": header["number"], "sha256": value["sha256"]}


def _is_whole(number, value, leaves):
    """Whether all rows of a seal have come before it; they must be the sealed ones."""
    header = value["sealed"]
    rows = leaves.pop((header["table"], header["number"]), [])
    if len(rows) != header["count"]:
        return False
    if leaves_digest(pack_leaves(sorted(rows))) != header["rows"]:
        raise ValueError(
            f"Line {number}: the rows are not those of seal {header['number']}."
        )
    return True


def main(argv=None):
    """Check a file from the command line; :return: the exit status"""
    parser = argparse.ArgumentParser(description="Check an exported audit file.")
    parser.add_argument("file")
    parser.add_argument("--key", help="public key that Connectors, Audit shows")
    options = parser.parse_args(argv)
    try:
        with open(options.file, "rb") as lines:
            found = check_export(lines, options.key)
    except (ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"NOT GOOD: {error}\n")
        return 1
    named = "" if options.key else " (by the key that the file itself names)"
    sys.stdout.write(
        f"good{named}: {found['rows']} rows, {found['seals']} seals,"
        f" {found['whole']} of them whole\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
