"""Requests go to the public network, however an address is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.networks import may_be_reached, parse_networks

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
    *("255.255.255.255", "240.0.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    # Those of IPv4 in the clothes of IPv6: mapped, translated, 6to4, Teredo.
    *("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:5601:5601"),
)
PUBLIC = ("1.1.1.1", "185.199.108.1", "2606:4700::1111", "::ffff:1.1.1.1")


@pytest.mark.parametrize("address", PRIVATE)
def test_what_only_this_server_reaches_is_not_reached(address):
    assert not may_be_reached(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_network_is_reached(address):
    assert may_be_reached(address)


def test_what_is_allowed_is_reached_and_nothing_beside_it():
    allowed = parse_networks("10.1.0.0/16, ::1 fd00::/8")

    assert may_be_reached("10.1.2.3", allowed)
    assert may_be_reached("::ffff:10.1.2.3", allowed)
    assert may_be_reached("::1", allowed)
    assert not may_be_reached("10.2.0.1", allowed)
    assert not may_be_reached("127.0.0.1", allowed)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "localhost", "*"])
def test_a_list_that_means_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_networks(text)


@given(st.text(max_size=40))
def test_what_is_no_address_is_not_reached(text):
    assert may_be_reached(text) in (True, False)


@given(st.ip_addresses(v=4))
def test_the_clothes_of_ipv6_change_nothing(address):
    assert may_be_reached(f"::ffff:{address}") == may_be_reached(str(address))
