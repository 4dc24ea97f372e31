"""Bodies of answers, read bit by bit: none is taken that is longer than it may be.

What is packed is unpacked here, a few KB at a time, and counted. Libraries do it for
whoever asks, some without a bound, or with one that a packed answer of many parts gets
around: few bytes would become all of the memory that there is.
"""

import codecs
import zlib

import requests
import urllib3

#: Bytes that are read, or unpacked, at once.
CHUNK = 64 * 1024
#: Bytes of the longest answer that is taken whole, unpacked. Vendors' largest pages
#: have a few MB: 2,000 records of Salesforce, 1,000 of Zendesk.
LONGEST_ANSWER = 64 * 1024 * 1024
#: Characters of the longest line of an answer that is read by lines. A record of
#: Salesforce's Bulk API has 10 million at most [S limits: bulk ingest].
LONGEST_LINE = 16 * 1024 * 1024
#: How an answer may be packed -> what zlib calls that (RFC 9110, 8.4.1).
PACKINGS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
PACKINGS["x-gzip"] = PACKINGS["gzip"]
#: What a vendor is told of it.
ACCEPTED = "gzip, deflate"


class TooLong(Exception):
    """An answer is longer than any that a vendor gives; the rest wasn't read."""


def whole_text(response):
    """The body as text; UTF-8 unless its type says otherwise.

    :param response: ``requests.Response`` that was asked for as a stream
    :raises TooLong: where it is longer than :data:`LONGEST_ANSWER`
    :raises requests.RequestException: where it breaks off, or can't be unpacked
    """
    if response.raw is None:
        # Of a session that doesn't ask the network: it is there already.
        return _decoded(response.content, response.encoding)
    told = response.headers.get("Content-Length", "")
    if told.isdecimal() and (len(told) > 18 or int(told) > LONGEST_ANSWER):
        response.close()
        raise TooLong
    body = bytearray()
    for part in parts(response):
        body += part
        if len(body) > LONGEST_ANSWER:
            response.close()
            raise TooLong
    return _decoded(body, response.encoding)


def _decoded(body, encoding):
    # JSON is UTF-8 (RFC 8259, 8.1); to guess takes longer than to read it.
    try:
        return body.decode(encoding or "utf-8", "replace")
    except (LookupError, UnicodeError):  # none, or none of text
        return body.decode("utf-8", "replace")


def text_lines(response, error_of):
    """The lines of an answer as text, line ends kept; a few KB are held at a time.

    Lines end with a line feed and nothing else: within a field of a CSV file other
    separators are text.

    :param response: ``requests.Response`` that was asked for as a stream
    :param error_of: ``(exception) -> ConnectorError`` where it breaks off, or a line
        is longer than :data:`LONGEST_LINE`
    """
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    rest = ""
    try:
        for part in parts(response):
            *lines, rest = (rest + decode(part)).split("\n")
            for line in lines:
                yield f"{line}\n"
            if len(rest) > LONGEST_LINE:
                raise TooLong
    except (requests.RequestException, TooLong) as error:
        response.close()
        raise error_of(error) from error
    rest += decode(b"", final=True)
    if rest:
        yield rest


def parts(response):
    """The body bit by bit, unpacked.

    :return: iterator of bytes, ``CHUNK`` of them at most
    :raises requests.RequestException: where it breaks off, or can't be unpacked
    """
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    received = _received(response)
    if packing in ("", "identity"):
        return received
    if packing in PACKINGS:
        return _unpacked(received, PACKINGS[packing])
    raise requests.exceptions.ContentDecodingError(f"packed as {packing[:20]!r}")


def _received(response):
    """As requests reads it, but as it came."""
    try:
        yield from response.raw.stream(CHUNK, decode_content=False)
    except urllib3.exceptions.ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    except urllib3.exceptions.SSLError as error:
        raise requests.exceptions.SSLError(error) from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ConnectionError(error) from error


def _unpacked(received, packing):
    unpack = zlib.decompressobj(packing)
    begun = False
    for data in received:
        part = b""
        # What was read may be unpacked, and still be more than one part of it.
        while data or (len(part) == CHUNK and not unpack.eof):
            if unpack.eof:
                # Another file behind the first one is part of it (RFC 1952, 2.2).
                unpack = zlib.decompressobj(packing)
            try:
                part = unpack.decompress(data, CHUNK)
            except zlib.error as error:
                if begun or packing != zlib.MAX_WBITS:
                    raise requests.exceptions.ContentDecodingError(error) from error
                # Many send it without the header that it should have.
                packing = -zlib.MAX_WBITS
                unpack = zlib.decompressobj(packing)
                continue
            begun = True
            yield part
            data = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
    if begun and not unpack.eof:
        raise requests.exceptions.ChunkedEncodingError("cut off")
