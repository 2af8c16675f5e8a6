"""The documentation tells the truth: what it lists exists, and what exists is listed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from backend.domain.matching import Basis, MatchOutcome, RuleLevel, config_as_json, load_config
from backend.domain.rates import example_rates, load_rates
from backend.domain.risk import load_risk_config, risk_config_as_json
from scripts import docs, docs_rules

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")

#: Folders that hold what tools make or need, not what a reader looks for.
UNLISTED = {".ci", ".git", ".github"}


def table_rows(text: str) -> list[str]:
    """The first cell of every row of every table, without its back-quotes where it is one piece of code."""
    rows = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    return [row for row in rows if row]


def tracked_folders() -> set[str]:
    """Every folder under version control, relative to the root."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout: which folders belong to the project is not known")
    files = [Path(name) for name in done.stdout.split("\0") if name]
    return {str(parent) for file in files for parent in file.parents if str(parent) != "."}


def blocks_of(path: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / path).read_text("utf-8"), re.DOTALL)


def test_the_settings_and_rates_that_the_rules_page_shows_can_be_loaded() -> None:
    settings, rates = blocks_of("docs/rules.md", "json")
    config = load_config(settings)
    assert config.rules["M07"].level is RuleLevel.Warn
    assert load_rates(rates).rate("3303000020") == example_rates().rate("3303000020")


def test_the_rules_page_explains_every_field_that_settings_have() -> None:
    told = config_as_json(load_config(blocks_of("docs/rules.md", "json")[0]))
    names = set(told) - {"rules", "limits"} | {f"limits.{name}" for name in told["limits"]}
    names |= {f"rules.ID.{name}" for setting in told["rules"].values() for name in setting}
    assert names == set(docs_rules.SETTINGS)


def test_the_risk_settings_that_the_draws_page_shows_can_be_loaded_and_name_every_field() -> None:
    (settings,) = blocks_of("docs/draw.md", "json")
    config = load_risk_config(settings)
    assert config.draw
    assert json.loads(settings).keys() == risk_config_as_json(config).keys()


def test_every_level_basis_and_outcome_is_explained() -> None:
    assert set(docs_rules.LEVELS) == set(RuleLevel)
    assert set(docs_rules.BASES) == set(Basis)
    assert set(docs_rules.OUTCOMES) == set(MatchOutcome)


@pytest.mark.parametrize("name", READMES)
def test_the_map_names_every_folder_and_no_other(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    listed = {row for row in table_rows(text) if "/" in row or (ROOT / row).is_dir()}
    folders = tracked_folders()
    top = {folder for folder in folders if "/" not in folder} - UNLISTED - {"backend"}
    inner = {folder for folder in folders if folder.count("/") == 1 and folder.startswith(("backend/", "contracts/"))}
    assert listed == top | inner


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_is_documented(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    listed = {row.removeprefix("make ") for row in table_rows((ROOT / name).read_text("utf-8"))}
    assert targets, "the Makefile lists itself by its comments"
    assert targets <= listed


@pytest.mark.parametrize("name", READMES)
def test_no_make_target_is_documented_that_does_not_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    listed = {row for row in table_rows((ROOT / name).read_text("utf-8")) if row.startswith("make ")}
    assert {row.removeprefix("make ") for row in listed} <= targets


@pytest.mark.parametrize(("name", "mark"), list(docs.PARTS))
def test_generated_parts_are_current(name: str, mark: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert docs.generated(text, mark, docs.PARTS[name, mark]()) == text, "run `python -m scripts.docs`"


def test_every_setting_has_its_comment() -> None:
    rows = docs.settings_table().splitlines()[2:]
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_command_says_what_it_does_and_takes_a_home() -> None:
    silent = [name for name, command in docs.commands() if not command.help]
    homeless = [
        name for name, command in docs.commands() if not any("--home" in parameter.opts for parameter in command.params)
    ]
    assert silent == []
    assert homeless == ["simulate", "verify", "check-refund", "check-summary", "network build"], (
        "files and building need no installation"
    )


def test_every_route_says_what_it_does() -> None:
    assert [path for _, path, said in docs.routes() if not said] == []


def test_every_file_of_the_docs_is_reachable_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [path.name for path in sorted((ROOT / "docs").glob("*.md")) if f"docs/{path.name}" not in readme] == []


@pytest.mark.parametrize("path", [*READMES, *(f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md")))])
def test_links_lead_somewhere(path: str) -> None:
    file = ROOT / path
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", file.read_text("utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []


def test_both_readmes_show_the_same_commands() -> None:
    blocks = [re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL) for name in READMES]
    assert blocks[0] == blocks[1]
