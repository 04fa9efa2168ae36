"""multipart/mixed as statements travel with their attachments (Communication 1.5.2, RFC 2046).

Works on bytes, since an attachment may hold anything: NUL, line ends, lines that look like a
boundary. Refuses what RFC 2046 does not allow, and parts whose bytes are not those of their hash,
by a rule that the sender can look up; it never guesses where a part ends. One fault of common
clients is taken where the hash of the part proves what was meant: no line end before a boundary.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xapi.formats import is_sha2

HASH_HEADER = "X-Experience-API-Hash"

MOST_PARTS = 1000
MOST_BYTES = 64 * 1024 * 1024
_MOST_HEADER_BYTES = 8 * 1024
_MOST_TRIALS = 1000
"""Of how many places in a content it is tried whether a boundary without a line end is there."""

_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
"""SHA-2 by the number of hexadecimal digits."""


class BadMultipart(Exception):
    """The body is not what was announced.

    part: which part is to blame, counted from 1 (the statements); None for the whole body. rule: a
    stable word. detail: a sentence. too_large: it breaks a limit of this store, not the standard.
    """

    def __init__(
        self, rule: str, detail: str, *, part: int | None = None, too_large: bool = False
    ) -> None:
        super().__init__(rule, detail, part)
        self.rule = rule
        self.detail = detail
        self.part = part
        self.too_large = too_large

    def __str__(self) -> str:
        return self.detail if self.part is None else f"Part {self.part}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Part:
    """The content of an attachment.

    sha2: its hash in lower case, which was checked. content_type: None when the sender gave none.
    headers: as sent, by their names in lower case.
    """

    sha2: str
    content_type: str | None
    content: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Multipart:
    """A request or an answer: the JSON of its statements, and what they have attached."""

    statements: bytes
    parts: tuple[Part, ...]


def parse(
    body: bytes, content_type: str, *, most_parts: int = MOST_PARTS, most_bytes: int = MOST_BYTES
) -> Multipart:
    """Return the parts of a multipart/mixed body, each with the bytes that its hash is of.

    *most_parts* counts attachments, *most_bytes* is the size of one. Raises BadMultipart:
    not_multipart, boundary, line_ends, no_part, not_closed, header, first_part, hash_missing,
    hash_format, hash_mismatch, transfer_encoding, content_length; too_many_parts, too_many_bytes.
    """
    boundary = boundary_of(content_type)
    raw = _bodies(body, boundary, most_parts + 1)
    headers, start = _headers(body, *raw[0], 1)
    _check_first(headers)
    parts: list[Part] = []
    for first, end in raw[1:]:
        begin: int | None = first
        while begin is not None:
            if len(parts) == most_parts:
                raise _too_many(most_parts)
            number = len(parts) + 2
            headers, content = _headers(body, begin, end, number)
            stop, begin = _end_of_content(body, content, end, headers, boundary)
            if stop - content > most_bytes:
                raise BadMultipart(
                    "too_many_bytes",
                    f"The attachment has {stop - content} bytes; at most {most_bytes} are taken.",
                    part=number,
                    too_large=True,
                )
            parts.append(_part(headers, body[content:stop], number))
    return Multipart(body[start : raw[0][1]], tuple(parts))


def build(first: bytes, parts: Sequence[Part]) -> tuple[bytes, str]:
    """Return a multipart/mixed body and its Content-Type: *first* as JSON, then each part.

    The boundary is in none of them. Raises ValueError for a content type with line ends.
    """
    boundary = _free_boundary(first, parts)
    opening = f"--{boundary}\r\n".encode()
    pieces = [opening, b"Content-Type: application/json\r\n\r\n", first, b"\r\n"]
    for part in parts:
        pieces += [opening, _head_of(part), part.content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"multipart/mixed; boundary={boundary}"


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a Content-Type names, quoted or bare. Raises BadMultipart."""
    media_type, _, rest = content_type.partition(";")
    if media_type.strip().lower() != "multipart/mixed":
        raise BadMultipart(
            "not_multipart", f'The Content-Type is "{media_type.strip()}", not multipart/mixed.'
        )
    found = []
    rest = ";" + rest
    while rest.strip("; \t"):
        match = _PARAMETER.match(rest)
        if match is None:
            raise BadMultipart("boundary", "The parameters of the Content-Type cannot be read.")
        if match["name"].lower() == "boundary":
            quoted, bare = match["quoted"], match["bare"]
            found.append(bare if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted))
        rest = rest[match.end() :]
    if len(found) != 1:
        raise BadMultipart(
            "boundary", f"The Content-Type names {len(found) or 'no'} boundary; it must name one."
        )
    if not _BOUNDARY.fullmatch(found[0]):
        raise BadMultipart(
            "boundary",
            "The boundary must have 1 to 70 of the characters that RFC 2046 allows, the last no "
            "space.",
        )
    return found[0].encode()


