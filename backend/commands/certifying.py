"""Certificates, and refund evidence that holds one: made by the running gateway, checked by this program alone."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from backend.certificate import Answers, Malformed, Status, Trust, read_trust, refund
from backend.certificate import verify as verify_certificate
from backend.certificate.answers import Answer
from backend.certificate.reading import MOST_BYTES
from backend.commands.asking import ask
from backend.commands.common import DEFAULT_HOME, Exit, HomeOption, JsonOption, answer, explained, print_json
from backend.domain.errors import InvalidInput

_EXITS = {Status.Valid: Exit.Done, Status.Invalid: Exit.Refused, Status.CannotTell: Exit.CannotTell}
_QUESTIONS = {
    "unchanged": "Unchanged? 未改动？",
    "final": "Final, and on whose word? 已最终确定？由谁担保？",
    "says": "What does it say? 说明了什么？",
    "read": "Readable? 可读取？",
    "documents": "Order, list and receipt? 订单、清单、收款单？",
    "departed": "Released and gone? 已放行离境？",
    "summary": "In the month's sums? 计入月度汇总？",
}
_SIGNS = {Status.Valid: "[green]✓ valid[/]", Status.Invalid: "[bold red]✗ invalid[/]"}

TrustOption = Annotated[
    Path | None,
    typer.Option("--trust", help="List of validators whose word you take.", exists=True, dir_okay=False),
]


def certificate(
    parcel_id: Annotated[str, typer.Argument(help="64 hexadecimal digits, as on the QR code.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write. Default: stdout.", dir_okay=False)
    ] = None,
    reveal: Annotated[
        list[str] | None, typer.Option("--reveal", help="Path of a field to show, such as OrderHead.orderNo.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write a parcel's certificate: its whole history with what proves it, for anyone to check offline."""
    query = {"reveal": reveal or []}
    found = json.dumps(ask(home, f"/v1/parcels/{parcel_id.strip().lower()}/certificate", query), ensure_ascii=False)
    if out is None:
        typer.echo(found)
    else:
        out.write_text(found, encoding="utf-8")


def verify(
    file: Annotated[Path, typer.Argument(help="The certificate; - reads stdin.", allow_dash=True, dir_okay=False)],
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a certificate with no network: 0 all valid, 1 something is invalid, 5 something cannot be told."""
    with explained():
        found = verify_certificate(_read(file), None if trust is None else _trust(trust), int(time.time()))
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    raise typer.Exit(_EXITS[found.status])


def check_refund(
    file: Annotated[Path, typer.Argument(help="The refund evidence; - reads stdin.", allow_dash=True, dir_okay=False)],
    trust: TrustOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a refund's evidence with no network: 0 all holds, 1 something does not, 5 something cannot be told."""
    with explained():
        data = _read(file, refund.MOST_BYTES)
        found = refund.check_refund(data, None if trust is None else _trust(trust), int(time.time()))
    if as_json:
        findings = {each.question: each.as_json() for each in found.findings}
        print_json({"status": str(found.status), "findings": findings, "documents": found.documents})
    else:
        for each in found.findings:
            _print_answer(each, each.en, each.zh)
    raise typer.Exit(_EXITS[found.status])


def _print_answer(each: Answer | refund.Finding, en: str, zh: str) -> None:
    sign = _SIGNS.get(each.status, "[yellow]? cannot tell[/]")
    answer.print(f"{sign}  [bold]{_QUESTIONS[each.question]}[/]  [dim]{each.code}[/]")
    answer.print(escape(f"   {en}"), soft_wrap=True)
    answer.print(escape(f"   {zh}"), soft_wrap=True)


def _print(found: Answers) -> None:
    for each in found.all:
        told = each.as_json()
        _print_answer(each, told["en"], told["zh"])
    says = found.says.facts
    if says:
        seller = says["seller"]
        answer.print(escape(f"   seller {seller['participant_no']}: {seller['standing']}"))
        for right in says["rights"]:
            standing = "may use" if right["usable"] else "may not use"
            answer.print(f"   recorded right {right['right_id']}: the seller {standing} it")
        for field in says["revealed"]:
            answer.print(escape(f"   {field['path']}: {field['value']}"), soft_wrap=True)


def _read(file: Path, most: int = MOST_BYTES) -> bytes:
    """At most one byte more than a file of its kind may have."""
    if str(file) == "-":
        return sys.stdin.buffer.read(most + 1)
    try:
        with file.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as fault:
        raise InvalidInput(field="FILE", value=str(file), rule="a file that can be read") from fault


def _trust(file: Path) -> Trust:
    try:
        return read_trust(_read(file))
    except Malformed as fault:
        raise InvalidInput(field=f"--trust {fault.field}".strip(), value=str(file), rule=fault.rule) from fault
