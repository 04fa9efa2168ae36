"""Any valid statement is accepted; any with one broken rule is refused with its place and rule."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.xapi.cases import REMOVED, changed
from tests.xapi.mutations import MUTATIONS, REF
from tests.xapi.statement_strategies import VERSIONS, statements, whole_statements
from xapi import json as xapi_json
from xapi.validate import validate
from xapi.vocabulary import VOIDED

FEW = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    database=None,
)


def found(statement, version):
    return {(item.pointer, item.rule) for item in validate(statement, version=version)}


def test_there_are_enough_of_them():
    assert len({(item.pointer, item.rule) for item in MUTATIONS}) >= 60
    assert len({item.rule for item in MUTATIONS}) >= 20


@pytest.mark.parametrize("version", VERSIONS)
def test_any_valid_statement_is_accepted(version):
    @given(statements(version) | whole_statements(version))
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    def check(statement):
        assert validate(statement, version=version) == []
        assert xapi_json.loads(xapi_json.dumps(statement)) == statement

    check()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_broken_rule_is_refused_with_its_place(mutation):
    @given(
        st.sampled_from(mutation.versions).flatmap(
            lambda version: st.tuples(st.just(version), whole_statements(version))
        )
    )
    @FEW
    def check(pair):
        version, statement = pair
        broken = reference_fits(changed(statement, mutation.path, mutation.value), "")

        assert found(broken, version) == {(mutation.pointer, mutation.rule)}
        if mutation.fits_sub_statement:
            shared = {
                name: value
                for name, value in broken.items()
                if name not in {"id", "stored", "authority", "version"}
            }
            outer = {
                "actor": statement["actor"],
                "verb": statement["verb"],
                "object": {"objectType": "SubStatement", **shared},
            }
            assert found(outer, version) == {("/object" + mutation.pointer, mutation.rule)}

    check()


def reference_fits(statement, at):
    """Leave out what only statements about activities may have, where it is about none."""
    target = statement.get("object")
    if isinstance(target, dict) and target.get("objectType") == "StatementRef":
        for name in ("revision", "platform"):
            statement = changed(statement, f"context/{name}", REMOVED)
    return statement


@given(whole_statements("1.0.3"), st.sampled_from(["revision", "platform"]))
@FEW
def test_revision_and_platform_need_an_activity(statement, name):
    other = {"revision": "platform", "platform": "revision"}[name]
    broken = changed(changed(statement, "object", REF), f"context/{other}", REMOVED)

    assert found(broken, "1.0.3") == {(f"/context/{name}", "not_about_activity")}


@given(whole_statements("1.0.3"))
@FEW
def test_voiding_needs_a_reference(statement):
    broken = changed(statement, "verb/id", VOIDED.id)

    assert found(broken, "1.0.3") == {("/object", "voids_no_statement")}


@pytest.mark.parametrize("name", ["id", "stored", "authority", "version"])
def test_a_sub_statement_has_nothing_of_its_own(name):
    @given(whole_statements("1.0.3"))
    @FEW
    def check(statement):
        own = {key: statement[key] for key in ("actor", "verb", "object", name)}
        outer = {**statement, "object": {"objectType": "SubStatement", **own}}
        del outer["context"]

        assert found(outer, "1.0.3") == {(f"/object/{name}", "unknown_property")}

    check()


@given(whole_statements("2.0.0"))
@FEW
def test_a_sub_statement_holds_no_other(statement):
    inner = {key: statement[key] for key in ("actor", "verb", "object")}
    middle = {
        **inner,
        "objectType": "SubStatement",
        "object": {"objectType": "SubStatement", **inner},
    }

    assert found({**inner, "object": middle}, "2.0.0") == {
        ("/object/object", "nested_sub_statement")
    }


TEXT_MUTATIONS = {
    "duplicate_key": lambda text: text[:-1] + ',"actor":{}}',
    "nan": lambda text: text[:-1] + ',"x":NaN}',
    "lone_surrogate": lambda text: text[:-1] + ',"x":"\\udc00"}',
    "nul_character": lambda text: text[:-1] + ',"x\\u0000":1}',
    "too_deep": lambda text: text[:-1] + ',"x":' + "[" * 65 + "]" * 65 + "}",
    "number_too_large": lambda text: text[:-1] + ',"x":-1e999}',
    "bom": lambda text: "\ufeff" + text,
    "syntax": lambda text: text[:-1] + ",}",
}


@pytest.mark.parametrize(("rule", "mutate"), TEXT_MUTATIONS.items(), ids=TEXT_MUTATIONS)
def test_a_text_that_is_no_json_is_refused_by_name(rule, mutate):
    @given(statements("1.0.3"))
    @FEW
    def check(statement):
        text = mutate(json.dumps(statement, ensure_ascii=False))
        with pytest.raises(xapi_json.BadJson) as refused:
            xapi_json.loads(text.encode())
        assert refused.value.rule == rule

    check()
