from .stripe import provider, sentences
from .chargebee import provider as chargebee_provider
