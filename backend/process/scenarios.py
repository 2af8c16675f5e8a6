"""Changes that can be tried before they are made, and what every such trial takes for granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.lifecycle import Step
from backend.domain.process import Activity
from backend.process.ground import Route

_ORIGIN = Activity(Step.InspectionPassed)
_AT_PORT = frozenset(
    {
        Activity(Step.InspectionOrdered, at_port=True),
        Activity(Step.Reinspection),
        Activity(Step.InspectionPassed, at_port=True),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a route: stops that fall away, and stops that no longer wait for what was only habit."""

    dropped: frozenset[int] = frozenset()
    freed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A change by name, and what it does to a route. `assumes_…` is what this one takes for granted."""

    name: str
    zh: str
    en: str
    assumes_zh: str
    assumes_en: str
    apply: Callable[[Route], Change]


def _nothing(_: Route) -> Change:
    return Change()


def _recognise(route: Route) -> Change:
    """Inspections at the port fall away for whom the origin has passed; what waited for them waits for the arrival."""
    passed, dropped = False, set()
    for index, stop in enumerate(route.stops):
        if stop.activity == _ORIGIN:
            passed = True
        elif passed and stop.activity in _AT_PORT:
            dropped.add(index)
    return Change(frozenset(dropped))


def _analyse_early(route: Route) -> Change:
    return Change(freed=frozenset(index for index, stop in enumerate(route.stops) if stop.habit))


def _review_once(route: Route) -> Change:
    closed, dropped = False, set()
    for index, stop in enumerate(route.stops):
        if closed and stop.activity.step in (Step.ReviewOpened, Step.ReviewClosed):
            dropped.add(index)
        closed = closed or stop.activity.step is Step.ReviewClosed
    return Change(frozenset(dropped))


_ALL = (
    Scenario(
        "recognise-origin-inspections",
        "口岸认可属地查验结果",
        "Recognise origin inspections at the port",
        "属地已查验放行的包裹，口岸不再布控查验；其余包裹的查验照旧，查验班组由此腾出。",
        "The port orders no inspection of a parcel that the origin has inspected and passed; all other inspections "
        "stay as they were, and have the teams that this frees.",
        _recognise,
    ),
    Scenario(
        "risk-analysis-before-arrival",
        "风险研判前移至货物运抵之前",
        "Move risk analysis before arrival",
        "运抵之后才开始的审单与布控，改为受理后即开始，用时不变；开箱查验仍须等待运抵。",
        "Reviews and orders to inspect that were begun after the arrival begin after the acceptance instead, and take "
        "as long; goods are still opened only once they are there.",
        _analyse_early,
    ),
    Scenario(
        "review-once",
        "风险只审一次",
        "Review risk once",
        "同一包裹第二次及以后的风险审核不再进行。",
        "No parcel's risk is reviewed a second time.",
        _review_once,
    ),
    Scenario(
        "no-change",
        "不作改变（检验模拟本身）",
        "No change (to check the simulation itself)",
        "两次模拟使用同样的随机数，差值必为零。",
        "Both runs use the same random numbers, so the difference is exactly zero.",
        _nothing,
    ),
)

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}

#: What holds for every scenario, in Chinese and English.
ASSUMPTIONS: tuple[tuple[str, str], ...] = (
    (
        "只模拟已完成通关的包裹：出口以离境、进口以放行为止；仍在途或已退单、撤单的不计。",
        "Only parcels whose clearance is over are simulated: exports up to their departure, imports up to their "
        "release; what is still under way, or was rejected or cancelled, is left out.",
    ),
    (
        "每个包裹的步骤取自账本中一个真实包裹；每一步的等待时间取自账本中同一步骤、同一关区的真实等待，各步相互独立。",
        "A parcel takes the steps of a real one of the ledger; each step waits as long as one real step of the same "
        "kind in the same district did, drawn independently of the other steps.",
    ),
    (
        "一个步骤等待生命周期表要求的各步骤完成后才能开始；运抵之后才开始的风险研判视为在等待运抵；开箱查验等待运抵。",
        "A step can begin when the steps that the lifecycle table asks for are done. Risk analysis that was begun "
        "after the arrival is taken to have waited for it; goods are opened only once they have arrived.",
    ),
    (
        "每个关区的查验班组数相同且固定，先到先验；每次查验占用班组的时间由账本中的完成顺序推算。",
        "Every district has the same fixed number of inspection teams, first come, first served; how long an "
        "inspection keeps a team is inferred from the order in which the ledger has them done.",
    ),
    (
        "申报的到达间隔取自账本；人员作息、节假日与航班时刻不另作模拟，只体现在所抽取的等待时间中。",
        "Gaps between declarations are drawn from the ledger's. Working hours, holidays and flight schedules are not "
        "simulated; they are in the waits that are drawn, and nowhere else.",
    ),
    (
        "区间是模拟次数带来的 95% 置信区间（成对差值，t 分布）；账本所载日子是否代表将来，它不作说明。",
        "The interval is that of the simulation (95 %, paired differences, Student's t). Whether the days on the "
        "ledger are like those to come, it cannot say.",
    ),
)
