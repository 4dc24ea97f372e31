"""Where requests may go: to the public network, and what the server's owner allows.

Addresses of vendors are configurable, and what a name means is decided by whoever owns
it. Without a guard, Odoo could be made to ask what only it can reach: services of the
internal network, or the metadata of a cloud, which hold the machine's own credentials.
The address is therefore looked at where it can't change any more, at the open
connection and before a byte is sent; and once before that, so that nothing of the
internal network is even knocked at.

A proxy of the environment (``HTTPS_PROXY``) connects in our place and decides for
itself; of addresses without a name we look all the same.
"""

import functools
import logging
import os
import socket
import urllib.parse

import requests
import urllib3

from odoo import tools

from ..engine import networks

_logger = logging.getLogger(__name__)

#: Networks that may be reached although they are not public: of the environment, else
#: of ``odoo.conf``. Not of the database: who administers that doesn't own the server.
VARIABLE = "ODOO_CONNECTOR_PRIVATE_NETWORKS"
OPTION = "connector_private_networks"


class RefusedAddress(Exception):
    """A request would go where none may."""


def allowed_networks():
    """:return: tuple of ``ipaddress`` networks"""
    return _parse(os.environ.get(VARIABLE) or tools.config.get(OPTION) or "")


@functools.lru_cache(maxsize=8)
def _parse(text):
    try:
        return networks.parse_networks(text)
    except ValueError as error:
        _logger.error("%s allows no network: %s", OPTION, error)
        return ()


def check(address):
    """:raises RefusedAddress: where no request may go to the address"""
    if not networks.may_be_reached(address, allowed_networks()):
        raise RefusedAddress(address)


def check_literal(url):
    """Look at the host of a URL where it is an address and not a name.

    :raises RefusedAddress: where no request may go there
    """
    host = urllib.parse.urlsplit(url).hostname or ""
    if networks.parse_address(host) is not None:
        check(host)


class _Guarded:
    """A connection that is given up at once where it leads to a refused address."""

    def _new_conn(self):
        self._look_up()
        connection = super()._new_conn()
        try:
            # What the name means now may not be what it meant a moment ago.
            check(connection.getpeername()[0])
        except BaseException:
            connection.close()
            raise
        return connection

    def _look_up(self):
        """Refuse a name with any refused address, so that none of them is tried."""
        host = self.host.strip("[]")
        try:
            host.encode("idna")
            found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            # No name, or none that is known: connecting says so.
            return
        for *_kind, address in found:
            check(address[0])


class _Connection(_Guarded, urllib3.connection.HTTPConnection):
    pass


class _SecureConnection(_Guarded, urllib3.connection.HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class GuardedAdapter(requests.adapters.HTTPAdapter):
    """Sends requests to addresses that they may go to.

    :raises RefusedAddress: where one may not
    """

    def init_poolmanager(self, *args, **options):
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _Pool,
            "https": _SecurePool,
        }

    def send(self, request, **options):
        check_literal(request.url)
        return super().send(request, **options)
