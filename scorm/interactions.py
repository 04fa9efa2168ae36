"""The interactions of an attempt: which questions were answered, and how."""

from collections.abc import Mapping

from scorm.answers import in_xapi_form
from scorm.cmi import Interaction, Version
from scorm.numbers import number_of
from scorm.rows import numbered
from scorm.times import seconds_of

_SUCCESS = {"correct": True, "wrong": False, "incorrect": False}


def interactions_of(rows: Mapping[str, str], version: Version) -> tuple[Interaction, ...]:
    """The interactions by rising number; those without an id are left out.

    The results unanticipated, neutral and a number are no success and no failure; `result` keeps
    the word.
    """
    return tuple(
        _interaction(index, fields, version)
        for index, fields in numbered(rows, "cmi.interactions")
        if fields.get("id")
    )


def _interaction(index: int, fields: Mapping[str, str], version: Version) -> Interaction:
    is_12 = version == "1.2"
    response = fields.get("student_response" if is_12 else "learner_response", "")
    patterns = [text for _, text in _listed(fields, "correct_responses", "pattern") if text]
    kind, texts = in_xapi_form(fields.get("type", ""), (response, *patterns), version=version)
    weighting, _ = number_of(fields.get("weighting", ""))
    latency, _ = seconds_of(fields.get("latency", ""), version=version)
    result = fields.get("result", "")
    return Interaction(
        index=index,
        id=fields["id"],
        type=kind,
        at=fields.get("time" if is_12 else "timestamp", ""),
        response=texts[0],
        result=result,
        success=_SUCCESS.get(result.lower()),
        correct_responses=texts[1:],
        objective_ids=tuple(text for _, text in _listed(fields, "objectives", "id") if text),
        weighting=weighting,
        latency_seconds=latency,
        description=fields.get("description", ""),
    )


def _listed(fields: Mapping[str, str], name: str, key: str) -> list[tuple[int, str]]:
    return [(index, member.get(key, "")) for index, member in numbered(fields, name)]
