"""The one XML parser of the house: packages, course structures, and what a system answers in XML.

Refuses, with `BadXml`: any DOCTYPE (and so every entity but the five of XML itself), encodings
other than UTF-8, UTF-16 with a byte order mark, ISO-8859-1 and windows-1252, documents above
`MAX_BYTES` or `MAX_MARKUP`, and nesting above libxml2's limit of 256. It never reads a file or the
network, and never repairs.

The bytes are decoded here, once and strictly, and the parser is told so: were it left to the
parser to decode, a DOCTYPE written in UTF-16 or UTF-7 would not be seen by a check of the bytes.
"""

import codecs
import re

from lxml import etree

from scorm.errors import BadXml

MAX_BYTES = 16 * 1024 * 1024
MAX_MARKUP = 500_000  # "<" characters: bounds the tree, which costs far more than its text

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")


def parse(data: bytes) -> etree._Element:
    """The root element of an XML document.

    Entities are never expanded beyond XML's own five. Raises `BadXml` with one of the codes
    `empty`, `too_large`, `encoding`, `doctype`, `too_deep`, `malformed`.
    """
    if len(data) > MAX_BYTES:
        raise BadXml("too_large", f"{len(data)} bytes; the limit is {MAX_BYTES}")
    text = _decoded(data)
    if not text.strip():
        raise BadXml("empty", "the document is empty")
    if text.count("<") > MAX_MARKUP:
        raise BadXml("too_large", f"more than {MAX_MARKUP} tags")
    if _has_doctype(text):
        raise BadXml("doctype", "the document has a DOCTYPE, which is not accepted")
    try:
        root = etree.fromstring(text.encode("utf-8"), _parser())
    except etree.XMLSyntaxError as error:
        too_deep = "excessive depth" in str(error).lower()
        raise BadXml("too_deep" if too_deep else "malformed", str(error)) from error
    if root.getroottree().docinfo.doctype:  # the parser's own word, should the scan miss one
        raise BadXml("doctype", "the document has a DOCTYPE, which is not accepted")
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )


def _decoded(data: bytes) -> str:
    encoding = _encoding_of(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadXml("encoding", f"the document is not valid {encoding}: {error.reason}") from error


def _encoding_of(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise BadXml("encoding", "UTF-32 is not accepted")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in data[:4]:
        raise BadXml("encoding", "UTF-16 without a byte order mark, or UTF-32, is not accepted")
    body = data.removeprefix(codecs.BOM_UTF8)
    declared = _DECLARED.match(body)
    if declared is None:
        return "utf-8"
    name = declared.group(1).decode("ascii").lower()
    if body is not data and name not in {"utf-8", "utf8"}:
        raise BadXml("encoding", f"declared as {name}, but it begins with the mark of UTF-8")
    if name not in _ENCODINGS:
        raise BadXml("encoding", f"{name} is not an accepted encoding")
    return _ENCODINGS[name]


def _has_doctype(text: str) -> bool:
    """Whether a DOCTYPE follows the declaration, comments and instructions at the beginning."""
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if text.startswith("<?", at):
            closing = "?>"
        elif text.startswith("<!--", at):
            closing = "-->"
        else:
            return text.startswith("<!DOCTYPE", at)
        end = text.find(closing, at + 2)
        if end < 0:
            return False
        at = end + len(closing)