def hash_as(sha2: str, content: bytes) -> str:
    """Return the hash of *content* by the algorithm that *sha2* was made with (SHA-224 to 512)."""
    return hashlib.new(_ALGORITHMS[len(sha2)], content).hexdigest()


def _bodies(body: bytes, boundary: bytes, most: int) -> list[tuple[int, int]]:
    """Where each part begins and ends. What is before the first and after the last is no part."""
    found: list[tuple[int, int]] = []
    begin: int | None = None
    for at, after, closes in _delimiters(body, boundary):
        if begin is not None:
            found.append((begin, at))
            if len(found) > most:
                raise _too_many(most - 1)
        if closes and found:
            return found
        if closes:
            raise BadMultipart("no_part", "The body has no part.")
        begin = after
    if begin is None:
        raise _no_delimiter(body, boundary)
    raise BadMultipart(
        "not_closed",
        f'The body does not end with the line "--{boundary.decode()}--"; was it cut off?',
        part=len(found) + 1,
    )


def _too_many(most: int) -> BadMultipart:
    return BadMultipart(
        "too_many_parts", f"The request has more than {most} attachments.", too_large=True
    )


def _end_of_content(
    body: bytes, begin: int, end: int, headers: Mapping[str, str], boundary: bytes
) -> tuple[int, int | None]:
    """Where a content ends, and where the next part begins that has no line end before it.

    TinCanJS and @xapi/xapi end no line between an attachment and the boundary of the next one. Such
    a boundary counts where the bytes before it have the hash that their part states; anywhere else
    it is content, as RFC 2046 says.
    """
    line = b"--" + boundary + b"\r\n"
    at = body.find(line, begin, end)
    stated = headers.get(HASH_HEADER.lower(), "")
    if at < 0 or not is_sha2(stated):
        return end, None
    seen, hashed, view = begin, hashlib.new(_ALGORITHMS[len(stated)]), memoryview(body)
    for _ in range(_MOST_TRIALS):
        hashed.update(view[seen:at])
        if hashed.hexdigest() == stated.lower():
            return at, at + len(line)
        seen, at = at, body.find(line, at + len(line), end)
        if at < 0:
            break
    return end, None


