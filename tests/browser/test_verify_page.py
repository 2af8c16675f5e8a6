"""A browser that checks a certificate by itself: with the network off, and whatever the file holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.domain.verdict import Finding
from backend.web.texts import Language, text
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.world import World
from tests.support.certificates import World as MadeUp
from tests.support.certificates import written

PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def statuses(page: Page) -> list[str | None]:
    page.locator("[data-question=says]").wait_for()
    return [
        page.locator(f"[data-question={question}]").get_attribute("data-status")
        for question in ("unchanged", "final", "says")
    ]


def codes(page: Page) -> list[str | None]:
    page.locator("[data-question=says]").wait_for()
    return [
        page.locator(f"[data-question={question}]").get_attribute("data-code")
        for question in ("unchanged", "final", "says")
    ]


def file(name: str, content: Any) -> Any:
    data = content if isinstance(content, bytes) else written(content)
    return {"name": name, "mimeType": "application/json", "buffer": data}


@pytest.mark.parametrize(("tag", "language", "viewport"), [
    ("zh-CN", Language.Chinese, PHONE),
    ("en-GB", Language.English, DESK),
])  # fmt: skip
def test_a_file_is_checked_with_the_network_off(
    reader: Reader, tag: str, language: Language, viewport: dict[str, int]
) -> None:
    page = reader(tag, viewport)
    page.goto("/verify")
    expect(page.locator("#verify-form")).to_be_visible()
    page.context.set_offline(True)

    made = MadeUp()
    page.set_input_files("#certificate-file", file("parcel.json", made.certificate()))
    assert codes(page) == ["complete", "no-trust-list", "states"]
    page.set_input_files("#trust-file", file("list.json", made.trust()))
    expect(page.locator("[data-question=final]")).to_have_attribute("data-status", "valid")
    assert statuses(page) == ["valid"] * 3
    expect(page.locator("#verifier-answers")).to_contain_text(text(language, "state.Closed"))
    expect(page.locator("#verifier-answers")).to_contain_text(text(language, "verify.by_this_browser"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    broken = made.certificate()
    broken["records"].pop()
    page.set_input_files("#certificate-file", file("parcel.json", broken))
    expect(page.locator("[data-question=unchanged]")).to_have_attribute("data-code", "records-do-not-fold")
    assert statuses(page) == ["invalid", "cannot_tell", "cannot_tell"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 1000, b"[" * 100_000, b"{}" * 2_000_000, written({"format": PAYLOAD})]
)
def test_whatever_is_no_certificate_is_called_so(reader: Reader, content: bytes) -> None:
    page = reader("en-GB", DESK)
    page.goto("/verify")
    page.set_input_files("#certificate-file", file("parcel.json", content))
    assert statuses(page) == ["invalid", "cannot_tell", "cannot_tell"]


def test_words_out_of_a_file_stay_words(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.certificates.FIELDS", [
        ("InventoryList.1.country", PAYLOAD + "x" * 3000), ("InventoryList.1.gmodel.brand", "{{7*7}}"),
        ("InventoryList.1.constructor", "1"), ("InventoryList.1.__proto__", "2"),
    ])  # fmt: skip
    page = reader("en-GB", PHONE)
    page.goto("/verify")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.set_input_files("#certificate-file", file("parcel.json", MadeUp().certificate()))
    # Apart from what the ledger says: a document may call its fields anything.
    expect(page.locator("[data-revealed]")).to_contain_text(PAYLOAD)
    expect(page.locator("[data-revealed]")).to_contain_text("InventoryList.1.constructor")
    expect(page.locator("[data-revealed]")).to_contain_text("InventoryList.1.__proto__")
    expect(page.locator("[data-revealed]")).not_to_contain_text("native code")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#verifier-answers img, #verifier-answers script").count() == 0
    bad = MadeUp().certificate() | {PAYLOAD: 1}
    page.set_input_files("#certificate-file", file("parcel.json", bad))
    expect(page.locator("[data-question=unchanged]")).to_contain_text(PAYLOAD)
    assert dialogs == []


def test_a_list_that_is_none_is_called_so(reader: Reader) -> None:
    page = reader("en-GB", DESK)
    page.goto("/verify")
    page.set_input_files("#trust-file", file("list.json", {"format": "guanlian-trust"}))
    page.set_input_files("#certificate-file", file("parcel.json", MadeUp().certificate()))
    expect(page.get_by_role("alert")).to_contain_text(text(Language.English, "verify.list_unreadable"))


def test_a_file_can_be_dropped(reader: Reader) -> None:
    page = reader("en-GB", DESK)
    page.goto("/verify")
    data = page.evaluate_handle(
        """text => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "parcel.json", { type: "application/json" }));
            return transfer;
        }""",
        written(MadeUp().certificate()).decode(),
    )
    page.dispatch_event("#verifier", "drop", {"dataTransfer": data})
    assert codes(page) == ["complete", "no-trust-list", "states"]


def test_a_parcels_page_is_checked_against_its_certificate(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    for finding in (Finding.ReleasedImport, Finding.Detained):
        page.goto(world.path(finding))
        page.get_by_role("button", name=text(Language.English, "verify.parcel.check")).click()
        assert codes(page) == ["complete", "no-validators-vouch", "states"]
        assert page.locator("[data-warning]").count() == 0


def test_a_page_that_its_certificate_contradicts_is_called_out(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    path = world.path(Finding.ReleasedImport)

    def lie(route: Any) -> None:
        response = route.fetch()
        made = json.loads(response.body())
        made["records"].pop()
        route.fulfill(response=response, body=json.dumps(made))

    page.route("**/certificate", lie)
    page.goto(path)
    page.get_by_role("button", name=text(Language.English, "verify.parcel.check")).click()
    expect(page.locator("[data-warning]")).to_have_text(text(Language.English, "verify.contradiction"))

    # A page that tells of another state than the certificate, which is genuine.
    page.unroute("**/certificate")
    page.goto(path)
    page.evaluate("document.getElementById('verifier').dataset.state = 'Delivered'")
    page.get_by_role("button", name=text(Language.English, "verify.parcel.check")).click()
    expect(page.locator("[data-warning]")).to_have_text(text(Language.English, "verify.contradiction"))


def test_a_page_that_keeps_a_detention_quiet_is_called_out(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    page.goto(world.path(Finding.Detained))
    page.evaluate("document.getElementById('verifier').dataset.flags = ''")
    page.get_by_role("button", name=text(Language.English, "verify.parcel.check")).click()
    assert codes(page) == ["complete", "no-validators-vouch", "states"]
    expect(page.locator("[data-warning]")).to_have_text(text(Language.English, "verify.contradiction"))


@pytest.mark.parametrize(("relation", "known", "moment"), [
    ("later", "completeTo", "2020-01-01T00:00:00Z"),
    ("earlier", "recordedAt", "2999-01-01T00:00:00Z"),
])  # fmt: skip
def test_a_parcel_that_moved_meanwhile_raises_no_alarm(
    reader: Reader, world: World, relation: str, known: str, moment: str
) -> None:
    page = reader("en-GB", DESK)
    page.goto(world.path(Finding.ReleasedImport))
    page.evaluate(
        "([known, moment]) => Object.assign(document.getElementById('verifier').dataset,"
        " {state: 'Accepted', [known]: moment})",
        [known, moment],
    )
    page.get_by_role("button", name=text(Language.English, "verify.parcel.check")).click()
    expect(page.locator("[data-relation]")).to_have_text(text(Language.English, f"verify.relation.{relation}"))
    assert page.locator("[data-warning]").count() == 0


def test_an_answer_to_an_earlier_choice_does_not_replace_a_later_one(reader: Reader) -> None:
    page = reader("en-GB", DESK)
    page.goto("/verify")
    # The first file takes as long as the test wants.
    page.evaluate("""() => {
        const read = Blob.prototype.arrayBuffer;
        Blob.prototype.arrayBuffer = async function () {
            Blob.prototype.arrayBuffer = read;
            await new Promise(release => { window.release = release; });
            window.late = read.call(this);
            return window.late;
        };
    }""")
    made = MadeUp().certificate()
    page.set_input_files("#certificate-file", file("slow.json", made | {"records": made["records"][:-1]}))
    page.set_input_files("#certificate-file", file("quick.json", made))
    assert codes(page) == ["complete", "no-trust-list", "states"]
    page.evaluate("async () => { window.release(); await window.late; await new Promise(setTimeout); }")
    assert codes(page) == ["complete", "no-trust-list", "states"]
    expect(page.locator("[data-file]")).to_have_text("quick.json")
    page.set_input_files("#certificate-file", [])
    expect(page.locator("#verifier-answers")).to_be_hidden()


def test_the_browser_holds_the_page_to_asking_nobody(reader: Reader) -> None:
    answer = reader("en-GB", DESK).goto("/verify")
    assert answer is not None
    assert "connect-src 'none'" in answer.headers["content-security-policy"]


def test_a_browser_of_some_years_ago_gets_the_same_answers(reader: Reader) -> None:
    page = reader("en-GB", DESK)
    page.add_init_script("""
        for (const name of ["isWellFormed", "toWellFormed", "at"]) delete String.prototype[name];
        for (const name of ["with", "at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced"]) {
            delete Array.prototype[name];
            delete Object.getPrototypeOf(Uint8Array.prototype)[name];
        }
        for (const name of ["toHex", "setFromHex"]) delete Uint8Array.prototype[name];
        delete Uint8Array.fromHex;
    """)
    page.goto("/verify")
    made = MadeUp(engine="qbft", headers=1)
    page.set_input_files("#trust-file", file("list.json", made.trust()))
    page.set_input_files("#certificate-file", file("parcel.json", made.certificate()))
    assert codes(page) == ["complete", "sealed", "states"]


def test_a_certificate_from_the_page_is_a_file_that_checks(reader: Reader, world: World, tmp_path: Path) -> None:
    page = reader("en-GB", DESK)
    page.goto(world.path(Finding.ReleasedImport))
    with page.expect_download() as coming:
        page.get_by_role("link", name=text(Language.English, "verify.parcel.download")).click()
    saved = tmp_path / "parcel.json"
    coming.value.save_as(saved)
    page.goto("/verify")
    page.set_input_files("#certificate-file", saved)
    assert codes(page) == ["complete", "no-validators-vouch", "states"]


def test_without_a_script_the_page_says_how_to_check(reader: Reader) -> None:
    page = reader("en-GB", DESK, script=False)
    page.goto("/verify")
    expect(page.locator("#verify-otherwise")).to_contain_text("guanlian verify")
    expect(page.locator("#verify-form")).to_be_hidden()
