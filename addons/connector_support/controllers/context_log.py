"""Keeps tokens and e-mail addresses of the read API out of the server's access log."""

import logging
import re

ADDRESS = re.compile(r"(/connector/context/)[^\s\"\x1b]+")


def masked(text):
    return ADDRESS.sub(r"\1***", text)


class MaskAddress(logging.Filter):
    """Masks the address of a request where the server logs it."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(
                masked(value) if isinstance(value, str) else value
                for value in record.args
            )
        if isinstance(record.msg, str):
            record.msg = masked(record.msg)
        return True


# Werkzeug writes the line of each request here, query string included.
logging.getLogger("werkzeug").addFilter(MaskAddress())
