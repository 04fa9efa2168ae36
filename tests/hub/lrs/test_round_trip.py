"""Any statement that the validator accepts is stored, and comes back as what was sent."""

from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.hub.lrs.speaking import refusal
from tests.xapi.cases import changed
from tests.xapi.mutations import MUTATIONS
from tests.xapi.statement_strategies import VERSIONS, statements, whole_statements
from xapi import json as xapi_json
from xapi.compare import equality_digest

ASSIGNED = {"stored", "authority"}
SEVERAL = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    database=None,
)


def fresh(drawn, number):
    """The statement under an id that was not stored before, whatever was drawn before."""
    tail = f"{number:012x}"
    return {**drawn, "id": drawn["id"][:-12] + (tail.upper() if drawn["id"].isupper() else tail)}


def with_arrays(one):
    """The one thing that the store changes: context activities come back as arrays (2.4.6.2)."""
    around = one.get("context", {}).get("contextActivities")
    if around is not None:
        lists = {name: part if type(part) is list else [part] for name, part in around.items()}
        one = {**one, "context": {**one["context"], "contextActivities": lists}}
    if one["object"].get("objectType") == "SubStatement":
        one = {**one, "object": with_arrays(one["object"])}
    return one


@pytest.mark.parametrize("version", VERSIONS)
def test_the_canonical_format_tells_the_same_statement(vendor, version):
    """Attachments apart, whose texts come in one language: they are compared."""
    vendor.version = version
    numbers = count(1)

    @given(statements(version))
    @SEVERAL
    def check(drawn):
        one = fresh(drawn, next(numbers))
        assume("attachments" not in one and "attachments" not in one["object"])
        assert vendor.ask("POST", json=one).status_code == 200
        found = vendor.get(statementId=one["id"], format="canonical")
        back = xapi_json.loads(found.data)

        assert equality_digest(back, version=version) == equality_digest(
            {"timestamp": back["timestamp"], **one}, version=version
        )

    check()


@pytest.mark.parametrize("version", VERSIONS)
def test_it_comes_back_as_it_was_sent(vendor, version):
    vendor.version = version
    numbers = count(1)

    @given(st.lists(statements(version) | whole_statements(version), min_size=1, max_size=4))
    @SEVERAL
    def check(drawn):
        batch = [fresh(one, next(numbers)) for one in drawn]
        answer = vendor.ask("POST", data=xapi_json.dumps(batch), content_type="application/json")
        assert answer.status_code == 200, (answer.text, batch)
        for sent in batch:
            found = vendor.get(statementId=sent["id"])
            assert found.status_code == 200, found.text
            back = xapi_json.loads(found.data)

            assert equality_digest(back, version=version) == equality_digest(
                {"timestamp": back["timestamp"], **sent}, version=version
            )
            assert back["id"] == sent["id"].lower()
            whole = with_arrays(sent)
            kept = {name: value for name, value in whole.items() if name not in {*ASSIGNED, "id"}}
            assert {name: back[name] for name in kept} == kept
            assert set(back) - set(kept) <= {*ASSIGNED, "id", "timestamp", "version"}

        again = vendor.ask("POST", data=xapi_json.dumps(batch), content_type="application/json")
        assert again.status_code == 200, (again.text, batch)

    check()


def test_a_broken_rule_is_answered_with_its_place(vendor):
    @given(st.sampled_from(MUTATIONS), st.data())
    @SEVERAL
    def check(mutation, data):
        vendor.version = data.draw(st.sampled_from(mutation.versions))
        good, whole = (data.draw(whole_statements(vendor.version)) for _ in range(2))
        broken = changed(whole, mutation.path, mutation.value)

        answer = vendor.ask(
            "POST", data=xapi_json.dumps([good, broken]), content_type="application/json"
        )

        refusal(answer, 400)
        found = {
            (item["statement"], item["pointer"], item["rule"]) for item in answer.json["problems"]
        }
        assert (1, mutation.pointer, mutation.rule) in found
        assert all(item["section"] for item in answer.json["problems"])

    check()
    vendor.version = "1.0.3"
    assert vendor.find() == []
