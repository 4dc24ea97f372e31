"""What tells of the org itself: versions, limits, objects and their fields."""

from ..routing import Reply
from . import facts

TRUE = ("queryable", "retrieveable", "replicateable", "searchable", "layoutable")


class Describing:
    """Handlers of `/services/data`, `/limits` and the describes."""

    def __init__(self, store, limits):
        self.store = store
        self.schema = store.schema
        self.limits = limits

    def routes(self):
        """(method, path below the version, handler)."""
        return [
            ("GET", "", self.resources),
            ("GET", "/limits", self.list_limits),
            ("GET", "/sobjects", self.all_objects),
            ("GET", "/sobjects/{object}", self.basic),
            ("GET", "/sobjects/{object}/describe", self.describe),
        ]

    def versions(self, _request):
        """Every version, without a session. [M]"""
        return Reply(
            200,
            [
                {
                    "label": release(number),
                    "url": f"/services/data/v{number}.0",
                    "version": f"{number}.0",
                }
                for number in range(facts.OLDEST_VERSION, facts.NEWEST_VERSION + 1)
            ],
        )

    def resources(self, request):
        """The resources of a version."""
        base = f"/services/data/{request.params['version']}"
        names = ("limits", "sobjects", "query", "queryAll", "composite", "jobs")
        return Reply(200, {name: f"{base}/{name}" for name in names})

    def list_limits(self, _request):
        """What is left of the org's limits. [M]"""
        return Reply(200, self.limits.describe())

    def all_objects(self, request):
        """The describe of all, without their fields."""
        with self.store.lock:
            listed = [
                self._object(kind, request.params["version"])
                for kind in self.schema.objects.values()
            ]
        body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed}
        return Reply(200, body)

    def basic(self, request):
        """An object, and the records last seen: none here."""
        kind = self.schema.require(request.params["object"])
        described = self._object(kind, request.params["version"])
        return Reply(200, {"objectDescribe": described, "recentItems": []})

    def describe(self, request):
        """An object with its fields."""
        with self.store.lock:
            kind = self.schema.require(request.params["object"])
            body = self._object(kind, request.params["version"])
            body["fields"] = [each.describe() for each in kind.fields.values()]
            body["recordTypeInfos"] = self._record_types(kind)
            body["childRelationships"] = [
                {
                    "cascadeDelete": kind.name in facts.CASCADE
                    and other.name in facts.CASCADE[kind.name],
                    "childSObject": other.name,
                    "field": each.name,
                    "relationshipName": None,
                }
                for other in self.schema.objects.values()
                for each in other.fields.values()
                if kind.name in each.reference_to
            ]
        return Reply(200, body)

    def _object(self, kind, version):
        base = f"/services/data/{version}/sobjects/{kind.name}"
        return {
            "activateable": False,
            "createable": not kind.readonly,
            "custom": kind.custom,
            "customSetting": False,
            "deletable": kind.deletable and not kind.readonly,
            "deprecatedAndHidden": False,
            "keyPrefix": kind.prefix,
            "label": kind.label,
            "labelPlural": f"{kind.label}s",
            "mergeable": kind.name in facts.MERGEABLE,
            "name": kind.name,
            "triggerable": True,
            "undeletable": kind.deletable,
            "updateable": not kind.readonly,
            **dict.fromkeys(TRUE, True),
            "urls": {
                "sobject": base,
                "describe": f"{base}/describe",
                "rowTemplate": f"{base}/{{ID}}",
            },
        }

    def _record_types(self, kind):
        listed = [
            {
                "active": row.get("IsActive", True),
                "available": row.get("IsActive", True),
                "defaultRecordTypeMapping": False,
                "developerName": row["DeveloperName"],
                "master": False,
                "name": row["Name"],
                "recordTypeId": row["Id"],
            }
            for row in self.store.find("RecordType", SobjectType=kind.name)
        ]
        master = {
            "active": True,
            "available": True,
            "defaultRecordTypeMapping": not listed,
            "developerName": "Master",
            "master": True,
            "name": "Master",
            "recordTypeId": "012000000000000AAA",
        }
        return [*listed, master]


def release(number):
    """``Summer '26`` of version 67."""
    turn, season = divmod(number - 32, 3)  # 32.0 was Winter '15
    return f"{facts.SEASONS[season]} '{15 + turn}"
