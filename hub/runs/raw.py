"""The raw payload of a record as JSON, for rejections. Pure."""

import json

from connectors.records import Record


def raw_json(record: Record) -> bytes:
    """The payload as received, or what the record holds where the connector kept none."""
    content = record.raw or {"key": record.key}
    return json.dumps(content, default=str, ensure_ascii=False).encode("utf-8", "replace")
