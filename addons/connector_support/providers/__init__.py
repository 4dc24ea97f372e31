from .zendesk import provider as zendesk_provider, sentences as zendesk_sentences
