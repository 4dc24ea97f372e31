from . import connector_exception
from . import connector_handoff_policy
