"""Statements as sentences: what is known is said, what is not is left out."""

import pytest

from hub.browser.wording import Names, agent_text, sentence, size_text, verb_name
from tests.hub.lrs.speaking import VOIDED, mbox, statement
from xapi.languages import accepted

PASSED = "http://adlnet.gov/expapi/verbs/passed"
COURSE = "https://lms.example.org/course/1"


def text(names=None, **parts):
    return sentence(statement(**parts), names or Names()).text


@pytest.mark.parametrize(
    ("result", "more"),
    [
        ({}, ""),
        ({"score": {"scaled": 0.87}}, ", score 87 %"),
        ({"score": {"raw": 0}}, ", score 0 points"),
        ({"score": {}}, ""),
        ({"completion": True}, ""),
        ({"completion": False}, ", not completed"),
        ({"success": False}, ", failed"),
        ({"duration": "PT1H20M"}, ", took 1 h 20 min"),
        ({"response": "a\nb"}, ", answered “a b”"),
        ({"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 40}},
         ", progress 40 %"),
        ({"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": True}}, ""),
    ],
)  # fmt: skip
def test_a_result_is_said_as_far_as_it_is_known(result, more):
    name = Names({COURSE: "Fire safety"})
    assert text(name, result=result) == f"ann@example.org completed Fire safety{more}"


def test_what_the_verb_says_already_is_not_said_twice():
    said = text(verb={"id": PASSED}, result={"success": True, "completion": True})
    assert said.endswith(", completed")
    assert said.count("passed") == 1


def test_the_readers_language_is_chosen_and_the_hubs_title_goes_before_the_senders():
    named = {"id": COURSE, "definition": {"name": {"de": "Brandschutz", "en": "Fire"}}}
    german = Names(languages=accepted("de"))
    assert text(german, object=named).endswith("Brandschutz")
    assert text(Names({COURSE: "Fire safety"}), object=named).endswith("Fire safety")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"id": "https://x.example/fire-safety"}, "Fire safety"),
        ({"id": "urn:uuid:1"}, "Untitled activity"),
        ({"objectType": "StatementRef", "id": "x"}, "a statement"),
        ({"objectType": "Agent", **mbox("bo@x.org", name="Bo")}, "Bo"),
        ({"objectType": "SubStatement", **statement()}, "“ann@example.org completed Untitled"),
    ],
)
def test_every_kind_of_object_can_be_said(target, said):
    assert text(object=target).startswith(f"ann@example.org completed {said}")


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ({"account": {"homePage": "https://m.example", "name": "7"}}, "7 at https://m.example"),
        ({"objectType": "Group", "member": [mbox("a@x.org"), mbox("b@x.org")]},
         "a group of a@x.org and 1 more"),
        ({"objectType": "Group", "name": "Team"}, "Team"),
    ],
)  # fmt: skip
def test_who_has_no_name_is_called_by_what_identifies_them(agent, said):
    assert agent_text(agent) == said


def test_a_long_name_is_cut_in_a_sentence():
    assert len(text(actor=mbox(name="x" * 5000))) < 300


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (VOIDED, "voided"),
        ("http://x.example/verbs#took-part", "took part"),
        ("http://x.example/", "x.example"),
        ("urn:x", "urn:x"),
    ],
)
def test_a_verb_without_a_display_reads_as_its_iri_ends(iri, name):
    assert verb_name(iri) == name


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1200, "1.2 kB"), (250_000, "250 kB"),
     (10**13, "10000 GB")],
)  # fmt: skip
def test_sizes_are_said_in_the_unit_that_fits(count, said):
    assert size_text(count) == said
