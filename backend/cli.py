"""`guanlian`: one command per need of whoever runs an installation.

Exit codes: 0 done; 1 refused or failed, with the reason in words; 2 wrong usage; 3 the installation is not
running; 4 the chain cannot be reached; 5 a certificate that is neither shown nor refuted.
"""

from __future__ import annotations

import typer

from backend.commands import (
    certifying,
    counting,
    drawing,
    installing,
    keeping,
    mining,
    networking,
    reading,
    ruling,
    simulating,
    summing,
    telling,
)

app = typer.Typer(
    name="guanlian",
    help="Guanlian 关链: a shared ledger for cross-border e-commerce clearance.",
    epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not running, 4 chain unreachable, 5 cannot tell.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)

for command in (
    installing.up,
    installing.down,
    installing.reset,
    installing.status,
    installing.logs,
    installing.doctor,
    installing.deploy,
    telling.demo,
    simulating.simulate,
    reading.parcel,
    reading.blacklist,
    reading.participants,
    certifying.certificate,
    certifying.verify,
    certifying.check_refund,
    summing.check_summary,
    ruling.matching,
    ruling.rates,
    keeping.reindex,
    installing.serve,
):
    app.command()(command)
app.add_typer(keeping.keys, name="keys")
app.add_typer(keeping.accounts, name="accounts")
app.add_typer(drawing.draw, name="draw")
app.add_typer(mining.process, name="process")
app.add_typer(counting.statistics, name="statistics")
app.add_typer(networking.network, name="network")


def main() -> None:
    """The entry point of the `guanlian` program."""
    app()


if __name__ == "__main__":
    main()
