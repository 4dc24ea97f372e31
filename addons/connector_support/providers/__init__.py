from .freshdesk import provider as freshdesk_provider
