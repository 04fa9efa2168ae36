"""Arlo's hypermedia XML as plain values: fields, parts and links of a resource. Pure.

A blank property is absent from the XML, and an empty one means the same, so neither is a field
here. An expanded link holds its resource inside the Link element. Shapes: developer.arlo.co,
"Hypermedia resources" and "Collection resources".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from scorm.xml import parse


@dataclass(frozen=True, slots=True)
class Link:
    """A link and, where it was expanded, what it leads to."""

    rel: str
    title: str
    href: str
    resource: "Resource | None" = None

    @property
    def id(self) -> str:
        """The last part of the address: "562" of .../contacts/562/."""
        return urlsplit(self.href).path.rstrip("/").rpartition("/")[2]

    def leads_to(self, name: str) -> bool:
        """Whether this is the link called *name*, by its title or the last part of its rel."""
        return self.title == name or self.rel.rpartition("/")[2] == name


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its simple properties, its inline parts and its links.

    Of a property that is written twice (the vendor's own samples do it) the first counts.
    """

    tag: str
    fields: Mapping[str, str]
    parts: Mapping[str, "Resource"]
    links: tuple[Link, ...]

    def text(self, name: str) -> str | None:
        """The value of a property, None where it is blank."""
        return self.fields.get(name)

    def link(self, name: str) -> Link | None:
        """The first link with this title."""
        return next((link for link in self.links if link.leads_to(name)), None)

    def linked(self, name: str) -> "Resource | None":
        """What the link with this title leads to, if it was expanded."""
        link = self.link(name)
        return link.resource if link else None

    def items(self, name: str) -> tuple[Link, ...]:
        """The items of a collection, in the order of the answer."""
        return tuple(link for link in self.links if link.leads_to(name))

    @property
    def next(self) -> str | None:
        """Where the next page of a collection is, if there is one."""
        return next((link.href for link in self.links if link.rel == "next"), None)

    def as_dict(self) -> dict[str, Any]:
        """The resource as JSON-able values; links by title, expanded or as their address."""
        links: dict[str, Any] = {}
        for link in self.links:
            shown = link.resource.as_dict() if link.resource else link.href
            links.setdefault(link.title or link.rel, shown)
        parts = {name: part.as_dict() for name, part in self.parts.items()}
        return {**self.fields, **parts, **({"Links": links} if links else {})}


def parse_resource(data: bytes) -> Resource:
    """The resource in an XML answer. Raises scorm.errors.BadXml."""
    return _resource(parse(data))


def _resource(element: etree._Element) -> Resource:
    fields: dict[str, str] = {}
    parts: dict[str, Resource] = {}
    links: list[Link] = []
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment or an instruction
        name = etree.QName(child).localname
        if name == "Link":
            links.append(_link(child))
        elif len(child):
            parts.setdefault(name, _resource(child))
        elif child.text and child.text.strip():
            fields.setdefault(name, child.text.strip())
    return Resource(etree.QName(element).localname, fields, parts, tuple(links))


def _link(element: etree._Element) -> Link:
    inside = next((child for child in element if isinstance(child.tag, str)), None)
    return Link(
        rel=element.get("rel", ""),
        title=element.get("title", ""),
        href=element.get("href", ""),
        resource=None if inside is None else _resource(inside),
    )
