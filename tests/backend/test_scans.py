"""Scans: what is counted, which rules hold, and how the rules fare against honest parcels, copies and pranks."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from backend.domain.calendar import CHINA
from backend.domain.scans import (
    MOST_VISITS_A_DAY,
    ScanRule,
    ScanThresholds,
    judge_scans,
    parcel_of_short_code,
    scan_link,
    short_code,
)
from backend.services.scan_counter import ScanCounter
from backend.settings import Settings
from backend.store import readmodel, scans
from backend.store.database import Database
from backend.store.migrations import migrate

DAY = date(2026, 11, 2)
USUAL = Settings(home=Path()).scan_thresholds
NO_RULES = ScanThresholds(one_day=0, many_days=0, after_delivery=0, window=30)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def noon(number: int) -> int:
    at = day(number)
    return int(datetime(at.year, at.month, at.day, 12, tzinfo=CHINA).timestamp())


def holding(visits: dict[date, int], thresholds: ScanThresholds, delivered_at: int | None = None) -> set[ScanRule]:
    return {rule.rule for rule in judge_scans(visits, thresholds, delivered_at).rules if rule.holds}


# ---------------------------------------------------------------------------------------------------
# The rules


def test_a_code_that_nobody_scanned_has_no_visits_and_no_rule_holds() -> None:
    standing = judge_scans({}, USUAL, noon(0))

    assert (standing.visits, standing.days, standing.is_unusual) == (0, 0, False)
    assert [rule.rule for rule in standing.rules] == list(ScanRule)
    assert all((rule.most, rule.since, rule.until) == (0, None, None) for rule in standing.rules)


def test_a_rule_holds_from_its_threshold_on_and_not_below() -> None:
    thresholds = replace(NO_RULES, one_day=5)

    assert holding({day(0): 4, day(1): 4}, thresholds) == set()
    assert holding({day(0): 4, day(1): 5}, thresholds) == {ScanRule.OneDay}
    (rule,) = judge_scans({day(0): 4, day(1): 5}, thresholds).rules
    assert (rule.most, rule.since, rule.until) == (5, day(1), day(1))


def test_over_many_days_the_first_network_of_each_day_is_not_counted() -> None:
    thresholds = replace(NO_RULES, many_days=6)

    assert holding({day(n): 1 for n in range(365)}, thresholds) == set()
    assert holding({day(0): 4, day(9): 3}, thresholds) == set()
    assert holding({day(0): 4, day(9): 4}, thresholds) == {ScanRule.ManyDays}


def test_the_window_is_as_many_days_as_it_says_wherever_it_lies() -> None:
    thresholds = replace(NO_RULES, many_days=6)

    assert holding({day(0): 4, day(29): 4}, thresholds) == {ScanRule.ManyDays}
    assert holding({day(0): 4, day(30): 4}, thresholds) == set()
    (rule,) = judge_scans({day(0): 2, day(100): 4, day(110): 5, day(200): 2}, thresholds).rules
    assert (rule.most, rule.since, rule.until) == (7, day(100), day(110))


def test_after_delivery_counts_from_the_next_day_in_china() -> None:
    thresholds = replace(NO_RULES, after_delivery=3)
    midnight = noon(5) + 12 * 3600

    assert holding({day(5): 9}, thresholds) == set()
    assert holding({day(5): 9}, thresholds, midnight - 1) == set()
    assert holding({day(6): 4}, thresholds, midnight - 1) == {ScanRule.AfterDelivery}
    assert holding({day(6): 4}, thresholds, midnight) == set()


def test_a_threshold_of_zero_switches_its_rule_off() -> None:
    standing = judge_scans({day(0): 1000}, NO_RULES, noon(-1))

    assert standing.rules == ()
    assert not standing.is_unusual


def test_every_rule_states_its_numbers_in_both_languages_and_calls_nothing_fake() -> None:
    for rule in judge_scans({}, ScanThresholds(41, 42, 43, 44)).rules:
        for sentence in (rule.zh, rule.en):
            assert str(rule.threshold) in sentence
            assert "44" in sentence or rule.rule is ScanRule.OneDay
            assert not {"假", "伪", "fake", "counterfeit"} & set(sentence.lower().split())


# ---------------------------------------------------------------------------------------------------
# The short code


def test_a_short_code_gives_its_parcel_back_in_either_case() -> None:
    dice = random.Random(4)
    for _ in range(200):
        parcel_id = dice.randbytes(32)
        code = short_code(parcel_id)

        assert len(code) == 52
        assert parcel_of_short_code(code) == parcel_of_short_code(code.lower()) == parcel_id
    assert scan_link("https://ledger.example", bytes(32)) == "https://ledger.example/s/" + "A" * 52


@pytest.mark.parametrize(
    "code", ["", "A" * 51, "A" * 53, "A" * 51 + "B", "1" * 52, "ab" * 32, "A" * 51 + "\n", "ſ" * 52, "码" * 52]
)
def test_nothing_else_is_a_short_code(code: str) -> None:
    assert parcel_of_short_code(code) is None


# ---------------------------------------------------------------------------------------------------
# The rules against a simulated trade. A model, not field data: what it assumes stands in its functions.

HONEST, CLONED, COPIES, PRANKED = 100_000, 1_000, 20, 2_000
Scan = tuple[int, int]  # (day, network)


def visits_of(scans: list[Scan]) -> dict[date, int]:
    return {day(number): count for number, count in Counter(number for number, _ in set(scans)).items()}


class Trade:
    """Whoever scans, by a seed. Each network is a number of its own; a phone has another one on every day."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._networks = 0

    def network(self) -> int:
        self._networks += 1
        return self._networks

    def carriers(self, most: int, delivered: int) -> list[Scan]:
        """Hubs on the way, each with a network of its own, on the ten days up to delivery."""
        return [(self.dice.randint(delivered - 10, delivered), self.network()) for _ in range(most)]

    def household(self, scans: int, delivered: int) -> list[Scan]:
        """A buyer and up to four others who scan at home or elsewhere, most on the day of delivery or soon after."""
        home, people = self.network(), self.dice.randint(1, 5)
        phones: dict[tuple[int, int], int] = {}
        made = []
        for _ in range(scans):
            number = delivered + min(60, int(self.dice.expovariate(1 / 4)))
            person = self.dice.randrange(people)
            if self.dice.random() < 0.6:
                made.append((number, home))
            else:
                phone = (number, person)
                if phone not in phones:
                    phones[phone] = self.network()
                made.append((number, phones[phone]))
        return made

    def honest(self) -> tuple[list[Scan], int]:
        """A parcel with 0 to 12 scans, every number as likely as another, of which up to four are carriers'."""
        delivered, scans = 20, self.dice.randint(0, 12)
        carriers = self.dice.randint(0, min(4, scans))
        return self.carriers(carriers, delivered) + self.household(scans - carriers, delivered), delivered

    def cloned(self, within: int) -> tuple[list[Scan], int]:
        """One code on twenty goods that reach twenty households within some days; three in ten never scan."""
        made: list[Scan] = []
        for _ in range(COPIES):
            scans = 0 if self.dice.random() < 0.3 else self.dice.randint(1, 6)
            made += self.household(scans, 20 + self.dice.randrange(within))
        return made, 20

    def prank(self) -> list[Scan]:
        """One network that scans a code a thousand times, on up to ninety days."""
        network, days = self.network(), self.dice.randint(1, 90)
        return [(20 + self.dice.randrange(days), network) for _ in range(1000)]


