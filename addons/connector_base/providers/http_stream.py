"""Bodies of answers that are read bit by bit."""

import codecs
import contextlib

import requests
import urllib3

#: Bytes that are unpacked at once.
CHUNK = 64 * 1024
#: What a body that breaks off ends with, in requests or below it.
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError)


def text_lines(response, error_of):
    """The lines of an answer as text, line ends kept; a few KB are held at a time.

    Lines end with a line feed and nothing else: within a field of a CSV file other
    separators are text.

    :param response: ``requests.Response`` that was asked for as a stream
    :param error_of: ``(exception) -> ConnectorError`` where it breaks off
    """
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    rest = ""
    chunks = response.iter_content(CHUNK)
    while True:
        try:
            chunk = next(chunks, None)
        except BROKEN as error:
            raise error_of(error) from error
        if chunk is None:
            break
        *lines, rest = (rest + decode(chunk)).split("\n")
        for line in lines:
            yield f"{line}\n"
    rest += decode(b"", final=True)
    if rest:
        yield rest
    with contextlib.suppress(*BROKEN):
        response.close()
