"""Stripe's published OpenAPI document and fixtures, which are no part of the project.

Tests that need them are skipped where they aren't beside it.
"""

import functools
import json
import re
from pathlib import Path

import pytest

PLACES = [parent / "shared" / "specs" for parent in Path(__file__).parents]
WHY = "sample data: Stripe's specification is not beside the project"


@functools.cache
def _load(name):
    found = [place / name for place in PLACES if (place / name).is_file()]
    return json.loads(found[0].read_text(encoding="utf-8")) if found else None


def specification():
    """The OpenAPI document of 2023-08-16, before basil."""
    return _load("stripe.json") or pytest.skip(WHY)


def fixtures():
    """``{object: an example of 2026-08}``, after basil."""
    found = _load("stripe_fixtures3.json") or pytest.skip(WHY)
    return found["resources"]


class Specification:
    """Says what of a request the document doesn't know."""

    def __init__(self):
        self.paths = specification()["paths"]

    def problems(self, method, path, names):
        """Texts; none where the request is as it should be.

        :param names: names of parameters, nested ones as ``created[gte]``
        """
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} isn't there"]
        query = {each["name"] for each in operation.get("parameters") or []}
        body = operation.get("requestBody") or {}
        for content in (body.get("content") or {}).values():
            query |= set(content["schema"].get("properties") or {})
        return [
            f"{method} {path} doesn't know {name}"
            for name in names
            if name.partition("[")[0] not in query
        ]

    def _operation(self, method, path):
        for template, operations in self.paths.items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, f"/{path}") and method.lower() in operations:
                return operations[method.lower()]
        return None
