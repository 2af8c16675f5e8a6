"""The discovered model and its picture: every move counted once, nothing cut off, the same picture every time."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.instants import short_time
from backend.domain.lifecycle import Profile, Step
from backend.domain.process import Log
from backend.process import END, START, arrange, discover, draw
from backend.process.layout import HEIGHT, WIDTH
from tests.support.lives import IMPORT, REPEATED, TRANSIT, header, lived, wander

SVG = "{http://www.w3.org/2000/svg}"


def wandering(seeds: list[int]) -> Log:
    profiles = list(Profile)
    traces = [
        lived(header(number, profiles[seed % 4], 9), wander(seed, profiles[seed % 4], 3 + seed % 17), parcels=0b1011)
        for number, seed in enumerate(seeds)
    ]
    return Log(tuple(traces))


logs = st.lists(st.integers(0, 2**20), min_size=1, max_size=12).map(wandering)


def test_flows_count_parcels_and_the_time_between() -> None:
    fast = lived(header(1, Profile.ImportDirect, 3), IMPORT, (10,), parcels=0b111)
    slow = lived(header(2, Profile.ImportDirect), IMPORT, (500,))
    unfinished = lived(header(3, Profile.ImportDirect), IMPORT[:7], (10,))
    model = discover(Log((fast, slow, unfinished)))
    flows = {(flow.source, flow.target): flow for flow in model.flows}
    release = flows["Arrival", "Release"]
    assert (release.parcels, release.median, release.p90) == (5, 10, 500)
    assert flows[START, "Declaration"].parcels == model.activities[START] == 5
    assert flows["Closure", END].parcels == model.activities[END] == 4
    assert ("Release", END) not in flows, "a life that is not over has not ended"
    assert [flow.parcels for flow in model.flows] == sorted((flow.parcels for flow in model.flows), reverse=True)


def test_an_inspection_at_the_port_is_another_activity_than_one_at_the_origin() -> None:
    model = discover(Log((lived(header(1, Profile.ExportByTransit), REPEATED),)))
    assert model.activities["InspectionPassed"] == model.activities["InspectionPassedAtPort"] == 1


@given(logs)
def test_what_comes_into_an_activity_is_what_it_counts(log: Log) -> None:
    model = discover(log)
    into: Counter[str] = Counter()
    for flow in model.flows:
        into[flow.target] += flow.parcels
    assert {name: count for name, count in model.activities.items() if name != START} == dict(into)


@given(logs, st.integers(1, 100))
def test_thinning_keeps_the_share_asked_for_and_cuts_nothing_off(log: Log, percent: int) -> None:
    model = discover(log)
    thin = model.thinned(percent)
    carried, whole = (sum(flow.parcels for flow in one.flows) for one in (thin, model))
    assert carried * 100 >= whole * percent
    assert set(thin.flows) <= set(model.flows)
    assert {flow.target for flow in thin.flows} == {flow.target for flow in model.flows}
    assert {flow.source for flow in thin.flows} == {flow.source for flow in model.flows}
    assert model.thinned(100).flows == model.flows


@settings(max_examples=40)
@given(logs)
def test_no_box_lies_on_another_and_every_line_ends_at_its_boxes(log: Log) -> None:
    model = discover(log)
    layout = arrange(model)
    centres = list(layout.centres.values())
    for number, (x, y) in enumerate(centres):
        assert WIDTH / 2 <= x <= layout.width - WIDTH / 2
        assert HEIGHT / 2 <= y <= layout.height - HEIGHT / 2
        assert all(abs(x - a) >= WIDTH or abs(y - b) >= HEIGHT for a, b in centres[:number])
    assert len(layout.curves) == len(model.flows)
    for curve in layout.curves:
        for node, (x, y) in ((curve.flow.source, curve.points[0]), (curve.flow.target, curve.points[-1])):
            a, b = layout.centres[node]
            assert abs(x - a) <= WIDTH / 2 + 0.01
            assert abs(y - b) <= HEIGHT / 2 + 0.01
    assert layout == arrange(discover(log))


def test_the_picture_names_every_activity_escapes_what_it_is_told_and_repeats_to_the_byte() -> None:
    log = Log((lived(header(1, Profile.ExportByTransit, 4), TRANSIT, (60, 7200), parcels=0b1111),))
    layout = arrange(discover(log))

    def named(node: str) -> str:
        return f"<{node}> & 关"

    picture = draw(layout, named, "标题 <b>", "a & b")
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    assert root.findtext(f"{SVG}title") == "标题 <b>"
    boxes = {str(box.get("data-activity")): box for box in root.iter(f"{SVG}g")}
    assert boxes.keys() == {START, END, *(step.name for step in TRANSIT)}
    words = boxes["Release"].findall(f"{SVG}text")
    assert [word.text for word in words] == ["<Release> & 关", "4"]
    assert len(root.findall(f"{SVG}path")) == len(TRANSIT) + 1
    assert "style=" not in picture, "a page's policy forbids inline style"
    assert picture == draw(arrange(discover(log)), named, "标题 <b>", "a & b")


def test_flows_back_and_to_themselves_are_drawn_dashed() -> None:
    steps = (*IMPORT[:2], Step.OrderAttested, *IMPORT[2:4], Step.OrderAttested)
    layout = arrange(discover(Log((lived(header(1, Profile.ImportDirect), steps),))))
    back = {(curve.flow.source, curve.flow.target) for curve in layout.curves if curve.is_back}
    assert back == {("OrderAttested", "OrderAttested"), ("WaybillAttested", "OrderAttested")}
    assert draw(layout, str, "", "").count("stroke-dasharray") == 2


def test_a_log_without_traces_is_a_picture_too() -> None:
    layout = arrange(discover(Log(())))
    assert "<svg" in draw(layout, str, "", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (90, "1.5 min"), (3600, "1 h"), (12_600, "3.5 h"), (1_000_000, "12 d")],
)
def test_times_are_short(seconds: int, text: str) -> None:
    assert short_time(seconds) == text
