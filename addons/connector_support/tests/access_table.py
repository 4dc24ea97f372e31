"""What the walk of connector_base can't know of buttons here, with reasons."""

#: Buttons that change something and are for whoever sees the record.
FOR_ALL = {
    (
        "connector.connection",
        "action_open_support_policy",
    ): "makes the policy, where none was needed yet, as the engine does by itself",
}
#: Buttons that open something, which a bare row has nothing for.
OPENS = {("connector.ticket", "action_open_remote"): "the desk knows no such ticket"}
#: Models whose rows are of no company.
SHARED = {"connector.context.field": "what can be released, in any company"}
#: Fields that are called as secrets are, and may be read.
SHOWN_SECRETS = {
    ("connector.context.read", "token_id"): "which token has read, not the token",
}
#: Models, or ``(model, field)``, that people may write though screens don't let them.
WRITABLE = {
    ("connector.service.target", "place"): "follows from the priority, for the order",
}
#: What is answered by HTTP: ``{url: (who, why)}``.
ROUTES = {"/connector/context/<string:token>": ("none", "wants a token")}
