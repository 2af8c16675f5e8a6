"""The benchmark times functions by their names: each is where it is looked up."""

from __future__ import annotations

import pytest

from scripts.bench.stages import STAGES, TIMED


@pytest.mark.parametrize(("owner", "name", "stage"), TIMED, ids=[name for _, name, _ in TIMED])
def test_what_the_benchmark_times_is_there(owner: object, name: str, stage: str) -> None:
    assert callable(getattr(owner, name, None))
    assert stage in STAGES
