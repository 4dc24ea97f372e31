from . import connector_handoff_policy
