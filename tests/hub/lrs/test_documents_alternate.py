"""Documents through the alternate request syntax of 1.0.3 (Communication 1.3)."""

from urllib.parse import urlencode

from tests.hub.lrs.documenting import RESOURCES, shelf_of
from tests.hub.lrs.speaking import VERSION


def as_form(vendor, kind, method, **more):
    path, usual = RESOURCES[kind]
    return vendor.ask(
        "POST",
        path,
        query_string={"method": method},
        data=urlencode({**usual, VERSION: "1.0.3", **more}),
        content_type="application/x-www-form-urlencoded",
    )


def test_a_form_stores_reads_and_deletes_a_profile_with_its_preconditions(vendor):
    kind = "agent profile"
    content = {"content": '{"a": 1}', "Content-Type": "application/json"}

    assert as_form(vendor, kind, "PUT", **content, **{"If-None-Match": "*"}).status_code == 204
    assert as_form(vendor, kind, "PUT", **content, **{"If-None-Match": "*"}).status_code == 412
    read = as_form(vendor, kind, "GET")
    assert (read.status_code, read.data) == (200, b'{"a": 1}')
    assert as_form(vendor, kind, "DELETE", **{"If-Match": '"other"'}).status_code == 412
    tag = read.headers["ETag"]
    assert as_form(vendor, kind, "DELETE", **{"If-Match": tag}).status_code == 204
    assert shelf_of(vendor, kind).names() == []
