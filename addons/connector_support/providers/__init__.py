from .zendesk import provider as zendesk_provider, sentences as zendesk_sentences
from .freshdesk import provider as freshdesk_provider
