"""Create, update, upsert and delete of single records, and of collections of them.

A collection answers 200 with one result a record in their order, whatever became of
them; 400 only when the request itself cannot be read.
[S resources-composite-sobjects-collections]
"""

from ..routing import Reply
from . import facts
from .bodies import body_of
from .errors import SalesforceError, not_found
from .reading import several


class Writing:
    """Handlers that change records."""

    def __init__(self, store):
        self.store = store
        self.checks = store.checks

    def routes(self):
        """(method, path below the version, handler)."""
        one = "/sobjects/{object}/{id}"
        external = "/sobjects/{object}/{field}/{value}"
        many = "/composite/sobjects"
        return [
            ("POST", "/sobjects/{object}", self.create),
            ("PATCH", one, self.update),
            ("DELETE", one, self.delete),
            ("PATCH", external, self.upsert),
            ("DELETE", external, self.delete_by_field),
            ("POST", many, self.create_many),
            ("PATCH", many, self.update_many),
            ("DELETE", many, self.delete_many),
            ("PATCH", many + "/{object}/{field}", self.upsert_many),
        ]

    # One record

    def create(self, request):
        """201 with the id."""
        kind = self.store.schema.require(request.params["object"])
        given = body_of(request)
        with self.store.transaction():
            made = self.checks.create(kind, given, allow_save=allow_save(request))
        return Reply(201, {"id": made, "success": True, "errors": []})

    def update(self, request):
        """204; 404 for an unknown or deleted id."""
        kind = self.store.schema.require(request.params["object"])
        given = body_of(request)
        with self.store.transaction():
            row = self.store.row(kind, request.params["id"])
            self.checks.update(kind, row, given, allow_save=allow_save(request))
        return Reply(204)

    def delete(self, request):
        """204; 404 for an unknown or deleted id."""
        kind = self.store.schema.require(request.params["object"])
        with self.store.transaction():
            self.checks.delete(kind, request.params["id"])
        return Reply(204)

    def upsert(self, request):
        """201 created, 200 updated, 300 with the addresses of several that match;
        `updateOnly=true`: 404 instead of creating. [S dome-upsert] Before version 46.0
        an update is a 204 and `created` is not told. [S dome_upsert, 212.0 and ja]"""
        kind = self.store.schema.require(request.params["object"])
        name, value = request.params["field"], request.params["value"]
        given = body_of(request)
        field = kind.find(name)
        if field is not None and any(each.lower() == name.lower() for each in given):
            raise SalesforceError(
                "INVALID_FIELD",
                f"The {field.name} field should not be specified in the sobject data.",
            )
        name = field.name if field else name
        try:
            with self.store.transaction():
                made, created = self.checks.upsert(
                    kind, name, value, given, allow_save=allow_save(request)
                )
                if created and (request.first("updateOnly") or "").lower() == "true":
                    raise not_found()
        except SalesforceError as error:
            if error.status != 300:
                raise
            return several(kind, error.more["matches"], request.params["version"])
        body = {"id": made, "success": True, "errors": [], "created": created}
        if int(request.params["version"][1:-2]) < facts.UPSERT_TELLS:
            del body["created"]
            return Reply(201, body) if created else Reply(204)
        return Reply(201 if created else 200, body)

    def delete_by_field(self, request):
        """204 by an external id."""
        kind = self.store.schema.require(request.params["object"])
        with self.store.transaction():
            found = self.checks.by_external_id(
                kind, request.params["field"], request.params["value"]
            )
            if not found:
                raise not_found()
            if len(found) > 1:
                matches = [row["Id"] for row in found]
                return several(kind, matches, request.params["version"])
            self.checks.delete(kind, found[0]["Id"])
        return Reply(204)

    # Collections

    def create_many(self, request):
        """Up to 200 records of any types."""
        records, all_or_none = self._records(request)
        allow = allow_save(request)

        def write(record):
            kind = self._type(record)
            return {"id": self.checks.create(kind, record, allow_save=allow)}

        return self._each(records, all_or_none, write)

    def update_many(self, request):
        """Up to 200 records, each with its id."""
        records, all_or_none = self._records(request)
        allow = allow_save(request)

        def write(record):
            kind = self._type(record)
            given = dict(record)
            record_id = given.pop("id", None) or given.pop("Id", None)
            if not record_id:
                raise SalesforceError(
                    "MISSING_ARGUMENT", "Id not specified in an update call"
                )
            row = self._row(kind, record_id)
            self.checks.update(kind, row, given, allow_save=allow)
            return {"id": row["Id"]}

        return self._each(records, all_or_none, write)

    def upsert_many(self, request):
        """Up to 200 records of one type by an external id."""
        kind = self.store.schema.require(request.params["object"])
        records, all_or_none = self._records(request)
        allow = allow_save(request)
        field = kind.find(request.params["field"])
        if field is None or not (field.external_id or field.name == "Id"):
            raise not_found(
                "Provided external ID field does not exist or is not accessible: "
                f"{request.params['field']}"
            )
        name = field.name

        def write(record):
            if self._type(record) is not kind:
                raise SalesforceError("INVALID_TYPE", "records of one type are needed")
            given = {k: v for k, v in record.items() if k.lower() != name.lower()}
            value = next((record[k] for k in record if k.lower() == name.lower()), None)
            if value in (None, ""):
                raise SalesforceError(
                    "MISSING_ARGUMENT", f"{name} not specified", [name]
                )
            made, created = self.checks.upsert(
                kind, name, value, given, allow_save=allow
            )
            return {"id": made, "created": created}

        return self._each(records, all_or_none, write)

    def delete_many(self, request):
        """Up to 200 ids of a query parameter."""
        listed = request.listed("ids")
        check_size(listed)
        all_or_none = (request.first("allOrNone") or "false").lower() == "true"

        def write(record_id):
            kind = self.store.schema.of_id(record_id)
            if kind is None:
                raise SalesforceError("MALFORMED_ID", f"malformed id {record_id}")
            self._row(kind, record_id)
            self.checks.delete(kind, record_id)
            return {"id": record_id}

        return self._each(listed, all_or_none, write)

    def _each(self, records, all_or_none, write):
        results, failed = [], False
        try:
            with self.store.transaction():
                for record in records:
                    try:
                        with self.store.transaction():
                            result = write(record)
                        results.append({**result, "success": True, "errors": []})
                    except SalesforceError as error:
                        if error.code == "JSON_PARSER_ERROR":
                            raise
                        failed = True
                        results.append({"success": False, "errors": [row_of(error)]})
                if failed and all_or_none:
                    raise _RolledBack
        except _RolledBack:
            results = [
                rolled_back(result) if result["success"] else result
                for result in results
            ]
        return Reply(200, results)

    def _records(self, request):
        body = body_of(request)
        records = body.get("records")
        if not isinstance(records, list) or not all(
            isinstance(each, dict) for each in records
        ):
            raise SalesforceError(
                "JSON_PARSER_ERROR", "Unrecognized field or missing records array"
            )
        check_size(records)
        return records, body.get("allOrNone") is True

    def _type(self, record):
        name = (record.get("attributes") or {}).get("type")
        kind = name and self.store.schema.find(name)
        if kind is None:
            raise SalesforceError(
                "INVALID_TYPE",
                f"sObject type '{name}' is not supported.",
            )
        return kind

    def _row(self, kind, record_id):
        """A live row; an unknown id is INVALID_CROSS_REFERENCE_KEY here [M]."""
        try:
            return self.store.row(kind, record_id)
        except SalesforceError as error:
            if error.code != "NOT_FOUND":
                raise
            raise SalesforceError(
                "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
            ) from None


class _RolledBack(Exception):
    """A collection with allOrNone had a bad record."""


def row_of(error):
    """An error as a collection lists it: the matches of duplicates are left out
    [3P jetstreamapp/jetstream issue 482]."""
    row = error.row()
    row.pop("duplicateResut", None)
    row.pop("matches", None)
    return row


def rolled_back(result):
    """What became of a good record beside a bad one."""
    return {
        "id": result["id"],
        "success": False,
        "errors": [
            {
                "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "message": facts.TEXT_ROLLED_BACK,
                "fields": [],
            }
        ],
    }


def check_size(listed):
    """EXCEEDED_ID_LIMIT above 200 [3P]."""
    if len(listed) > facts.COLLECTION_LIMIT:
        raise SalesforceError(
            "EXCEEDED_ID_LIMIT",
            "record limit reached. cannot submit more than 200 records into this call",
        )


def allow_save(request):
    """Whether Sforce-Duplicate-Rule-Header lets duplicates be saved."""
    header = request.headers.get("Sforce-Duplicate-Rule-Header", "")
    return "allowsave=true" in header.replace(" ", "").lower()
