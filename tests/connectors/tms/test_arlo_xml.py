"""Arlo's hypermedia XML as plain values."""

from pathlib import Path

import pytest

from connectors.tms.arlo_xml import parse_resource
from scorm.errors import BadXml

DATA = Path(__file__).parents[2] / "data" / "arlo"


def test_a_collection_has_items_with_what_was_expanded_in_them():
    page = parse_resource((DATA / "registrations.xml").read_bytes())
    first, second = page.items("Registration")
    assert (first.id, second.id) == ("5001", "5002")
    event = first.resource.linked("Event")
    assert event.text("Code") == "FIRE-003"
    assert event.linked("EventTemplate").text("Name") == "Fire safety"
    assert second.resource.link("Contact").id == "72"
    assert second.resource.linked("Contact") is None
    assert page.next.endswith("?expand=Registration&skip=2")


def test_a_blank_property_and_a_missing_one_are_the_same():
    for body in (b"<A/>", b"<A><Grade/></A>", b"<A><Grade> </Grade></A>"):
        assert parse_resource(body).text("Grade") is None


def test_of_a_property_written_twice_the_first_counts():
    found = parse_resource(b"<A><Status>Approved</Status><Status>Completed</Status></A>")
    assert found.text("Status") == "Approved"


def test_names_count_without_their_namespace_and_comments_do_not_count():
    found = parse_resource(
        b"""<A xmlns="urn:x"><!-- c --><B>1</B><?pi?><Link title="C" href="c/7"><!-- c -->
        <C><D>2</D></C></Link></A>"""
    )
    assert (found.tag, found.text("B"), found.linked("C").text("D")) == ("A", "1", "2")


@pytest.mark.parametrize(
    ("rel", "title"),
    [("http://schemas.arlo.co/api/2012/02/auth/related/Event", ""), ("x", "Event")],
)
def test_a_link_is_known_by_its_title_or_the_end_of_its_rel(rel, title):
    body = f'<A><Link rel="{rel}" title="{title}" href="events/3/?x=1"/></A>'
    assert parse_resource(body.encode()).link("Event").id == "3"


def test_a_resource_shows_everything_it_holds_as_plain_values():
    found = parse_resource(
        b"""<A><N>1</N><P><Q>2</Q></P><Link title="T" href="t/1"><T><U>3</U></T></Link>
        <Link rel="self" href="a/1"/></A>"""
    )
    assert found.as_dict() == {
        "N": "1",
        "P": {"Q": "2"},
        "Links": {"T": {"U": "3"}, "self": "a/1"},
    }


def test_a_doctype_is_refused():
    with pytest.raises(BadXml) as refused:
        parse_resource(b'<!DOCTYPE a [<!ENTITY e "x">]><A>&e;</A>')
    assert refused.value.code == "doctype"
