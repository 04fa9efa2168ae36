"""Writes the simulated platform's resources as Arlo's hypermedia XML.

A resource is simple elements and `<Link>`s; expand puts the linked resource inside its Link. A
collection is Links to its items, a `next` link while there is more, and `self`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from hub.demo.arlo_query import BadQuery, Query
from hub.demo.arlo_resources import LINKED_KIND, RESOURCES, Element, Resource

_ITEM = "http://schemas.arlo.co/api/2012/02/auth/"
_RELATED = f"{_ITEM}related/"
MEDIA_TYPE = "application/xml"

Paths = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Writer:
    """root: address of the resources, with a slash at its end; rows: kind -> id -> row."""

    root: str
    rows: Mapping[str, Mapping[int, Any]]

    def instance(self, resource: Resource, row: Any, expand: Paths) -> bytes:
        """One resource; expand is relative to it ("Contact")."""
        _check(resource, expand)
        return _document(self._resource(resource, row, expand))

    def collection(
        self,
        resource: Resource,
        path: str,
        rows: Sequence[Any],
        query: Query,
        sent: Mapping[str, str],
    ) -> bytes:
        """One page of *rows*; expand begins with the item's name ("Registration/Contact")."""
        for names in query.expand:
            if names[0] != resource.name:
                raise BadQuery(f"'{'/'.join(names)}' cannot be expanded here.")
        inner = [names[1:] for names in query.expand]
        _check(resource, [names for names in inner if names])
        root = etree.Element(resource.collection)
        for row in rows[query.skip : query.skip + query.top]:
            link = self._link(root, _ITEM + resource.name, resource.name, resource.path(row))
            if inner:
                link.append(self._resource(resource, row, [names for names in inner if names]))
        if query.skip + query.top < len(rows):
            following = {**sent, "skip": str(query.skip + query.top)}
            self._link(root, "next", "", f"{path}?{urlencode(following)}")
        self._link(root, "self", "", path)
        return _document(root)

    def _resource(self, resource: Resource, row: Any, expand: Paths) -> etree._Element:
        node = etree.Element(resource.name)
        _fill(node, resource.elements(row))
        self._link(node, "self", "", resource.path(row))
        for related in resource.links(row):
            link = self._link(node, _RELATED + related.title, related.title, related.path)
            deeper = [names[1:] for names in expand if names[0] == related.title]
            row_behind = self.rows.get(related.kind, {}).get(related.key)
            if deeper and row_behind is not None:
                below = [names for names in deeper if names]
                link.append(self._resource(RESOURCES[related.kind], row_behind, below))
        return node

    def _link(self, parent: etree._Element, rel: str, title: str, path: str) -> etree._Element:
        link = etree.SubElement(parent, "Link", rel=rel, type=MEDIA_TYPE)
        if title:
            link.set("title", title)
        link.set("href", self.root + path)
        return link


def _check(resource: Resource, expand: Paths) -> None:
    """Raises BadQuery for a name that is no relation of the resource before it."""
    for names in expand:
        at: Resource | None = resource
        for name in names:
            if at is None or name not in at.relations:
                raise BadQuery(f"'{'/'.join(names)}' cannot be expanded here.")
            at = RESOURCES.get(LINKED_KIND.get(name, name))


def _fill(node: etree._Element, elements: Sequence[Element]) -> None:
    for name, content in elements:
        if isinstance(content, str):
            if content:
                etree.SubElement(node, name).text = content
        else:
            _fill(etree.SubElement(node, name), content)


def api_exception(code: str, message: str) -> bytes:
    """The body of an error."""
    node = etree.Element("ApiException")
    _fill(node, [("Code", code), ("Message", message)])
    return _document(node)


def simple(name: str, elements: Sequence[Element]) -> bytes:
    """A small document without links."""
    node = etree.Element(name)
    _fill(node, elements)
    return _document(node)


def _document(node: etree._Element) -> bytes:
    return bytes(etree.tostring(node, encoding="utf-8", xml_declaration=True))
