"""Preconditions are judged as HTTP says, and a PUT without them as the version of xAPI says."""

import pytest
from werkzeug.datastructures import Headers

from hub.lrs.errors import XapiError
from hub.lrs.preconditions import check_put, preconditions_of

TAG = "a" * 40
OTHER = "b" * 40
MATCHING = [
    f'"{TAG}"',
    f'"{OTHER}", "{TAG}"',
    f'"{OTHER}","{TAG}" , W/"x"',
    "*",
    TAG,
]
FAILING = [f'"{OTHER}"', f'"{OTHER}", "1234"', f'W/"{TAG}"', OTHER, f'"{TAG[:-1]}"']


def of(**headers):
    named = {"match": "If-Match", "none_match": "If-None-Match"}
    return preconditions_of(Headers({named[name]: value for name, value in headers.items()}))


def status_of(check, *args, **named):
    try:
        check(*args, **named)
    except XapiError as error:
        return error.status
    return None


@pytest.mark.parametrize("value", MATCHING)
def test_if_match_allows_a_change_of_what_it_names(value):
    assert status_of(of(match=value).check, TAG) is None


@pytest.mark.parametrize("value", FAILING)
def test_if_match_refuses_a_change_of_anything_else(value):
    assert status_of(of(match=value).check, TAG) == 412


@pytest.mark.parametrize("value", [*MATCHING, *FAILING])
def test_if_match_never_holds_where_there_is_no_document(value):
    assert status_of(of(match=value).check, None) == 412


@pytest.mark.parametrize("value", [*MATCHING, f'W/"{TAG}"'])
def test_if_none_match_refuses_a_change_of_what_it_names(value):
    assert status_of(of(none_match=value).check, TAG) == 412


@pytest.mark.parametrize("value", [f'"{OTHER}"', f'W/"{OTHER}", "1234"'])
def test_if_none_match_allows_a_change_of_anything_else(value):
    assert status_of(of(none_match=value).check, TAG) is None


@pytest.mark.parametrize("value", ["*", f'"{TAG}"'])
def test_if_none_match_holds_where_there_is_no_document(value):
    assert status_of(of(none_match=value).check, None) is None


def test_both_must_hold():
    assert status_of(of(match=f'"{TAG}"', none_match="*").check, TAG) == 412


def test_a_failed_if_match_tells_the_tag_that_there_is():
    with pytest.raises(XapiError, match=TAG):
        of(match=f'"{OTHER}"').check(TAG)


def test_a_weak_tag_is_explained():
    with pytest.raises(XapiError, match="weakened"):
        of(match=f'W/"{TAG}"').check(TAG)


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["", "  "])
def test_a_header_without_a_tag_is_refused_by_its_name(header, value):
    with pytest.raises(XapiError, match=header) as refusal:
        preconditions_of(Headers({header: value}))
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("version", "is_state", "new", "existing"),
    [
        ("1.0.3", True, None, None),
        ("1.0.3", False, 400, 409),
        ("2.0.0", True, None, 409),
        ("2.0.0", False, None, 409),
    ],
)
def test_a_put_without_preconditions_is_judged_by_version_and_resource(
    version, is_state, new, existing
):
    nothing = preconditions_of(Headers())

    def status(etag):
        return status_of(check_put, nothing, etag, version=version, is_state=is_state)

    assert (status(None), status(TAG)) == (new, existing)


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("is_state", [True, False])
def test_a_put_with_preconditions_is_judged_by_them(version, is_state):
    def status(etag, **headers):
        return status_of(check_put, of(**headers), etag, version=version, is_state=is_state)

    assert status(TAG, match=f'"{TAG}"') is None
    assert status(TAG, match=f'"{OTHER}"') == 412
    assert status(None, match="*") == 412
    assert status(None, none_match="*") is None
    assert status(TAG, none_match="*") == 412
