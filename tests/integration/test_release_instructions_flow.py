"""Release instructions over HTTP: what a terminal may load, answered by it alone, in time or late, and on the chain."""

from __future__ import annotations

import sqlalchemy as sa
from standardwebhooks import Webhook

from backend.domain.anchors import AnchorKind
from backend.domain.release_instructions import contents_of
from backend.store.tables import anchors, release_instructions
from tests.support import transit
from tests.support.asking import is_problem
from tests.support.receivers import Received, Receiver, receiver
from tests.support.running import Ledger, until

PATH = "/v1/release-instructions"


def exports(ledger: Ledger, most: int) -> tuple[str, list[str]]:
    """So many exports just declared to Pudong's customs, whose role comes first."""
    return transit.PUDONG, transit.exports(ledger, most, "2233")


def released(ledger: Ledger, most: int) -> tuple[str, list[str]]:
    customs, parcels = exports(ledger, most)
    let_go(ledger, customs, parcels)
    return customs, parcels


def let_go(ledger: Ledger, customs: str, parcels: list[str]) -> None:
    ledger.record("site_operator", "Arrival", parcels)
    ledger.record(customs, "Acceptance", parcels)
    ledger.record(customs, "Release", parcels)


def acknowledgement(parcels: list[str]) -> dict[str, object]:
    return {
        "parcels": len(parcels),
        "contents": "0x" + contents_of(bytes.fromhex(parcel) for parcel in parcels).hex(),
    }


def anchored(ledger: Ledger, kind: AnchorKind) -> int:
    with ledger.gateway.database.read() as connection:
        query = sa.select(sa.func.count()).select_from(anchors).where(anchors.c.kind == kind)
        return int(connection.execute(query).scalar_one())


def test_a_terminal_answers_what_customs_let_go_and_nobody_else_does(ledger: Ledger) -> None:
    terminal = ledger.numbers["site_operator"]
    customs, parcels = exports(ledger, 3)
    body = {"terminal_no": terminal, "parcels": parcels}
    client, yard, carrier = ledger.client(customs), ledger.client("site_operator"), ledger.client("logistics_east")

    # Nothing that is not released, not a parcel that nobody declared, not to a carrier, not another district's.
    is_problem(client.post(PATH, json=body), 409, "ParcelNotLetGo")
    let_go(ledger, customs, parcels)
    is_problem(client.post(PATH, json=body | {"parcels": [*parcels, "00" * 32]}), 404, "NotFound")
    is_problem(client.post(PATH, json=body | {"terminal_no": ledger.numbers["platform"]}), 403, "RoleMissing")
    is_problem(client.post(PATH, json=body | {"bill_no": "160-1"}), 422, "InvalidInput")
    is_problem(client.post(PATH, json={"terminal_no": terminal}), 422, "InvalidInput")
    is_problem(ledger.client("customs_jiaxing").post(PATH, json=body), 403, "DistrictNotCompetent")
    assert ledger.get("site_operator", PATH, open="true")["items"] == []

    made = ledger.post(customs, PATH, body, confirm=False, status=201)
    number = made["instruction_id"]
    assert (made["stage"], made["parcels"], made["exception"]) == ("Waiting", 3, False)
    is_problem(client.post(PATH, json=body), 409, "ParcelInstructed")

    # The terminal reads which parcels; whom it does not concern reads nothing.
    (waiting,) = ledger.get("site_operator", PATH, open="true")["items"]
    assert waiting["instruction_id"] == number
    assert waiting["yours"] == ["Acknowledged", "Refused"]
    assert ledger.get("site_operator", f"{PATH}/{number}")["parcel_ids"] == sorted(parcels)
    is_problem(carrier.get(f"{PATH}/{number}"), 404, "NotFound")

    # An acknowledgement from the wrong terminal, and one of other goods, change nothing.
    address = f"{PATH}/{number}/acknowledgement"
    is_problem(carrier.post(address, json=acknowledgement(parcels)), 403, "InstructionForAnother")
    is_problem(yard.post(address, json=acknowledgement(parcels[1:])), 409, "InstructionContentsDiffer")
    is_problem(client.post(f"{PATH}/{number}/refusal", json={"reason": "full"}), 403, "InstructionForAnother")
    assert ledger.get(customs, f"{PATH}/{number}")["stage"] == "Waiting"

    before = anchored(ledger, AnchorKind.ReleaseAnswer)
    answered = ledger.post("site_operator", address, acknowledgement(parcels), confirm=False, status=201)
    assert answered["stage"] == "Acknowledged"
    is_problem(yard.post(address, json=acknowledgement(parcels)), 409, "InstructionStateUnfit")
    assert ledger.settled("site_operator", answered["facts"][-1]["operation_id"])["status"] == "confirmed"
    until(lambda: anchored(ledger, AnchorKind.ReleaseAnswer) == before + 1, "the answer is on the chain")
    assert anchored(ledger, AnchorKind.ReleaseInstruction) >= 1


