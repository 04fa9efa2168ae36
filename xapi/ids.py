"""Ids of the statements and registrations that the hub authors.

A second pull of the same fact must give the same id, in every release. THE LINES BELOW MUST NEVER
CHANGE: a change would store everything that was ever pulled once more. A pinned test watches them.
"""

from uuid import UUID, uuid5

_RECIPE = "v1"


def statement_id(
    namespace: UUID,
    *,
    source: str,
    stream: str,
    record_key: str,
    fact: str,
    version: int,
    digest: str,
) -> UUID:
    """Return the id of one version of one fact of one record of a source.

    *namespace* is the deployment's own. *version* rises when the fact changes at the source, so
    that a mark which goes to and fro gives a new statement each time.
    """
    parts = (_RECIPE, source, stream, record_key, fact, str(version), digest)
    return uuid5(namespace, _joined(parts))


def registration_id(namespace: UUID, *parts: str) -> UUID:
    """Return the registration (xAPI Data 2.4.6.1) that these parts name, in this order.

    Raises ValueError without parts, since every registration would then be the same one.
    """
    if not parts:
        raise ValueError("a registration needs at least one part to be named by")
    return uuid5(namespace, _joined((_RECIPE, "registration", *parts)))


def _joined(parts: tuple[str, ...]) -> str:
    """Join with "|". "%" and "|" inside a part are escaped, so that no two lists give one text."""
    return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)
