"""Properties that HubSpot works out itself, from others and from a deal's stage."""

from .properties import spelled


def calculated(object_type, kept, stage):
    """``{name: text or None}`` of what follows from a record's properties.

    ``stage``: that of a deal, or None.
    """
    if object_type == "deals":
        metadata = stage["metadata"] if stage else {"isClosed": "false"}
        closed = metadata["isClosed"] == "true"
        return {
            "hs_deal_stage_probability": metadata.get("probability"),
            "hs_is_closed": spelled(closed),
            "hs_is_closed_won": spelled(
                closed and float(metadata["probability"]) == 1.0
            ),
        }
    if object_type == "line_items" and kept.get("price"):
        return {"amount": f"{_net(kept):.2f}"}
    return {}


def _net(line):
    """What a line comes to: its discount is an amount a unit, or a percentage."""
    price, quantity = float(line["price"]), float(line.get("quantity") or 1)
    if line.get("hs_discount_percentage"):
        price *= 1 - float(line["hs_discount_percentage"]) / 100
    else:
        price -= float(line.get("discount") or 0)
    return price * quantity
