"""What there is to walk: models, fields, methods and buttons of the installed suite."""

import importlib
import inspect
from collections import defaultdict, namedtuple

from odoo.exceptions import AccessError
from odoo.http import _generate_routing_rules
from odoo.service.model import get_public_method

#: A button of a view of the model ``root``: ``groups`` are those of itself and of all
#: that contain it, each a text as in views; all of them have to be met.
Button = namedtuple("Button", "model name groups root")

#: Who comes, with which group; those of addons that aren't installed stay away.
PEOPLE = {
    "employee": "base.group_user",
    "viewer": "connector_base.group_viewer",
    "operator": "connector_base.group_operator",
    "map_editor": "connector_base.group_map_editor",
    "administrator": "connector_base.group_administrator",
    "finance_approver": "connector_base.group_finance_approver",
    "salesperson": "sales_team.group_sale_salesman",
    "accountant": "account.group_account_readonly",
    "invoicing": "account.group_account_invoice",
}


def modules_of(env):
    """Names of the installed addons of the suite: all that build on the engine."""
    base = env["ir.module.module"].search([("name", "=", "connector_base")])
    rest = base.downstream_dependencies(exclude_states=("uninstalled",))
    return frozenset((base | rest).mapped("name"))


def people_of(env):
    """``{name: user}``, one of each group; nobody logs in, so none has a password."""
    groups = {name: env.ref(group, False) for name, group in PEOPLE.items()}
    return {name: user_of(env, name, group) for name, group in groups.items() if group}


def user_of(env, name, groups, **vals):
    return env["res.users"].create(
        {"name": name, "login": f"walk-{name}", "group_ids": groups.ids, **vals}
    )


def tables_of(env, name):
    """What ``tests/access_table.py`` of the installed addons say under a name, merged.

    :return: dict
    """
    merged = {}
    for module in modules_of(env):
        try:
            table = importlib.import_module(f"odoo.addons.{module}.tests.access_table")
        except ModuleNotFoundError:
            continue
        merged |= getattr(table, name, {})
    return merged


def is_ours(cls, modules):
    parts = cls.__module__.split(".")
    return parts[:2] == ["odoo", "addons"] and parts[2] in modules


def own_models(env):
    """Models of the suite that have rows."""
    return [
        model
        for name, model in sorted(env.items())
        if name.startswith("connector.") and not model._abstract
    ]


# -- methods ------------------------------------------------------------------


def remote_methods(env):
    """``{(model, method): name of the class's module}`` of what anyone can call by RPC.

    Of all models that the suite makes or extends; but no overrides of what Odoo itself
    lets be called.
    """
    modules, found = modules_of(env), {}
    for name, model in env.items():
        for cls in type(model).mro():
            if not is_ours(cls, modules):
                continue
            for method in vars(cls):
                if _is_new_and_remote(model, method, modules):
                    found.setdefault((name, method), cls.__module__)
    return found


def _is_new_and_remote(model, name, modules):
    if name.startswith("_") or not inspect.isroutine(getattr(type(model), name)):
        return False
    try:
        get_public_method(model, name)
    except (AccessError, AttributeError):
        return False
    return not any(
        name in vars(cls) for cls in type(model).mro() if not is_ours(cls, modules)
    )


# -- buttons ------------------------------------------------------------------


def buttons(env):
    """All buttons of views that call a method which the suite has added."""
    ours, found = remote_methods(env), defaultdict(set)
    views = env["ir.ui.view"].search(
        [
            ("mode", "=", "primary"),
            ("type", "not in", ("qweb", "search")),
            ("model", "in", sorted({model for model, _method in ours})),
        ]
    )
    for view, arch in zip(views, views._get_combined_archs(), strict=True):
        limits = (_names(view.group_ids),)
        for button in _buttons_below(env, arch, view.model, limits, view.model):
            if (button.model, button.name) in ours:
                found[button.model, button.name].add(button)
    return found


def _buttons_below(env, node, model, limits, root):
    groups = (*limits, node.get("groups") or "")
    if node.tag in ("a", "button") and node.get("type") == "object":
        yield Button(model, node.get("name"), tuple(filter(None, groups)), root)
    field = env[model]._fields.get(node.get("name")) if node.tag == "field" else None
    below = field.comodel_name if field is not None and field.relational else model
    for child in node:
        if isinstance(child.tag, str):
            yield from _buttons_below(env, child, below, groups, root)


def sees(user, button):
    """Whether a user is shown a button of a record that they may read."""
    return all(
        user.env[model].with_user(user).has_access("read")
        for model in (button.root, button.model)
    ) and all(user.has_groups(groups) for groups in button.groups)


def ways_into_dialogs(env):
    """``{model of a dialog: list of groups}`` of the actions that open it.

    Each a list as of a button: of the action, and of its menus or the records it is
    offered for. Those that a button's method opens are not among them.
    """
    ways = defaultdict(list)
    actions = env["ir.actions.act_window"].search(
        [("res_model", "in", [m._name for m in own_models(env) if m._transient])]
    )
    menus = env["ir.ui.menu"].with_context(active_test=False)
    menus = menus.search([("action", "!=", False)]).grouped("action")
    for action in actions:
        own = tuple(filter(None, [_names(action.group_ids)]))
        for menu in menus.get(action, ()):
            above = menu.browse(
                int(number) for number in menu.parent_path.split("/")[:-1]
            )
            limits = (_names(one.group_ids) for one in above)
            ways[action.res_model].append((*own, *filter(None, limits)))
        if action not in menus:
            ways[action.res_model].append(own)
    return ways


def _names(groups):
    return ",".join(groups._ensure_xml_id().values())


def routes_of(env):
    """``{url: what its controller says}`` of all that the suite answers by HTTP."""
    return {
        url: endpoint.routing
        for url, endpoint in _generate_routing_rules(sorted(modules_of(env)), False)
    }
