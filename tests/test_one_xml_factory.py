"""All XML goes through `scorm.xml.parse`: nobody else in the house starts a parser."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("hub", "connectors", "xapi", "scorm", "config")
FACTORY = ROOT / "scorm" / "xml.py"
PARSERS = {"parse", "fromstring", "fromstringlist", "XML", "HTML", "XMLID", "iterparse"}
PARSERS |= {"XMLParser", "HTMLParser", "XMLPullParser", "HTMLPullParser", "ETCompatXMLParser"}
EXCEPTIONS = {"ParseError", "XMLSyntaxError"}  # caught where a library parses its own files
OTHERS = ("xml", "lxml.html", "lxml.objectify", "lxml.sax", "defusedxml", "bs4")


def _is_other(module: str) -> bool:
    return any(module == other or module.startswith(other + ".") for other in OTHERS)


def parsers_in(source: str) -> list[int]:
    """The lines of `source` that start, or import, an XML or HTML parser."""
    lines: list[int] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = any(_is_other(name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            names = {name.name for name in node.names}
            found = any(_is_other(f"{module}.{name}") for name in names - EXCEPTIONS)
            found |= module == "lxml.etree" and bool(names & (PARSERS | {"*"}))
        elif isinstance(node, ast.Attribute) and node.attr in PARSERS:
            found = ast.unparse(node.value).split(".")[-1].lower() in {"etree", "elementtree", "et"}
        else:
            continue
        if found:
            lines.append(node.lineno)
    return sorted(lines)


def test_no_module_but_the_factory_parses_xml():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if path != FACTORY
        for line in parsers_in(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "use scorm.xml.parse"


def test_the_factory_is_where_this_test_thinks_it_is():
    assert parsers_in(FACTORY.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "import xml.etree.ElementTree as ET",
        "from xml.dom import minidom",
        "from xml import sax",
        "import xml.sax",
        "from lxml import html",
        "import lxml.objectify",
        "from lxml.etree import fromstring",
        "from lxml.etree import *",
        "root = etree.fromstring(data)",
        "root = lxml.etree.XML(data)",
        "parser = etree.XMLParser(huge_tree=True)",
        "etree.iterparse(stream)",
        "etree.HTMLParser()",
    ],
)
def test_every_way_to_start_a_parser_is_seen(line):
    assert parsers_in(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "from lxml import etree",
        "from scorm import xml",
        "from scorm.xml import parse",
        "root = xml.parse(data)",
        "etree.tostring(root)",
        "urllib.parse.urlsplit(text)",
        "from html.parser import HTMLParser",
        "from xml.etree.ElementTree import ParseError",
    ],
)
def test_what_starts_no_xml_parser_is_left_alone(line):
    assert parsers_in(line) == []
