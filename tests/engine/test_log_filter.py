import logging

from odoo.addons.connector_base.engine.log_filter import HidePathSecret
from odoo.addons.connector_base.engine.masking import MASK


def record_of(message, *args):
    return logging.LogRecord("werkzeug", 20, "", 0, message, args, None)


def said(message, *args):
    record = record_of(message, *args)
    assert HidePathSecret("/hook/").filter(record)
    return record.getMessage()


def test_what_follows_the_path_is_hidden_and_nothing_else():
    assert said('"%s" %s', "POST /hook/abc-D_1 HTTP/1.1", 200) == (
        f'"POST /hook/{MASK} HTTP/1.1" 200'
    )
    assert said("POST /hook/abc?x=1 HTTP/1.1") == f"POST /hook/{MASK}?x=1 HTTP/1.1"
    assert said("GET /hook %s", "/other/abc") == "GET /hook /other/abc"
