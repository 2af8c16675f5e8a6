"""The ABI files that the gateway reads are what the contracts compile to."""

from __future__ import annotations

from scripts.abi import FOLDER, main, stale_files
from scripts.brownie_project import CONTRACTS, load_project


def test_the_abi_files_are_up_to_date() -> None:
    assert main(["--check"]) == 0


def test_a_changed_abi_file_is_told_by_name(tmp_path, monkeypatch) -> None:
    for name in CONTRACTS:
        (tmp_path / f"{name}.json").write_text((FOLDER / f"{name}.json").read_text("utf-8"), "utf-8")
    (tmp_path / "Blacklist.json").write_text("[]\n", "utf-8")
    monkeypatch.setattr("scripts.abi.FOLDER", tmp_path)
    assert stale_files(load_project()) == ["Blacklist.json"]
    assert main(["--check"]) == 1


def test_contracts_keep_within_the_size_that_a_chain_takes(accounts, cast) -> None:
    for name, contract in cast.contracts.items():
        assert len(contract.bytecode) // 2 <= 24_576, name


def test_a_change_of_any_source_compiles_anew_whatever_is_made_of_it() -> None:
    ours = {name: data for name, data in load_project()._build.items() if data["sourcePath"].startswith("contracts/")}
    dependencies = {name: set(data.get("dependencies", ())) & set(ours) for name, data in ours.items()}
    for name in CONTRACTS:
        for part in dependencies[name]:
            unseen = dependencies[part] - dependencies[name] - {name}
            assert not unseen, f"{name} is made of {part}, which is made of {unseen}"