def _delimiters(body: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each line that is the boundary: where its line end begins, what is after it, if it closes.

    A line that only begins like the boundary is content.
    """
    dashed = b"--" + boundary
    line_before = b"\r\n" + dashed
    at = 0 if body.startswith(dashed) else body.find(line_before)
    while at >= 0:
        begin = at + len(dashed if at == 0 and body.startswith(dashed) else line_before)
        rest = _REST_OF_DELIMITER.match(body, begin)
        if rest is not None:
            yield at, rest.end(), rest[1] is not None
        at = body.find(line_before, begin if rest is None else rest.end())


def _no_delimiter(body: bytes, boundary: bytes) -> BadMultipart:
    dashed = b"--" + boundary
    if body.startswith(dashed + b"\n") or b"\n" + dashed + b"\n" in body:
        return BadMultipart(
            "line_ends", "Lines end with LF alone; boundaries and headers need CR LF (RFC 2046)."
        )
    return BadMultipart(
        "no_part",
        f'No line of the body is "--{boundary.decode()}", as the Content-Type announces.',
    )


def _headers(body: bytes, begin: int, end: int, part: int) -> tuple[dict[str, str], int]:
    """The headers of a part by their names in lower case, and where its content begins."""
    if body.startswith(b"\r\n", begin, end):
        return {}, begin + 2
    limit = min(end, begin + _MOST_HEADER_BYTES)
    stop = body.find(b"\r\n\r\n", begin, limit)
    if stop < 0 and limit < end:
        raise BadMultipart("header", "No empty line ends the headers.", part=part)
    # without an empty line the part is headers alone (RFC 2046, 5.1.1)
    text = body[begin : end if stop < 0 else stop].removesuffix(b"\r\n")
    headers: dict[str, str] = {}
    for line in _FOLD.sub(b" ", text).split(b"\r\n") if text else []:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise BadMultipart("header", "A line of the headers is no header.", part=part)
        name = match[1].decode().lower()
        if name in headers:
            raise BadMultipart("header", f"The header {name} occurs twice.", part=part)
        headers[name] = match[2].strip(b" \t").decode()
    return headers, end if stop < 0 else stop + 4


def _check_first(headers: Mapping[str, str]) -> None:
    given = headers.get("content-type", "")
    if media_type(given) != "application/json":
        raise BadMultipart(
            "first_part",
            f'The first part must be the statements as application/json; it is "{given[:80]}".',
            part=1,
        )
    encoding = headers.get("content-transfer-encoding", "binary").lower()
    if encoding not in {"binary", "7bit", "8bit"}:
        raise _encoded(encoding, 1)


def _part(headers: dict[str, str], content: bytes, number: int) -> Part:
    encoding = headers.get("content-transfer-encoding", "binary")
    if encoding.lower() != "binary":
        raise _encoded(encoding, number)
    stated = headers.get(HASH_HEADER.lower())
    if stated is None:
        raise BadMultipart("hash_missing", f"There is no {HASH_HEADER} header.", part=number)
    if not is_sha2(stated):
        raise BadMultipart(
            "hash_format", f"{HASH_HEADER} is no SHA-2 hash in hexadecimal digits.", part=number
        )
    length = headers.get("content-length")
    if length is not None and length != str(len(content)):
        raise BadMultipart(
            "content_length",
            f'Content-Length is "{length[:20]}", but the content has {len(content)} bytes.',
            part=number,
        )
    sha2 = stated.lower()
    found = hash_as(sha2, content)
    if found != sha2:
        raise BadMultipart(
            "hash_mismatch",
            f"{HASH_HEADER} is {sha2}, but the {len(content)} bytes of the content have the hash "
            f"{found}.",
            part=number,
        )
    return Part(sha2, headers.get("content-type") or None, content, headers)


def _encoded(encoding: str, part: int) -> BadMultipart:
    return BadMultipart(
        "transfer_encoding",
        f'Content-Transfer-Encoding must be "binary"; it is "{encoding[:40]}".',
        part=part,
    )


def media_type(content_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def _free_boundary(first: bytes, parts: Sequence[Part]) -> str:
    seed = hashlib.blake2b(first, digest_size=16)
    while True:
        boundary = seed.hexdigest()
        line = b"--" + boundary.encode()
        if line not in first and all(line not in part.content for part in parts):
            return boundary
        seed.update(line)


def _head_of(part: Part) -> bytes:
    kind = part.content_type
    if kind is not None and not _PRINTABLE.fullmatch(kind):
        raise ValueError("a content type is one line of printable ASCII")
    lines = [] if kind is None else [f"Content-Type: {kind}"]
    lines += ["Content-Transfer-Encoding: binary", f"{HASH_HEADER}: {part.sha2}"]
    return "".join(line + "\r\n" for line in [*lines, ""]).encode()


_PARAMETER = re.compile(
    r"""[ \t]*;[ \t]*(?:(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*
        (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^";\s]*))[ \t]*(?=;|\Z))""",
    re.VERBOSE,
)
_QUOTED_PAIR = re.compile(r"\\(.)")
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_REST_OF_DELIMITER = re.compile(rb"(--)?[ \t]*(?:\r\n|\Z)")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([\t\x20-\x7e]*)")
_PRINTABLE = re.compile(r"[\x20-\x7e]+")
