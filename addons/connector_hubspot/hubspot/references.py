"""HubSpot's lists that are matched with Odoo's: owners, pipelines, stages."""

from odoo.addons.connector_base.engine.records import ReferenceValue

from . import ask
from .endpoints import OWNERS_LIMIT, path


def owners(client):
    """:return: iterator of ``ReferenceValue`` of kind ``owner``, archived ones too"""
    for archived in ("false", "true"):
        after = None
        while True:
            params = {"limit": OWNERS_LIMIT, "archived": archived}
            if after:
                params["after"] = after
            data = client.get(path("owners", client.api_version), params).data
            for owner in ask.results(data):
                yield _owner(owner)
            after = ((data.get("paging") or {}).get("next") or {}).get("after")
            if not after:
                break


def _owner(owner):
    email = owner.get("email") or None
    parts = [owner.get("firstName"), owner.get("lastName")]
    name = " ".join(part for part in parts if part)
    hints = {"email": email}
    if owner.get("archived"):
        # Records may still name them; none can be given to them any more.
        hints["archived"] = True
    return ReferenceValue(
        "owner", str(owner["id"]), name or email or str(owner["id"]), hints
    )


def pipelines(client):
    """:return: iterator of ``ReferenceValue`` of kinds ``pipeline``, ``deal_stage``"""
    data = client.get(path("pipelines", client.api_version, "deals")).data
    for pipeline in ask.results(data):
        label = pipeline.get("label") or str(pipeline["id"])
        yield ReferenceValue("pipeline", str(pipeline["id"]), label)
        for stage in pipeline.get("stages") or []:
            yield _stage(stage, label)


def _stage(stage, pipeline):
    """A stage; its metadata are texts: ``{"isClosed": "true", …}``."""
    metadata = stage.get("metadata") or {}
    closed = str(metadata.get("isClosed", "")).lower() == "true"
    try:
        probability = float(metadata.get("probability"))
    except (TypeError, ValueError):
        probability = None
    return ReferenceValue(
        "deal_stage",
        str(stage["id"]),
        stage.get("label") or str(stage["id"]),
        {
            "pipeline": pipeline,
            "probability": probability,
            "is_won": closed and probability == 1.0,
            "is_lost": closed and probability == 0.0,
        },
    )
