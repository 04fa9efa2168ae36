"""If-Match and If-None-Match on documents: which changes are refused (xAPI Communication 3.1).

Tags are compared as RFC 9110 (13.1) says: If-Match strongly, so that a weak tag never matches,
If-None-Match weakly. A bare SHA-1 without quotes, as clients send that compute it themselves,
counts as a strong tag.
"""

from dataclasses import dataclass

from werkzeug.datastructures import ETags, Headers
from werkzeug.http import parse_etags

from hub.lrs.errors import XapiError


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a client takes to be there; None where it does not say."""

    match: ETags | None = None
    none_match: ETags | None = None

    @property
    def given(self) -> bool:
        return self.match is not None or self.none_match is not None

    def check(self, etag: str | None) -> None:
        """Raise XapiError 412 unless they hold for a document with this ETag (None: none there)."""
        if self.match is not None:
            if etag is None:
                raise _failed("If-Match is given, and there is no such document")
            if not self.match.contains(etag):
                if self.match.contains_weak(etag):
                    raise _failed(
                        "If-Match has a weak ETag (W/), which never matches; something between "
                        "you and this store, such as a compressing proxy, has weakened it. Send "
                        f'"{etag}"'
                    )
                raise _failed(f'the document has changed: its ETag is "{etag}" now')
        if self.none_match is not None and etag is not None and self.none_match.contains_weak(etag):
            raise _failed(f'If-None-Match is given, and the document is there, with ETag "{etag}"')


def preconditions_of(headers: Headers) -> Preconditions:
    """The preconditions of a request. Raises XapiError for a header that names no tag."""
    return Preconditions(_tags("If-Match", headers), _tags("If-None-Match", headers))


def check_put(
    asked: Preconditions,
    etag: str | None,
    *,
    version: str,
    is_state: bool,
    lenient: bool = False,
) -> None:
    """Raise XapiError where a PUT may not replace a document with this ETag (None: none there).

    Without preconditions it never replaces a document (409), except a state in 1.0.3. In 1.0.3 a
    profile needs one of them even when it is new (400), unless the credential is *lenient*: stock
    clients leave them out there.
    """
    if asked.given or (is_state and version == "1.0.3"):
        asked.check(etag)
    elif etag is not None:
        raise XapiError(
            "Nothing was changed: the document is already there, and the request has neither "
            "If-Match nor If-None-Match. Fetch the document, check its current state, and send "
            f'your change with If-Match and its current ETag, which is "{etag}" now.',
            status=409,
        )
    elif version == "1.0.3" and not lenient:
        raise XapiError(
            "Nothing was stored: in xAPI 1.0.3 a PUT of a profile needs If-Match or "
            "If-None-Match. Send If-None-Match: * for a new document; for a client that cannot, an "
            "admin can make this credential lenient."
        )


def _tags(name: str, headers: Headers) -> ETags | None:
    value = headers.get(name)
    if value is None:
        return None
    tags = parse_etags(value.strip())
    if not tags:
        raise XapiError(f'{name} must be * or ETags in quotes, with commas between; got "{value}".')
    return tags


def _failed(why: str) -> XapiError:
    return XapiError(f"Nothing was changed: {why}.", status=412)
