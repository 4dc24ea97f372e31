"""How a request says who asks: Basic authentication, the key as user, no password.

https://apidocs.chargebee.com/docs/api/auth [S]
"""

import base64


def headers(key):
    """The headers of every request.

    :param key: the API key, text
    """
    pair = base64.b64encode(f"{key}:".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