def test_an_instruction_that_nobody_answers_is_an_exception_until_customs_settle_it(ledger: Ledger) -> None:
    terminal = ledger.numbers["site_operator"]
    customs, parcels = released(ledger, 4)
    body = {"terminal_no": terminal, "limit_minutes": 1}
    numbers = [
        ledger.post(customs, PATH, body | {"parcels": [parcel]}, confirm=False, status=201)["instruction_id"]
        for parcel in parcels[:3]
    ]
    late, unanswered, refused = numbers
    before = anchored(ledger, AnchorKind.ReleaseException)
    ledger.post("site_operator", f"{PATH}/{refused}/refusal", {"reason": "no such bill"}, confirm=False, status=201)
    # A minute passes.
    with ledger.gateway.database.write() as connection:
        table = release_instructions.c
        connection.execute(
            sa.update(release_instructions).where(table.id.in_(numbers)).values(due_at=table.issued_at - 1)
        )

    def facts(number: int) -> list[str]:
        return [fact["name"] for fact in ledger.get(customs, f"{PATH}/{number}")["facts"]]

    until(lambda: facts(late) == facts(unanswered) == ["Issued", "Overdue"], "the exceptions are written down")
    until(lambda: anchored(ledger, AnchorKind.ReleaseException) == before + 2, "they are on the chain")
    assert facts(refused) == ["Issued", "Refused"]
    found = {one["instruction_id"]: one for one in ledger.get(customs, PATH, open="true")["items"]}
    assert {(number, found[number]["stage"], found[number]["exception"]) for number in numbers} == {
        (late, "Overdue", True),
        (unanswered, "Overdue", True),
        (refused, "Refused", True),
    }

    # Late, the goods go all the same, and that it was late stays to be read.
    answer = acknowledgement(parcels[:1])
    view = ledger.post("site_operator", f"{PATH}/{late}/acknowledgement", answer, confirm=False, status=201)
    assert view["stage"] == "AcknowledgedLate"
    is_problem(
        ledger.client(customs).post(f"{PATH}/{unanswered}/settlement", json={"reason": " "}), 422, "InvalidInput"
    )
    view = ledger.post(
        customs, f"{PATH}/{unanswered}/settlement", {"reason": "told by phone"}, confirm=False, status=201
    )
    assert view["stage"] == "Settled"
    # Withdrawn, its parcel may be instructed anew.
    ledger.post(customs, f"{PATH}/{refused}/withdrawal", {"reason": "wrong bill"}, confirm=False, status=201)
    again = ledger.post(customs, PATH, body | {"parcels": parcels[2:3]}, confirm=False, status=201)
    assert again["stage"] == "Waiting"
    assert late not in {one["instruction_id"] for one in ledger.get(customs, PATH, open="true")["items"]}


def test_both_sides_are_told_by_webhook_of_what_the_other_said(ledger: Ledger) -> None:
    terminal = ledger.numbers["site_operator"]
    customs, parcels = released(ledger, 2)
    yard, office = ledger.client("site_operator"), ledger.client(customs)
    with receiver(_as_news) as at_yard, receiver(_as_news) as at_office:
        made = [
            client.post("/v1/webhooks", json={"url": there.url}).json()
            for client, there in ((yard, at_yard), (office, at_office))
        ]
        numbers = [
            ledger.post(customs, PATH, {"terminal_no": terminal, "parcels": [parcel]}, confirm=False, status=201)[
                "instruction_id"
            ]
            for parcel in parcels
        ]
        ledger.post(
            "site_operator",
            f"{PATH}/{numbers[0]}/acknowledgement",
            acknowledgement(parcels[:1]),
            confirm=False,
            status=201,
        )
        ledger.post("site_operator", f"{PATH}/{numbers[1]}/refusal", {"reason": "no room"}, confirm=False, status=201)
        ledger.post(customs, f"{PATH}/{numbers[1]}/settlement", {"reason": "tomorrow"}, confirm=False, status=201)
        wanted_of_yard = [(numbers[0], "Issued"), (numbers[1], "Issued"), (numbers[1], "Settled")]
        until(lambda: sorted(news(at_yard)) == sorted(wanted_of_yard), "the terminal is told")
        until(
            lambda: sorted(news(at_office)) == sorted([(numbers[0], "Acknowledged"), (numbers[1], "Refused")]),
            "customs are told",
        )
        # In order for each instruction, signed, and readable at the address that is told.
        assert [fact for number, fact in news(at_yard) if number == numbers[1]] == ["Issued", "Settled"]
        first = next(one for one in at_yard.received if one.json.get("type") == "release_instruction")
        assert Webhook(made[0]["secret"]).verify(first.body, first.headers)["terminal"]["participant_no"] == terminal
        assert yard.get(first.json["address"]).json()["parcel_ids"]
        assert "parcel_ids" not in first.json
        # Played again from the beginning, what was told comes once more.
        before = len(news(at_yard))
        assert yard.post(f"/v1/webhooks/{made[0]['webhook_id']}/replay", json={"since": 0}).status_code == 200
        until(lambda: len(news(at_yard)) >= before + 3, "it is told again")
        for client, one in ((yard, made[0]), (office, made[1])):
            client.delete(f"/v1/webhooks/{one['webhook_id']}")


def _as_news(_one: Received, _to: object) -> int:
    return 204


def news(there: Receiver) -> list[tuple[int, str]]:
    told = [one.json for one in list(there.received)]
    return [(one["instruction_id"], one["fact"]) for one in told if one.get("type") == "release_instruction"]
