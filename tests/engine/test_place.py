"""Where a database is, and whether that is where its connections were armed."""

import dataclasses

import pytest

from odoo.addons.connector_base.engine.place import Pin, Place, host_of

HERE = Place(uuid="u", server="1", database="prod", host="erp.example.com")
PIN = Pin(uuid="u", server="1", database="prod", hosts=("erp.example.com", "10.0.0.5"))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://erp.example.com", "erp.example.com"),
        ("http://ERP.example.com/odoo?db=prod", "erp.example.com"),
        ("http://localhost:8069", "localhost:8069"),
        ("https://user:secret@erp.example.com:8443/", "erp.example.com:8443"),
        ("production", "production"),
        ("http://[::1]:8069", "[::1]:8069"),
        ("two words", "twowords"),
        ("http://[broken", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_host_is_what_people_and_vendors_reach(address, host):
    assert host_of(address) == host


def test_the_place_that_it_was_armed_for_differs_in_nothing():
    assert PIN.differing(HERE) == ()
    assert PIN.differing(dataclasses.replace(HERE, host="10.0.0.5")) == ()


@pytest.mark.parametrize("part", ["uuid", "server", "database", "host"])
def test_each_part_makes_another_place(part):
    assert PIN.differing(dataclasses.replace(HERE, **{part: "2"})) == (part,)


def test_a_server_that_one_side_does_not_know_says_nothing():
    assert PIN.differing(dataclasses.replace(HERE, server=None)) == ()
    unknown = dataclasses.replace(PIN, server=None)
    assert unknown.differing(HERE) == ()
