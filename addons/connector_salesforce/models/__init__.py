from . import connector_exception_sentence
from . import connector_provider_salesforce
