"""What an admin does with forwarders: add, change, pause, resume, retry, remove; dead letters.

The secret is encrypted with the forwarder's id as context, and is never in the config.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from marshmallow import ValidationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from config import Settings
from hub import clock
from hub.errors import Conflict, Invalid, NotFound
from hub.forwarding import lease
from hub.forwarding.authorities import keys_of, names_by_key
from hub.forwarding.models import DeadLetter, Forwarder
from hub.forwarding.reading import newest_seq, next_batch, seq_before
from hub.forwarding.rules import BATCH_LIMIT, Filter, Verdict
from hub.forwarding.schemas import ForwarderConfig
from hub.keyring import Keyring
from hub.sources.values import input_of, texts_of

LONGEST_NAME = 60


class BadForwarder(Invalid):
    """Fields break rules; *problems* has the rules by field."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        lines = [f"{title_of(name)}: {' '.join(rules)}" for name, rules in problems.items()]
        super().__init__(
            f"The forwarder was not saved. {' '.join(lines)}",
            hint="Correct it and try again. Fields: " + ", ".join(ForwarderConfig().fields),
            field=next(iter(problems)),
        )
        self.problems = dict(problems)


def title_of(field: str) -> str:
    """The name of a field as a person reads it."""
    known = ForwarderConfig().fields.get(field)
    return str(known.metadata["title"]) if known else field


def load_config(session: Session, texts: Mapping[str, str]) -> dict[str, Any]:
    """The configuration that typed texts mean. Raises BadForwarder with every problem."""
    try:
        loaded: dict[str, Any] = ForwarderConfig().load(input_of(ForwarderConfig, texts))
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise BadForwarder(
            {name: list(_flat(rules)) for name, rules in messages.items()}
        ) from error
    known = names_by_key(session)
    for field in ("only_from", "not_from"):
        try:
            loaded[field] = keys_of(loaded[field], known, field=field)
        except Invalid as error:
            raise BadForwarder({field: [error.message, error.hint]}) from error
    return loaded


def add(
    session: Session, keyring: Keyring, settings: Settings, *, name: str, texts: Mapping[str, str]
) -> Forwarder:
    """A new forwarder, which begins with what is stored next unless *since* says otherwise.

    Raises BadForwarder, Invalid or Conflict (name).
    """
    name = " ".join(name.split())
    _check_name(session, name)
    loaded = load_config(session, texts)
    _refuse_ourselves(loaded, settings)
    now = clock.now()
    begins = _position(session, loaded["since"])
    forwarder = Forwarder(
        id=uuid4(),
        name=name,
        config={},
        secret="",
        position=newest_seq(session) if begins is None else begins,
        batch_limit=BATCH_LIMIT,
        created_at=now,
        changed_at=now,
    )
    _store(forwarder, keyring, loaded)
    session.add(forwarder)
    session.flush()
    return forwarder


def change(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    forwarder: Forwarder,
    texts: Mapping[str, str],
) -> Forwarder:
    """Other settings; a secret without text keeps its value. What was stopped is tried again."""
    filled = {**texts, "secret": texts.get("secret") or secret_of(forwarder, keyring)}
    loaded = load_config(session, filled)
    _refuse_ourselves(loaded, settings)
    begins = _position(session, loaded["since"])
    if begins is not None:
        forwarder.position = begins
    _store(forwarder, keyring, loaded)
    forwarder.changed_at = clock.now()
    return retry(session, forwarder)


def texts_for_form(session: Session, forwarder: Forwarder) -> dict[str, str]:
    """The open fields as a form shows them, sources and vendors by name."""
    known = names_by_key(session)
    named = {
        field: [known.get(key, key) for key in forwarder.config[field]]
        for field in ("only_from", "not_from")
    }
    return texts_of(ForwarderConfig, {**forwarder.config, **named})


def secret_of(forwarder: Forwarder, keyring: Keyring) -> str:
    """The secret in the clear. Raises KeysUnusable."""
    return keyring.decrypt(forwarder.secret.encode(), context=_context(forwarder.id)).decode()


def filter_of(forwarder: Forwarder) -> Filter:
    """Which statements it sends."""
    config = forwarder.config
    return Filter(
        *(tuple(config[part]) for part in ("verbs", "activities", "only_from", "not_from"))
    )


def list_forwarders(session: Session) -> list[Forwarder]:
    """All forwarders by name."""
    return list(session.scalars(select(Forwarder).order_by(Forwarder.name)))


def get_forwarder(session: Session, name: str) -> Forwarder:
    """The forwarder with this name. Raises NotFound with the names there are."""
    found = session.scalars(select(Forwarder).where(Forwarder.name == name)).one_or_none()
    if found is None:
        names = [known.name for known in list_forwarders(session)]
        raise NotFound(
            f"There is no forwarder “{name}”.",
            hint=f"Forwarders are: {', '.join(names)}."
            if names
            else "Add one with `hub forwarders add`.",
            field="name",
        )
    return found


def forwarder_by_id(session: Session, forwarder_id: UUID) -> Forwarder:
    """The forwarder with this id. Raises NotFound."""
    found = session.get(Forwarder, forwarder_id)
    if found is None:
        raise NotFound("There is no such forwarder.", hint="It may have been removed.")
    return found


