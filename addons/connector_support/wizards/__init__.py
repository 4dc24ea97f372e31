from . import connector_ticket_comment_write
