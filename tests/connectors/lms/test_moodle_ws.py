"""Moodle's protocol: how a call is written, and what each refusal means for the run."""

import pytest
import responses
from responses import matchers

from connectors.errors import BadRecord, NeedsAttention, Unavailable
from connectors.http import HttpSession
from connectors.lms.moodle_ws import MoodleWebService, NoRight, NotThere
from tests.connectors.moodle_replay import TOKEN, error, sample

URL = "https://moodle.example/lms/webservice/rest/server.php"
EXTERNAL = "Can't find data record in database table external_functions."


def service(**limits):
    http = HttpSession("https://moodle.example/lms", sleep=lambda seconds: None, **limits)
    return MoodleWebService(http, TOKEN)


def call_answered(**answer):
    with responses.RequestsMock() as web:
        web.post(URL, **answer)
        return service(tries=1).mapping("core_some_function")


def test_a_call_is_a_post_with_arguments_as_php_reads_them():
    with responses.RequestsMock() as web:
        form = {
            "wstoken": TOKEN,
            "wsfunction": "f",
            "moodlewsrestformat": "json",
            "moodlewssettingraw": "1",
            "courseids[0]": "2",
            "courseids[1]": "3",
            "options[0][name]": "onlyactive",
            "options[0][value]": "1",
        }
        web.post(URL, json={}, match=[matchers.urlencoded_params_matcher(form)])
        service().mapping("f", courseids=[2, 3], options=[{"name": "onlyactive", "value": True}])
        assert TOKEN not in str(web.calls[0].request.url)


@pytest.mark.parametrize(
    ("code", "message", "expected", "told"),
    [
        ("invalidtoken", "Invalid token", NeedsAttention, "refused the token"),
        ("accessexception", "Access control exception", NeedsAttention, "core_some_function"),
        ("wsaccessusersuspended", "Suspended", NeedsAttention, "service account"),
        ("invalidrecord", EXTERNAL, NeedsAttention, "does not know the function"),
        ("invalidparameter", "Invalid parameter", NeedsAttention, "did not understand"),
        ("nopermissions", "No permissions", NoRight, "did not allow"),
        ("cannotviewreport", "You cannot view this report", NoRight, "did not allow"),
        ("errorcoursecontextnotvalid", "Not valid", NoRight, "did not allow"),
        ("invalidrecord", "database table course.", NotThere, "nothing to tell"),
        ("invaliduser", "Invalid user", NotThere, "nothing to tell"),
        ("cannotfindsco", "Could not find SCO", NotThere, "nothing to tell"),
        ("userdeleted", "Deleted", NotThere, "nothing to tell"),
        ("nocriteriaset", "No criteria", NotThere, "nothing to tell"),
        ("usernotenroled", "Not enrolled", NotThere, "nothing to tell"),
        ("sitemaintenance", "Under maintenance", Unavailable, "out of order"),
        ("somethingnew", "Never seen", BadRecord, "somethingnew"),
    ],
)
@pytest.mark.parametrize("exception", ["moodle_exception", "core\\exception\\moodle_exception"])
def test_a_refusal_is_told_by_its_code(code, message, expected, told, exception):
    with pytest.raises(expected) as caught:
        call_answered(json={"exception": exception, "errorcode": code, "message": message})
    assert told in caught.value.message
    assert message in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("version", ["4.3", "4.5"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("90-err_invalid_token", NeedsAttention),
        ("92-err_unknown_function", NeedsAttention),
        ("93-err_function_not_in_service", NeedsAttention),
        ("94-err_missing_param", NeedsAttention),
        ("96-err_unknown_course", NotThere),
        ("97-err_unknown_user", NotThere),
        ("08e-course_completion_not_enrolled_frank", NotThere),
        ("08f-course_completion_no_completion_course", NoRight),
        ("11k-sco_tracks_unknown_sco", NotThere),
    ],
)
def test_recorded_refusals_of_both_versions_are_understood(name, expected, version):
    with pytest.raises(expected):
        call_answered(json=sample(name, version))


@pytest.mark.parametrize(
    ("status", "body", "expected", "told"),
    [
        (403, "", NeedsAttention, "did not open its web service"),
        (401, "Authorization required", NeedsAttention, "asks for a password"),
        (404, "<h1>Not Found</h1>", NeedsAttention, "no Moodle web service at this address"),
        (503, "<h1>Maintenance</h1>", Unavailable, "Maintenance"),
        (503, "", Unavailable, "status 503"),
        (500, "<b>Fatal error</b>", Unavailable, "Fatal error"),
        (302, "", Unavailable, "nobody expected"),
    ],
)
def test_a_status_is_told_in_words(status, body, expected, told):
    with pytest.raises(expected) as caught:
        call_answered(status=status, body=body)
    assert told in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "body", ["<!DOCTYPE html><title>Log in</title>", "<?xml version='1.0'?><EXCEPTION/>", "", "{"]
)
def test_what_is_not_json_is_never_taken_for_no_data(body):
    with pytest.raises(Unavailable):
        call_answered(body=body)


@pytest.mark.parametrize("body", ["null", "3", '"text"', "[1]"])
def test_an_answer_of_another_shape_is_never_taken_for_no_data(body):
    with pytest.raises(Unavailable, match="where an object belongs"):
        call_answered(body=body)


def test_a_list_that_is_answered_with_an_error_is_an_error():
    with responses.RequestsMock() as web:
        web.post(URL, json=error("invalidtoken"))
        with pytest.raises(NeedsAttention):
            service().rows("core_enrol_get_enrolled_users")


def test_the_token_is_in_no_message():
    with pytest.raises(BadRecord) as caught:
        call_answered(json=error("somethingnew", f"<b>Bad</b> token {TOKEN}"))
    assert TOKEN not in caught.value.message
    assert "Bad token ***" in caught.value.message