def raised(scans: list[Scan], delivered: int) -> bool:
    return judge_scans(visits_of(scans), USUAL, noon(delivered)).is_unusual


def test_honest_parcels_are_not_called_scanned_unusually_often() -> None:
    trade = Trade(1)

    assert sum(raised(*trade.honest()) for _ in range(HONEST)) <= HONEST * 0.0005


@pytest.mark.parametrize(("within", "recall"), [(14, 0.95), (30, 0.85)])
def test_a_code_on_twenty_goods_is_noticed(within: int, recall: float) -> None:
    trade = Trade(2)

    assert sum(raised(*trade.cloned(within)) for _ in range(CLONED)) >= CLONED * recall


def test_one_network_that_scans_a_thousand_times_raises_nothing() -> None:
    trade = Trade(3)

    assert not any(raised(trade.prank(), 20) for _ in range(PRANKED))


def test_one_network_that_scans_an_honest_parcel_a_thousand_times_raises_nothing() -> None:
    trade = Trade(4)
    alarms = 0
    for _ in range(PRANKED):
        scans, delivered = trade.honest()
        alarms += raised(scans + trade.prank(), delivered)

    assert alarms == 0


# ---------------------------------------------------------------------------------------------------
# Counting

PARCEL, OTHER = bytes([1]) * 32, bytes([2]) * 32


