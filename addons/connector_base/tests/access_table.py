"""What the walk over models, methods and buttons can't know by itself, with reasons."""

#: What rows have to be like for a button to come to the question who may:
#: ``{button: {model: values}}``.
STATES = {
    ("connector.field.map", "action_approve"): {
        "connector.field.map": {"state": "submitted"},
    },
    ("connector.map.reject", "action_reject"): {
        "connector.field.map": {"state": "submitted"},
    },
    ("connector.process", "action_approve"): {
        "connector.process": {"needs_approval": True},
    },
}
#: Buttons that change something and are for whoever sees the record.
FOR_ALL = {
    ("connector.seal.chain", "action_check"): "a check is for whoever may look",
}
#: Buttons that open something, which a bare row has nothing for.
OPENS = {
    ("connector.audit", "action_show_trail"): "a bare row has no trail",
    ("connector.event", "action_show_trail"): "likewise",
    ("connector.exception.item", "action_show_trail"): "likewise",
    ("connector.job", "action_show_trail"): "likewise",
    ("connector.log", "action_show_trail"): "likewise",
    ("connector.process", "action_show_trail"): "likewise",
    ("connector.record.panel", "action_show_trail"): "likewise",
    ("connector.trail.line", "action_open"): "a line of it that nothing is behind",
    ("connector.record.panel", "action_refresh"): "the panel is of no record",
    ("connector.record.panel.pending", "action_open"): "likewise",
    ("connector.record.panel.reason", "action_open"): "likewise",
    ("connector.record.panel.trail", "action_open"): "likewise",
    ("connector.binding", "action_open_remote"): "the vendor is none",
    ("connector.change", "action_open_exception"): "nothing holds the change",
    ("connector.field.map.line", "action_open"): "the vendor is none",
    ("connector.field.map.line", "action_open_value_map"): "likewise",
    ("connector.map.preview", "action_show"): "no record is chosen",
    ("connector.connection", "action_open_lane_jobs"): "the button says which lane",
}
#: Models whose rows are of no company.
SHARED = {
    "connector.erasure": "a person is forgotten in all companies, by who may in all",
    "connector.erasure.line": "likewise",
    "connector.key": "keys are the server's",
    "connector.lane": "workers are the server's",
    "connector.lane.worker": "likewise",
    "connector.match.key": "an index over partners that only the engine reads",
    "connector.seal": "seals cover rows of all companies, and show none of them",
    "connector.seal.chain": "likewise",
    "connector.seal.check": "likewise",
    "connector.seal.erasure": "likewise",
    "connector.signing.key": "one signs for all; the secret half is read by nobody",
}
#: Fields that are called as secrets are, and may be read.
SHOWN_SECRETS = {
    ("connector.budget", "tokens"): "how many requests are left",
    ("connector.connection", "credential_ids"): "records whose secrets are hidden",
    ("connector.setup", "credential_ids"): "likewise",
    ("connector.connection", "webhook_token"): "an address that administrators enter"
    " at the vendor; others are not shown it",
    ("connector.connection", "secret_due_on"): "a date",
    ("connector.connection", "secret_due_text"): "which one ends, and when",
    ("connector.connection", "secret_trouble"): "which ones can't be read",
    ("connector.config.import", "digest"): "of the file that was chosen",
    ("connector.credential", "secret"): "to enter one; it reads as empty",
    ("connector.field.map", "impact_digest"): "names the lines that were counted",
    ("connector.seal", "signature"): "is there to be checked",
    ("connector.seal", "expired_signature"): "likewise",
    ("connector.seal.erasure", "signature"): "likewise",
}
#: Methods that no button names and that are called from outside all the same.
REMOTE = {
    ("connector.field.map.line", "suggest_paths"): "suggestions in a field map",
    ("connector.field.map.line", "suggest_targets"): "likewise",
    ("connector.map.preview", "suggest_records"): "likewise, of records to try it on",
    ("connector.connection", "action_signed_in"): "a server action calls it",
    ("connector.setup", "action_begin"): "the menu's server action calls it",
    ("connector.setup", "action_open_step"): "the bar of steps calls it",
}
#: Models, or ``(model, field)``, that people may write though screens don't let them.
WRITABLE = {
    "connector.setup": "the notes of an administrator, which the last step doesn't"
    " trust: it checks all anew",
    "connector.setup.check": "likewise",
    "connector.setup.example": "likewise",
    "connector.setup.flow": "likewise",
    "connector.setup.owner": "likewise",
}
#: What is answered by HTTP: ``{url: (who, why)}``.
ROUTES = {
    "/connector/audit/export/<int:export_id>": ("user", "rows that the user may read"),
    "/connector/config/export/<int:export_id>": ("user", "what the user may read"),
    "/connector/field_map/<int:map_id>": ("user", "for map editors"),
    "/connector/health": ("none", "one word, for load balancers"),
    "/connector/metrics": ("none", "wants a token"),
    "/connector/oauth/callback": ("public", "wants the user who asked, and a state"),
    "/connector/webhook/<string:token>": ("none", "wants a token and a signature"),
}
