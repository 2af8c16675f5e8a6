"""A certificate over HTTP: whole, checked before it is given, and showing no more than its reader may see."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from backend.certificate import Answers, Status, read_trust, verify
from backend.domain.documents import is_public
from tests.support.asking import is_problem
from tests.support.certificates import written
from tests.support.consortium import ON_NETWORK
from tests.support.running import Declared, Ledger, until

UNKNOWN = "0" * 64

#: What is said of validators where no list of them was given.
UNVOUCHED = "no-trust-list" if ON_NETWORK else "no-validators-vouch"


def certified(ledger: Ledger, parcel: str, role: str | None = None, **query: Any) -> dict[str, Any]:
    response = ledger.client(role).get(f"/v1/parcels/{parcel}/certificate", params=query)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Disposition"] == f'attachment; filename="guanlian-{parcel[:12]}.json"'
    return dict(response.json())


def final(ledger: Ledger, parcel: str, records: int) -> dict[str, Any]:
    """The certificate once that many records of the parcel are final."""

    def reached() -> dict[str, Any] | None:
        made = certified(ledger, parcel)
        return made if len(checked(made).says.facts["history"]) >= records else None

    made: dict[str, Any] = until(reached, "the records are final")
    return made


def checked(made: dict[str, Any]) -> Answers:
    return verify(written(made), None, int(time.time()))


def shown(made: dict[str, Any]) -> set[str]:
    return {field["path"] for document in made["revealed"] for field in document["fields"]}


def test_a_certificate_says_what_the_page_says(ledger: Ledger, declared: Declared) -> None:
    for parcel in [*declared.imports[:3], *declared.exports[:3]]:
        view = ledger.get(None, f"/v1/parcels/{parcel}")
        found = checked(final(ledger, parcel, len(view["history"])))
        assert (found.unchanged.code, found.final.code, found.says.code) == (
            "complete",
            UNVOUCHED,
            "states",
        )
        says = found.says.facts
        assert (says["state"], says["flags"]) == (view["state"], view["flags"])
        assert [entry["step"] for entry in says["history"]] == [entry["step"] for entry in view["history"]]
        assert says["seller"] == {
            "participant_no": view["seller"]["participant_no"], "standing": view["seller"]["standing"],
        }  # fmt: skip
        assert says["direction"] == view["direction"]


def test_anyone_sees_what_is_public_and_no_more(ledger: Ledger, declared: Declared) -> None:
    parcel = declared.imports[0]
    made = certified(ledger, parcel)
    assert shown(made)
    assert all(is_public(path) for path in shown(made))
    is_problem(
        ledger.client().get(f"/v1/parcels/{parcel}/certificate", params={"reveal": "OrderHead.orderNo"}),
        404,
        "NotFound",
    )


def test_a_holder_reveals_fields_of_documents_that_it_may_read(ledger: Ledger, declared: Declared) -> None:
    parcel = declared.imports[0]
    wanted = ["OrderHead.orderNo", "OrderHead.goodsValue"]
    made = certified(ledger, parcel, "customs_pudong", reveal=wanted)
    assert set(wanted) <= shown(made)
    assert checked(made).says.status is Status.Valid
    said = {field["path"]: field["value"] for field in checked(made).says.facts["revealed"]}
    assert said["OrderHead.orderNo"]

    # One that may not read the order cannot have it revealed, whatever its key.
    answer = ledger.client("rights_holder").get(f"/v1/parcels/{parcel}/certificate", params={"reveal": wanted})
    is_problem(answer, 404, "NotFound")


def test_neighbours_do_not_show(ledger: Ledger, declared: Declared) -> None:
    one = certified(ledger, declared.imports[0])
    text = json.dumps(one)
    assert all(other not in text for other in declared.imports[1:] + declared.exports)


def test_a_certificate_is_of_the_block_that_it_names(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    before = final(ledger, parcel, 4)
    ledger.record("site_operator", "Arrival", [parcel])
    ledger.indexed(parcel, lambda view: "Arrived" in view["flags"])
    after = final(ledger, parcel, len(before["records"]) + 1)
    assert len(after["records"]) > len(before["records"])
    assert checked(before).says.facts["flags"] != checked(after).says.facts["flags"]
    # The old one stays true, as of its block; the last record of the new one is not to be taken back.
    assert checked(before).unchanged.status is Status.Valid
    assert checked(after | {"records": after["records"][:-1]}).unchanged.code == "records-do-not-fold"
    assert checked(after | {"block": before["block"], "nodes": before["nodes"]}).unchanged.code == "records-do-not-fold"


def test_proofs_of_one_parcel_do_not_serve_another(ledger: Ledger, declared: Declared) -> None:
    one, other = (certified(ledger, parcel) for parcel in (declared.imports[0], declared.exports[0]))
    assert checked(one | {"parcel": other["parcel"]}).status is not Status.Valid
    assert checked(one | {"nodes": other["nodes"]}).unchanged.status is Status.Invalid
    assert checked(one | {"block": other["block"]}).status is not Status.Valid


def test_an_unknown_parcel_has_none(ledger: Ledger) -> None:
    is_problem(ledger.client().get(f"/v1/parcels/{UNKNOWN}/certificate"), 404, "NotFound")
    assert ledger.client().get("/v1/parcels/xyz/certificate").status_code in (404, 422)


@pytest.mark.skipif(ON_NETWORK, reason="a network names its validators: tests/network")
def test_the_embedded_chain_names_no_validators(ledger: Ledger) -> None:
    found = ledger.get(None, "/v1/trust")
    assert read_trust(written(found)).validator_sets == ()
    assert found["engine"] == "none"


def test_the_commands_write_and_check_a_file(ledger: Ledger, declared: Declared, tmp_path: Path) -> None:
    file, broken = tmp_path / "parcel.json", tmp_path / "broken.json"
    made = certified(ledger, declared.imports[0])
    file.write_bytes(written(made))
    made["records"].pop()
    broken.write_bytes(written(made))
    (tmp_path / "list.json").write_text("{}")

    def check(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["guanlian", "verify", *words], capture_output=True, text=True, timeout=300)

    fine = check(str(file))
    assert fine.returncode == 5
    assert UNVOUCHED in fine.stdout
    assert check(str(broken)).returncode == 1
    assert json.loads(check(str(broken), "--json").stdout)["unchanged"]["code"] == "records-do-not-fold"
    refused = check(str(file), "--trust", str(tmp_path / "list.json"))
    assert refused.returncode == 1
    assert "InvalidInput" in refused.stderr
    assert check(str(tmp_path / "none.json")).returncode == 1
