"""Which addresses of the network requests may go to.

Special ranges: IANA's registries of special-purpose addresses (RFC 6890), as Python's
``ipaddress`` knows them; shared address space (RFC 6598) and multicast are none of the
public network either. Clouds serve the credentials of a machine at link-local ones.
"""

import ipaddress

#: Prefix behind which a translator reaches IPv4 (RFC 6052, 2.1).
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def parse_networks(text):
    """Networks of a list with commas or spaces between them.

    >>> parse_networks("10.1.0.0/16, ::1")
    (IPv4Network('10.1.0.0/16'), IPv6Network('::1/128'))

    :raises ValueError: where one is none
    """
    parts = (text or "").replace(",", " ").split()
    return tuple(ipaddress.ip_network(part) for part in parts)


def parse_address(text):
    """An address as text, or ``None`` where it is a name.

    :return: ``ipaddress.IPv4Address`` or ``IPv6Address``; of one of IPv6 that stands
        for one of IPv4, that one
    """
    try:
        # A zone says by which of our own interfaces: no part of the address.
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if address.version == 4:
        return address
    if address in NAT64:
        return ipaddress.ip_address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo and address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address


def may_be_reached(text, allowed=()):
    """Whether requests may go to an address.

    :param text: address of IPv4 or IPv6, not a name
    :param allowed: networks that may be reached although they are not public
    """
    address = parse_address(text)
    if address is None:
        return False
    if any(
        address in network for network in allowed if network.version == address.version
    ):
        return True
    return address.is_global and not address.is_multicast
