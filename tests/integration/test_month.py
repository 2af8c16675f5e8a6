"""A month in small: two days over three lanes on a real chain, every figure the same by three ways of counting."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.chain.node import free_port
from scripts.month.tally import Sums, Tally

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("month") / "home"
    options = ("--parcels", "60", "--days", "2", "--mishaps", "0.7", "--seed", "2", "--home", str(home), "--json")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUANLIAN_")}
    # Ports of its own: another installation that begins at this moment would find the usual ones free too.
    ports = {"GUANLIAN_API_PORT": str(free_port()), "GUANLIAN_RPC_URL": f"http://127.0.0.1:{free_port()}"}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.month", *options],
        cwd=ROOT,
        env=environment | ports,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"code": done.returncode}


def test_every_figure_is_the_same_by_three_ways(month: dict[str, Any]) -> None:
    assert month["differences"] == []
    assert month["code"] == 0


def test_parcels_went_over_the_lanes_and_what_went_wrong_is_on_record(month: dict[str, Any]) -> None:
    assert month["trucks"] >= 3
    assert sum(month["mishaps"].values()) >= 2
    assert month["states"]["Departed"] > month["declared"] * 0.8
    assert sum(month["states"].values()) == month["declared"] <= month["parcels"]


def test_the_straight_count_counts() -> None:
    """It asks no ledger: what is not in it is not counted, and sums are those of its parts."""
    assert Tally().figures(("district",)) == {}
    one, two = Sums(1, 1, 0, 0), Sums(2, 0, 1, 1)
    one.values["502"] += 3
    two.values["502"] += 4
    one.add(two)
    assert (one.parcels, one.inspections_ordered, one.inspected, one.detained) == (3, 1, 1, 1)
    assert dict(one.values) == {"502": 7}
