"""The invented people of the demo: who they are, and under which names each system knows them.

Addresses are under example.org and example.com only (RFC 2606); names are drawn from two lists and
mean nobody.
"""

import unicodedata
from dataclasses import dataclass
from enum import Flag, auto
from random import Random

_GIVEN = (
    "Amara", "Björn", "Chidi", "Daniela", "Elif", "Farid", "Grace", "Hana", "Ivan", "Jia",
    "Kofi", "Leila", "Mateo", "Nadia", "Owen", "Priya", "Quentin", "Rosa", "Sven", "Tomás",
    "Uma", "Viktor", "Wanjiru", "Ximena", "Yusuf", "Zoë", "Anneli", "Bilal", "Céline", "Dmitri",
    "Eszter", "Fiona", "Gustavo", "Henrik", "Ines", "Jamal", "Katrin", "Luka", "Mei", "Nikhil",
    "Oksana", "Pedro", "Rahel", "Samira", "Thabo", "Ulrike", "Vesna", "Wei", "Yara", "Zoran",
)  # fmt: skip
_FAMILY = (
    "Abelsen", "Brightwater", "Castellar", "Dunmoor", "Eastlake", "Fernhill", "Galvez", "Hartmoor",
    "Ismailov", "Juhlin", "Kowalik", "Lindqvist", "Marchetti", "Nakagami", "Okonjo", "Petrescu",
    "Quistgaard", "Ravenhall", "Søndergaard", "Tamerlan", "Underhay", "Vasquela", "Westergard",
    "Xanthis", "Yildirman", "Zelnik", "Ashdown", "Bergström", "Chakraborti", "Delacroft",
    "Eriksmoen", "Falkner", "Greenholt", "Hossaini", "Ibarrola", "Jansone", "Kimathi", "Larkfield",
    "Moorcroft", "Novacek", "Oyelade", "Pellegrin", "Rosenthorn", "Sato-Hill", "Thorvald",
    "Ueland", "Varga", "Whitcombe", "Yamoah", "Zimmerli",
)  # fmt: skip
_ASCII = str.maketrans({"ø": "o", "ß": "ss", "ł": "l"})
_ONLY_ONE = 3
"""People known to Moodle only, and as many known to Arlo only."""


class KnownTo(Flag):
    """The systems that hold a person."""

    MOODLE = auto()
    ARLO = auto()
    BOTH = MOODLE | ARLO


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One human being. *number* counts from 0; an empty text is a value that nobody recorded."""

    number: int
    given: str
    family: str
    moodle_email: str
    arlo_email: str
    moodle_employee: str
    arlo_employee: str
    known_to: KnownTo

    @property
    def username(self) -> str:
        return self.moodle_email.partition("@")[0].lower()


class Cast:
    """Names people one after the other: the same number is the same person, however many follow."""

    def __init__(self, seed: int, people: int) -> None:
        draw = Random(f"{seed}/people")  # noqa: S311 - an invented world, not a secret
        self._given = draw.sample(_GIVEN, len(_GIVEN))
        self._family = draw.sample(_FAMILY, len(_FAMILY))
        self._people = people

    def first(self) -> list[DemoPerson]:
        """Everybody who is there from the start."""
        return [self.person(number) for number in range(self._people + 2 * _ONLY_ONE)]

    def newcomer(self, step: int) -> DemoPerson:
        """The person who joins at *step* (1, 2, ...)."""
        return self.person(self._people + 2 * _ONLY_ONE + step - 1)

    def person(self, number: int) -> DemoPerson:
        given = self._given[number % len(_GIVEN)]
        # A second round through the given names meets other family names.
        turn = number // len(_GIVEN)
        family = self._family[(number + 7 * turn) % len(_FAMILY)]
        email = f"{_plain(given)}.{_plain(family)}@example.org"
        employee = f"E{1001 + number}"
        known_to = KnownTo.BOTH
        if self._people <= number < self._people + _ONLY_ONE:
            known_to = KnownTo.MOODLE
        elif self._people + _ONLY_ONE <= number < self._people + 2 * _ONLY_ONE:
            known_to = KnownTo.ARLO
        return DemoPerson(
            number=number,
            given=given,
            family=family,
            moodle_email=email,
            arlo_email=_arlo_spelling(number, email),
            # Nobody recorded the third person's number in Moodle: the key will be missing there.
            moodle_employee="" if number == 2 else employee,
            arlo_employee="" if number % 8 == 7 else employee,
            known_to=known_to,
        )


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower().translate(_ASCII))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def _arlo_spelling(number: int, email: str) -> str:
    """How Arlo's users typed the address: mostly the same, sometimes in other letters."""
    local = email.partition("@")[0]
    if number == 5:  # a private address; only the employee number says who it is
        return f"{local.replace('.', '')}@example.com"
    if number == 9:  # booked by a colleague who left the address out
        return ""
    if number % 8 == 0:
        return f"{local.title()}@Example.org"
    if number % 8 == 3:
        return email.upper()
    return email
