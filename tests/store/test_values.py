"""What can be stored as it is, and what has to be changed for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertsvc.store.values import scrub, storable

_TEXTS = st.text(alphabet=st.sampled_from("a\\u0d\x00\ud800\udfff\ufffd\U0001f525"), max_size=8)
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
)


@given(data=_DATA)
@example(data={"\x00": 1})
@example(data=["\ud83d"])
def test_what_can_be_stored_as_it_is_is_not_scrubbed(data: Any) -> None:
    if storable(data):
        assert scrub(data) == data
    else:
        # A text that spells out a NUL's escape may be gone through for nothing.
        assert scrub(data) != data or "u0000" in repr(data)


@pytest.mark.parametrize("data", [float("nan"), [float("inf")], {"a": float("-inf")}])
def test_no_number_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        storable(data)
