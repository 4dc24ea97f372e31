from .chargebee import provider as chargebee_provider
