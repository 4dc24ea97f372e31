"""Both sides against what must be there."""

import collections

from scenarios.own_database import committed

from .world import KEY

PROPERTIES = {
    "companies": {
        "name": "name",
        "street": "address",
        "city": "city",
        "zip": "zip",
    },
    "contacts": {
        "first_name": "firstname",
        "last_name": "lastname",
        "email": "email",
    },
}
KEY_PROPERTY = {"companies": "address2", "contacts": "jobtitle"}
ENTITIES = {"companies": "customer.company", "contacts": "customer.contact"}
#: What may not be left: how it is called, and how it is counted.
LEFTOVERS = {
    "job": "SELECT state || ' ' || name || ': ' || COALESCE(error, '')"
    " FROM connector_job WHERE state NOT IN ('done', 'cancelled')",
    "change": "SELECT state || ' ' || operation || ' of ' || res_id"
    " FROM connector_change",
    "event": "SELECT state || ' ' || kind || ' of ' || remote_id"
    " FROM connector_event WHERE state NOT IN ('done', 'ignored')",
    "exception": "SELECT name FROM connector_exception WHERE state = 'open'",
    "binding": "SELECT state || ' ' || entity || ' ' || res_id"
    " FROM connector_binding WHERE state NOT IN ('synced', 'archived')",
}


class Findings:
    """What is wrong, as sentences: ``lost``, ``doubled``, ``stuck``."""

    def __init__(self):
        self.lost, self.doubled, self.stuck = [], [], []

    def all(self):
        """All sentences, each with its kind in front."""
        return [
            f"{kind}: {sentence}"
            for kind in ("lost", "doubled", "stuck")
            for sentence in getattr(self, kind)
        ]


def compare(world):
    """Compare both sides with ``world.items``; :return: :class:`Findings`"""
    findings = Findings()
    with committed(world.database) as env:
        for what, query in LEFTOVERS.items():
            env.cr.execute(query)
            findings.stuck += [f"{what} {row[0]}" for row in env.cr.fetchall()]
        at_vendor = _at_vendor(world.store)
        here = _in_odoo(env)
        bindings = _bindings(env, world.connection_id)
    known = {item.key for item in world.items}
    for side, records in (("HubSpot", at_vendor), ("Odoo", here)):
        for key in records.keys() - known:
            findings.doubled.append(f"{key} of {side}, which nobody made")
    for item in world.items:
        _compare_item(findings, item, at_vendor, here, bindings)
    return findings


def _compare_item(findings, item, at_vendor, here, bindings):
    there, ours = at_vendor.get(item.key, []), here.get(item.key, [])
    wanted = 0 if item.archived else 1
    if item.archived and not there and not ours:
        return  # gone before anybody told Odoo of it
    for side, found, number in (("HubSpot", there, wanted), ("Odoo", ours, 1)):
        if len(found) > number:
            findings.doubled.append(f"{item.key} is {len(found)} times in {side}")
        elif len(found) < number:
            findings.lost.append(f"{item.key} is not in {side}")
    if len(there) != wanted or len(ours) != 1:
        return
    [partner] = ours
    if partner["active"] == item.archived:
        findings.lost.append(f"{item.key}: archived at one side only")
    pairs = bindings.get((ENTITIES[item.stream], partner["id"]), [])
    if len(pairs) > 1:
        findings.doubled.append(f"{item.key} is bound {len(pairs)} times: {pairs}")
    elif not item.archived and pairs != [there[0]["id"]]:
        findings.lost.append(f"{item.key} is bound to {pairs}")
    if not item.archived:
        _compare_values(findings, item, there[0], partner)


def _compare_values(findings, item, there, partner):
    for name, value in item.values.items():
        found = there["properties"].get(PROPERTIES[item.stream][name]) or None
        if found != value:
            findings.lost.append(f"{item.key} {name}: HubSpot has {found}, not {value}")
        if item.stream == "companies" or name == "email":
            found = partner[name] or None
            if found != value:
                findings.lost.append(
                    f"{item.key} {name}: Odoo has {found}, not {value}"
                )
    if item.stream == "contacts":
        name = f"{item.values['first_name']} {item.values['last_name']}"
        if partner["name"] != name:
            findings.lost.append(
                f"{item.key} name: Odoo has {partner['name']}, not {name}"
            )
        company = item.company and item.company.key
        if partner["parent_id"]["street2"] != (company or False):
            findings.lost.append(
                f"{item.key}: in Odoo of {partner['parent_id']['street2']},"
                f" not {company}"
            )
        remote = [item.company.remote_id] if item.company else []
        if there["companies"] != remote:
            findings.lost.append(
                f"{item.key}: in HubSpot of {there['companies']}, not {remote}"
            )


def _at_vendor(store):
    """``{key: [live records]}``"""
    found = collections.defaultdict(list)
    for stream, name in KEY_PROPERTY.items():
        for remote_id in store.ids(stream):
            properties = store.get(stream, remote_id)
            record = {"id": remote_id, "properties": properties}
            if stream == "contacts":
                linked = store.associated(stream, remote_id, "companies")
                record["companies"] = list(linked)
            found[properties.get(name)].append(record)
    return found


def _in_odoo(env):
    """``{key: [partners]}``, archived ones as well"""
    found = collections.defaultdict(list)
    partners = env["res.partner"].with_context(active_test=False)
    for name in ("street2", "function"):
        # Odoo copies the address of a company to its contacts.
        domain = [(name, "=like", f"{KEY}%"), ("is_company", "=", name == "street2")]
        for partner in partners.search(domain):
            row = partner.read(
                ["active", "name", "street", "city", "zip", "email"], load=None
            )[0]
            row["parent_id"] = {"street2": partner.parent_id.street2}
            found[partner[name]].append(row)
    return found


def _bindings(env, connection_id):
    """``{(entity, Odoo id): [remote ids]}``"""
    env.cr.execute(
        "SELECT entity, res_id, remote_id FROM connector_binding"
        " WHERE connection_id = %s",
        (connection_id,),
    )
    found = collections.defaultdict(list)
    for entity, res_id, remote_id in env.cr.fetchall():
        found[entity, res_id].append(remote_id)
    return found
