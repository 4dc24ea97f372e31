"""What the walk of connector_base can't know of buttons here, with reasons."""

#: Buttons that open something, which a bare row has nothing for.
OPENS = {
    ("account.move", "action_open_billing_record"): "a bare entry was billed nowhere",
    ("account.payment", "action_open_billing_record"): "likewise",
}
#: Methods that no button names and that are called from outside all the same.
REMOTE = {
    ("connector.usage.event", "take_usage"): "the way in for what meters; it checks",
}
