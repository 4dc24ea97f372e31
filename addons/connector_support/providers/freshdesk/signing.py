"""How a request says who asks: Basic authentication, the API key as user.

Any password does, ``X`` by habit. https://developers.freshdesk.com/api/#authentication
[S]
"""

import base64


def headers(key):
    """The headers of every request.

    :param key: the API key of an agent, text
    """
    pair = base64.b64encode(f"{key}:X".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
