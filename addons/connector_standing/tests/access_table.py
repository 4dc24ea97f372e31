"""What the walk of connector_base can't know of buttons here, with reasons."""

_WAITING = {"connector.suspension": {"state": "waiting"}}
#: What rows have to be like for a button to come to the question who may.
STATES = {
    ("connector.suspension", "action_approve"): _WAITING,
    ("connector.suspension", "action_reject"): _WAITING,
}
