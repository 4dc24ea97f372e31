"""Answers of HubSpot's API, as readers, writers and descriptions take them."""

from odoo.addons.connector_base.engine.answers import listed

from .errors import VENDOR


def results(data):
    """The records of an answer; see ``engine.answers.listed``.

    ``results`` is there whenever an answer is a list, empty or not. [S] OpenAPI of all
    areas: a required property of each collection and batch
    """
    return listed(VENDOR, data, "results")