def test_one_network_is_one_visit_a_day_however_often_it_scans() -> None:
    counter = ScanCounter()

    assert [counter.count(PARCEL, f"203.0.113.{n % 256}", DAY) for n in range(1000)] == [True] + [False] * 999
    assert counter.count(PARCEL, "2001:db8:1:2::1", DAY)
    assert not counter.count(PARCEL, "2001:db8:1:ffff::2", DAY)
    assert not counter.count(PARCEL, "::ffff:203.0.113.9", DAY)
    assert counter.count(OTHER, "203.0.113.1", DAY)
    assert counter.count(PARCEL, "203.0.113.1", day(1))
    assert counter.take() == {(PARCEL, DAY): 2, (OTHER, DAY): 1, (PARCEL, day(1)): 1}


@pytest.mark.parametrize("address", ["", "unknown", "testclient", "203.0.113", "/run/gateway.sock"])
def test_what_is_no_address_is_not_counted(address: str) -> None:
    counter = ScanCounter()

    assert not counter.count(PARCEL, address, DAY)
    assert counter.take() == {}


def test_yesterdays_secret_and_tokens_are_gone() -> None:
    counter = ScanCounter()
    counter.count(PARCEL, "203.0.113.1", DAY)
    secret, tokens = counter._secret, set(counter._tokens)
    counter.count(PARCEL, "203.0.113.1", day(1))

    assert counter._secret != secret
    assert not tokens & set(counter._tokens)
    assert len(counter._tokens) == 1


def test_a_clock_that_slips_back_over_midnight_opens_no_day_anew() -> None:
    counter = ScanCounter()
    counter.count(PARCEL, "203.0.113.1", day(1))

    assert not counter.count(PARCEL, "203.0.113.1", DAY)


def test_memory_is_bounded_by_tokens_and_a_parcels_day_by_visits() -> None:
    counter = ScanCounter(most_tokens=100)
    for n in range(3000):
        counter.count(PARCEL, f"10.{n // 256}.{n % 256}.1", DAY)

    assert len(counter._tokens) == 100
    assert counter.today(PARCEL) == {DAY: MOST_VISITS_A_DAY}


def test_what_could_not_be_stored_is_put_back_and_newer_totals_stay() -> None:
    counter = ScanCounter()
    counter.count(PARCEL, "203.0.113.1", DAY)
    taken = counter.take()

    assert taken == {(PARCEL, DAY): 1}
    assert counter.take() == {}
    counter.count(PARCEL, "203.0.114.1", DAY)
    counter.put_back(taken)
    assert counter.take() == {(PARCEL, DAY): 2}


def test_a_new_process_counts_on_from_what_is_stored() -> None:
    counter = ScanCounter()
    counter.count(PARCEL, "203.0.113.1", DAY, stored=5)
    counter.count(PARCEL, "203.0.114.1", DAY, stored=5)

    assert counter.today(PARCEL) == {DAY: 7}
    assert counter.today(OTHER) == {}


def test_the_store_keeps_the_larger_total_of_a_day_and_a_rebuild_of_the_read_model_leaves_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'guanlian.db'}"
    migrate(url)
    database = Database(url)
    for total in (3, 7, 5):
        with database.write() as connection:
            scans.keep_visits(connection, {(PARCEL, DAY): total, (PARCEL, day(1)): 1, (OTHER, DAY): 2})
    with database.read() as connection:
        assert scans.visits_of(connection, PARCEL) == {DAY: 7, day(1): 1}
    with database.write() as connection:
        readmodel.clear(connection)
        assert scans.visits_of(connection, OTHER) == {DAY: 2}
    database.close()
