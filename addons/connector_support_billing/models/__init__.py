from . import connector_ticket
