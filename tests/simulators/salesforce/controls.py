"""What ``/_control/`` offers for an org, besides what every CRM has."""

from .. import control


def control_routes(simulator):
    """Bodies in brackets, all POST.

    ``fill`` {object, number, values}; ``update`` {object, id, values, modified?};
    ``undelete`` {object, id}; ``purge`` {object?, before?}; ``merge`` {object, master,
    losers}; ``field`` {object, name, type?, ...}, ``field/change`` {object, name,
    changes} and ``field/remove`` {object, name}; ``object`` {name, label?, fields?};
    ``stage`` {name, probability, closed?, won?}; ``rule`` {object, code?, message?,
    match?, operation?, times?} and ``rule/remove`` {id?}; ``duplicates`` {object,
    groups?, allow_save?}; ``auth``, ``bulk`` {their settings}; ``revoke`` {token?};
    ``settings`` {errors?, daily_limit?, spend?, page?}.
    """
    controls = _Controls(simulator)
    handlers = {
        "fill": controls.fill,
        "update": controls.update,
        "undelete": lambda body: controls.store.undelete(body["object"], body["id"]),
        "purge": lambda body: controls.store.purge(
            body.get("object"), before=body.get("before")
        ),
        "merge": lambda body: controls.store.merge(
            body["object"], body["master"], body["losers"]
        ),
        "field": controls.field,
        "field/change": lambda body: controls.store.change_field(
            body["object"], body["name"], **body["changes"]
        ).describe(),
        "field/remove": lambda body: controls.store.remove_field(
            body["object"], body["name"]
        ),
        "object": lambda body: {"name": controls.store.define_object(**body).name},
        "stage": lambda body: controls.store.define_stage(**body),
        "rule": lambda body: controls.store.rules.add(**body).describe(),
        "rule/remove": lambda body: controls.store.rules.remove(body.get("id")),
        "duplicates": lambda body: controls.store.rules.find_duplicates(**body),
        "auth": lambda body: simulator.auth.configure(**body),
        "bulk": lambda body: simulator.bulk.configure(**body),
        "revoke": lambda body: simulator.revoke(body.get("token")),
        "settings": controls.settings,
    }
    return control.posts(handlers)


class _Controls:
    def __init__(self, simulator):
        self.simulator = simulator

    @property
    def store(self):
        return self.simulator.store

    def fill(self, body):
        made = self.simulator.fill(
            body["object"], body["number"], **body.get("values", {})
        )
        return {"loaded": len(made)}

    def update(self, body):
        self.store.update(
            body["object"],
            body["id"],
            body["values"],
            modified=body.get("modified"),
        )

    def field(self, body):
        body = dict(body)
        made = self.store.define_field(body.pop("object"), body.pop("name"), **body)
        return made.describe()

    def settings(self, body):
        if "errors" in body:
            self.simulator.errors.style = body["errors"]
        if "daily_limit" in body:
            self.simulator.limits.daily = int(body["daily_limit"])
        if "spend" in body:
            self.simulator.limits.spend(int(body["spend"]))
        if "page" in body:
            self.simulator.reading.page = int(body["page"])
