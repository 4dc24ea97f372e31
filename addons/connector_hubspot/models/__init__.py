from . import connector_provider_hubspot
