"""Where a database is, and whether that is where its connections were armed.

A copy has all that the original has, keys of vendors included. What it can't have at
the same time is the original's place: the same name in the same PostgreSQL server,
under the same uuid and address.
"""

import dataclasses
import urllib.parse

#: Parts of a place in which it may differ from a pin, the surest first.
UUID, SERVER, DATABASE, HOST = PARTS = ("uuid", "server", "database", "host")


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a database is now.

    :param uuid: its parameter ``database.uuid``, which Odoo makes anew for a duplicate
    :param server: ``system_identifier`` of the PostgreSQL server, the same for its
        standbys and for no other one; ``None`` where it isn't told
    :param database: its name in that server
    :param host: under which people and vendors reach it, with a port that isn't the
        usual one
    """

    uuid: str
    server: str | None
    database: str
    host: str


@dataclasses.dataclass(frozen=True, slots=True)
class Pin:
    """Where a connection was armed: a :class:`Place` with each host it is known by."""

    uuid: str
    server: str | None
    database: str
    hosts: tuple[str, ...]

    def differing(self, place):
        """The parts in which ``place`` is another one; empty where it is the same.

        A server that either side doesn't tell says nothing.
        """
        different = {
            UUID: self.uuid != place.uuid,
            SERVER: bool(self.server and place.server) and self.server != place.server,
            DATABASE: self.database != place.database,
            HOST: place.host not in self.hosts,
        }
        return tuple(part for part in PARTS if different[part])


def host_of(address):
    """Host of an address as people enter it, in small letters; "" where it has none.

    >>> host_of("https://erp.example.com/"), host_of("http://localhost:8069")
    ('erp.example.com', 'localhost:8069')

    A name alone is a host, too. What is in it besides can't be part of a list of hosts.
    """
    text = (address or "").strip()
    try:
        netloc = urllib.parse.urlsplit(text if "//" in text else f"//{text}").netloc
    except ValueError:
        return ""
    return "".join(netloc.rpartition("@")[2].lower().split())
