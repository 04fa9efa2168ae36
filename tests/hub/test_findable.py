from hypothesis import given
from hypothesis import strategies as st

from hub.findable import KEPT, LONGEST, findable

TEXTS = st.builds(
    lambda beginning, character, times: beginning + character * times,
    st.text(max_size=20),
    st.sampled_from("aüあ😀"),
    st.sampled_from([0, 240, 250, 300, 333, 450, 499, 500, 899, 900, 999, 1000, 1001, 5000]),
)


@given(TEXTS)
def test_what_fits_is_its_own_key_and_anything_else_gets_one_that_fits(text):
    key = findable(text)

    assert len(key.encode()) <= LONGEST
    assert (key == text) == (len(text.encode()) <= LONGEST)
    assert findable(key) == key


@given(TEXTS, TEXTS)
def test_two_texts_have_two_keys(one, other):
    assert (findable(one) == findable(other)) == (one == other)


def test_a_long_text_is_known_by_its_beginning():
    text = "https://x.org/" + "ü" * 5000

    assert text.startswith(findable(text).split("#")[0])
    assert KEPT - 3 <= len(findable(text).split("#")[0].encode()) <= KEPT
