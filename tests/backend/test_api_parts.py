"""The pure parts behind the HTTP interface: buckets, cursors, evidence, grounds, instants, problems."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from backend.api import logs
from backend.api.limits import MOST_CALLERS, Buckets
from backend.api.problems import problem_document
from backend.api.schemas import RecordBody
from backend.domain import errors
from backend.domain.errors import EvidenceMissing, InvalidInput, RateLimited
from backend.domain.grounds import GROUND_NAMES, Ground, ground_hash, ground_of
from backend.domain.instants import instant, iso
from backend.domain.lifecycle import RULES, Profile, Step
from backend.services.evidence import flattened
from backend.services.paging import cursor_of, numbers_of, place_of


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(2.0, 3, clock)
    for _ in range(3):
        buckets.take("one")
    with pytest.raises(RateLimited) as refused:
        buckets.take("one")
    assert refused.value.details["retry_after"] == 1
    buckets.take("another")
    clock.now = 0.5
    buckets.take("one")
    with pytest.raises(RateLimited):
        buckets.require("one")


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    clock = Clock()
    buckets = Buckets(100.0, 2, clock)
    buckets.take("one")
    clock.now = 1_000.0
    buckets.take("one")
    buckets.take("one")
    with pytest.raises(RateLimited):
        buckets.take("one")


def test_callers_without_number_do_not_fill_the_memory() -> None:
    buckets = Buckets(1.0, 2, Clock())
    for number in range(MOST_CALLERS + 10):
        buckets.take(str(number))
    assert len(buckets._filled) == MOST_CALLERS


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=3))
def test_a_cursor_gives_back_what_it_was_made_from(place: list[int]) -> None:
    assert numbers_of(cursor_of(*place), len(place)) == tuple(place)


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    try:
        place = place_of(text, 2)
    except InvalidInput:
        return
    assert cursor_of(*place) == text.rstrip("=")


@pytest.mark.parametrize("place", [("1", "x"), ("-1", "2"), ("1" * 30, "2"), ("１", "2")])
def test_a_cursor_of_numbers_holds_numbers_that_fit_a_row(place: tuple[str, str]) -> None:
    import base64

    text = base64.urlsafe_b64encode(".".join(place).encode()).decode().rstrip("=")
    with pytest.raises(InvalidInput):
        numbers_of(text, 2)


def test_evidence_becomes_fields_in_the_order_of_their_paths() -> None:
    content = {"b": {"x": [1, 2.5, "three"]}, "a": True, "none": None, "zh": "查验"}
    assert flattened(content) == [
        ("a", "true"),
        ("b.x.1", "1"),
        ("b.x.2", "2.5"),
        ("b.x.3", "three"),
        ("zh", "查验"),
    ]


def test_evidence_without_a_field_is_missing() -> None:
    for content in ({}, {"a": None}, {"a": {}}, {"a": [[]]}):
        with pytest.raises(EvidenceMissing):
            flattened(content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(blacklist_categories=("Cs",)), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1), _json, max_size=4))
def test_evidence_has_one_value_a_path_or_is_refused(content: dict[str, Any]) -> None:
    try:
        fields = flattened(content)
    except (EvidenceMissing, InvalidInput):
        return
    paths = [path for path, _ in fields]
    assert paths == sorted(set(paths))


@given(st.integers(0, 4_000_000_000))
def test_instants_survive_their_text(at: int) -> None:
    assert instant(iso(at), "at") == at


@pytest.mark.parametrize("text", ["", "now", "2026-01-01", "2026-01-01T00:00:00", "9999999-01-01T00:00:00Z"])
def test_an_instant_without_its_zone_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        instant(text, "until")


def test_every_ground_is_found_by_its_hash_and_named_in_both_languages() -> None:
    for ground in Ground:
        assert ground_of(ground_hash(ground)) is ground
        assert GROUND_NAMES[ground].zh
        assert GROUND_NAMES[ground].en
    assert ground_of(b"\x00" * 32) is None


def test_where_a_step_leads_depends_on_the_kind_of_manifest_alone() -> None:
    # The parcel's view derives states from steps without knowing the caller's district.
    for step in Step:
        for profile in Profile:
            targets = {rule.leads_to for rule in RULES.get(step, ()) if rule.profiles >> profile & 1}
            assert len(targets) <= 1, (step, profile)


def test_details_do_not_overwrite_a_problems_own_members() -> None:
    document = problem_document(
        errors.OperationNotPossible(operation_id="x", status="confirmed", action="cancelled"), "/v1/x"
    )
    assert document["status"] == 409
    assert document["given_status"] == "confirmed"


def test_faults_on_our_side_tell_no_reasons() -> None:
    document = problem_document(errors.ChainUnavailable(reason="http://node.internal:8545 refused"), "/v1/x")
    assert "internal" not in json.dumps(document)


@pytest.mark.parametrize("name", errors.all_errors())
def test_every_error_makes_a_problem_in_both_languages(name: str) -> None:
    document = problem_document(errors.all_errors()[name](), "/")
    assert document["title"] == name
    assert document["detail"]
    assert document["detail_zh"]
    assert 400 <= document["status"] < 600


def test_a_step_is_named_by_its_name_alone() -> None:
    body = {"parcels": ["0" * 64], "evidence": {"a": 1}}
    assert RecordBody.model_validate({**body, "step": "Release"}).step is Step.Release
    for step in ("Declaration", 13, "release", None, ["Release"]):
        with pytest.raises(ValueError, match="step"):
            RecordBody.model_validate({**body, "step": step})


def test_the_log_names_a_fault_and_where_but_not_what_it_said() -> None:
    before = structlog.get_config() if structlog.is_configured() else None
    structlog.reset_defaults()
    written = io.StringIO()
    try:
        logs.configure("INFO", written)
        try:
            raise ValueError("330102188001010011")
        except ValueError:
            structlog.get_logger().exception("fault")
    finally:
        structlog.reset_defaults()
        if before is not None:
            structlog.configure(**before)
    line = json.loads(written.getvalue())
    assert line["fault"] == "ValueError"
    assert "test_api_parts.py" in line["through"][0]
    assert "330102188001010011" not in written.getvalue()
