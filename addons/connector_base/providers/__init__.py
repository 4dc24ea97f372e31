from . import http_client
from . import provider