def pause(session: Session, forwarder: Forwarder) -> None:
    """Send nothing until resumed; the position stays. Twice keeps the first time."""
    forwarder.paused_at = forwarder.paused_at or clock.now()
    session.flush()


def resume(session: Session, forwarder: Forwarder) -> None:
    """Send again, from where it stood."""
    forwarder.paused_at = None
    retry(session, forwarder)


def retry(session: Session, forwarder: Forwarder) -> Forwarder:
    """Try at once, also after a stop or within a wait; the last error stays to be read."""
    lease.take_away(forwarder)
    forwarder.tries = forwarder.refused_in_a_row = 0
    forwarder.next_try_at = forwarder.stopped_at = None
    forwarder.batch_limit = BATCH_LIMIT
    session.flush()
    return forwarder


def remove(session: Session, forwarder: Forwarder) -> None:
    """Forget it with its dead letters; what the other store has, it keeps."""
    session.execute(delete(DeadLetter).where(DeadLetter.forwarder_id == forwarder.id))
    session.delete(forwarder)
    session.flush()


def dead_letters(session: Session, forwarder_id: UUID, limit: int) -> list[DeadLetter]:
    """The oldest dead letters."""
    query = select(DeadLetter).where(DeadLetter.forwarder_id == forwarder_id)
    return list(session.scalars(query.order_by(DeadLetter.seq).limit(limit)))


def count_dead_letters(session: Session) -> dict[UUID, int]:
    """How many dead letters each forwarder has that has any."""
    rows = session.execute(
        select(DeadLetter.forwarder_id, func.count()).group_by(DeadLetter.forwarder_id)
    )
    return {row[0]: row[1] for row in rows}


def send_again(session: Session, forwarder: Forwarder, letter_id: int | None = None) -> int:
    """Ask for one dead letter, or for all, to be sent once more. Returns how many."""
    asked = update(DeadLetter).where(*_letters(forwarder, letter_id)).values(again=True)
    return len(session.scalars(asked.returning(DeadLetter.id)).all())


def drop(session: Session, forwarder: Forwarder, letter_id: int | None = None) -> int:
    """Take one dead letter, or all, off the list; the statement stays in this store."""
    dropped = delete(DeadLetter).where(*_letters(forwarder, letter_id))
    return len(session.scalars(dropped.returning(DeadLetter.id)).all())


def set_next_aside(session: Session, forwarder: Forwarder) -> bool:
    """List the statement that is next as a dead letter and go on. Returns whether there was one.

    For a statement that makes the other store fail each time, which nobody can tell from a store
    that is down.
    """
    batch = next_batch(session, filter_of(forwarder), after=forwarder.position, limit=1)
    forwarder.position = batch.upto
    for item in batch.items:
        session.add(
            DeadLetter(
                forwarder_id=forwarder.id,
                seq=item.seq,
                statement_id=item.id,
                kind=Verdict.SKIPPED.value,
                message=forwarder.message,
                at=clock.now(),
            )
        )
    retry(session, forwarder)
    return bool(batch.items)


def _letters(forwarder: Forwarder, letter_id: int | None) -> list[Any]:
    conditions = [DeadLetter.forwarder_id == forwarder.id]
    return conditions if letter_id is None else [*conditions, DeadLetter.id == letter_id]


def _store(forwarder: Forwarder, keyring: Keyring, loaded: Mapping[str, Any]) -> None:
    dumped: dict[str, Any] = ForwarderConfig(exclude=("since",)).dump(loaded)
    forwarder.config = dumped
    sealed = keyring.encrypt(loaded["secret"].encode(), context=_context(forwarder.id))
    forwarder.secret = sealed.decode()


def _context(forwarder_id: UUID) -> str:
    return f"forwarder|{forwarder_id}|secret"


def _position(session: Session, since: str) -> int | None:
    """Where to begin; None when nothing was said."""
    if not since:
        return None
    if since == "all":
        return 0
    try:
        day = datetime.fromisoformat(since).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadForwarder({"since": [f"There is no day {since}."]}) from error
    return seq_before(session, day)


def _refuse_ourselves(loaded: Mapping[str, Any], settings: Settings) -> None:
    if loaded["endpoint"] == settings.public_url.rstrip("/") + "/xapi":
        raise BadForwarder({"endpoint": ["This is the address of this hub itself."]})


def _check_name(session: Session, name: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "This cannot be the name of a forwarder." if name else "The forwarder has no name.",
            hint=f"Use 1 to {LONGEST_NAME} characters, such as Group LRS.",
            field="name",
        )
    if session.scalars(select(Forwarder.id).where(Forwarder.name == name)).first() is not None:
        raise Conflict(
            f"There is a forwarder “{name}” already.", hint="Choose another name.", field="name"
        )


def _flat(messages: Any) -> Iterator[str]:
    """The messages of a field, wherever in a list they belong to."""
    if isinstance(messages, Mapping):
        for below in messages.values():
            yield from _flat(below)
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message)
    else:
        yield str(messages)
