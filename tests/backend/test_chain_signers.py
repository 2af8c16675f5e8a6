"""Keys: where they may sign, what a file must be, and that they show nowhere."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from pathlib import Path

import pytest
from eth_account import Account

from backend.chain.deployment import Deployment, load_deployment
from backend.chain.interfaces import CONTRACTS
from backend.chain.signers import (
    EMBEDDED_CHAIN,
    DevelopmentSigner,
    KeystoreSigner,
    Signer,
    UnsignedTransaction,
    create_keystore,
)
from backend.domain.errors import DevelopmentKeyRefused, KeystoreRefused

MNEMONIC = "test test test test test test test test test test test junk"
#: The first account of that mnemonic, as every development node shows it, and its key.
FIRST_ACCOUNT = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
FIRST_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
PASSWORD = "a long password of the tests"


def a_call(chain_id: int = EMBEDDED_CHAIN, priority: int | None = 0) -> UnsignedTransaction:
    return UnsignedTransaction(chain_id, 5, "0x" + "11" * 20, b"\x01\x02", 300_000, 7, priority)


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "new"
    return folder / f"{create_keystore(folder, PASSWORD)}.json"


def test_a_development_key_is_the_account_that_every_development_node_derives() -> None:
    signer: Signer = DevelopmentSigner(MNEMONIC, 0, EMBEDDED_CHAIN)
    assert signer.address == FIRST_ACCOUNT
    assert DevelopmentSigner(MNEMONIC, 1, EMBEDDED_CHAIN).address != FIRST_ACCOUNT


def test_a_development_key_is_refused_on_any_other_chain() -> None:
    with pytest.raises(DevelopmentKeyRefused, match="31337"):
        DevelopmentSigner(MNEMONIC, 0, 1)
    signer = DevelopmentSigner(MNEMONIC, 0, EMBEDDED_CHAIN)
    with pytest.raises(DevelopmentKeyRefused):
        signer.sign(a_call(chain_id=1))


@pytest.mark.parametrize("priority", [0, 2, None])
def test_a_signed_transaction_is_by_the_signer_and_signing_again_gives_the_same(priority: int | None) -> None:
    signer = DevelopmentSigner(MNEMONIC, 0, EMBEDDED_CHAIN)
    signed = signer.sign(a_call(priority=priority))
    assert Account.recover_transaction(signed.raw) == signer.address
    assert signer.sign(a_call(priority=priority)) == signed
    assert (signed.raw[0] == 2) is (priority is not None)


def test_a_key_shows_in_no_text_and_is_not_copied() -> None:
    signer = DevelopmentSigner(MNEMONIC, 0, EMBEDDED_CHAIN)
    with pytest.raises(TypeError):
        pickle.dumps(signer)
    with pytest.raises(TypeError):
        copy.deepcopy(signer)
    shown = f"{signer!r} {signer} {vars(signer)}".lower()
    assert FIRST_KEY not in shown
    assert "junk" not in shown


def test_a_keystore_file_gives_the_key_that_was_made(keystore: Path) -> None:
    assert keystore.stat().st_mode & 0o777 == 0o600
    assert keystore.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in keystore.parent.iterdir()) == [keystore.name]
    signer = KeystoreSigner(keystore, PASSWORD)
    assert signer.address == keystore.stem
    assert Account.recover_transaction(signer.sign(a_call(chain_id=1)).raw) == signer.address


def test_a_keystore_file_that_others_may_read_is_refused(keystore: Path, tmp_path: Path) -> None:
    open_file = tmp_path / "open.json"
    open_file.write_bytes(keystore.read_bytes())
    open_file.chmod(0o640)
    with pytest.raises(KeystoreRefused, match="mode 0640"):
        KeystoreSigner(open_file, PASSWORD)


def test_a_wrong_password_is_refused_and_shows_nowhere(keystore: Path) -> None:
    wrong = PASSWORD[::-1]
    with pytest.raises(KeystoreRefused, match="wrong password") as refused:
        KeystoreSigner(keystore, wrong)
    assert wrong not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("content", ["", "{}", "[]", "not json", json.dumps({"version": 3, "crypto": {}})])
def test_a_file_that_is_no_keystore_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeystoreRefused, match="no keystore"):
        KeystoreSigner(path, PASSWORD)
    with pytest.raises(KeystoreRefused, match="No such file"):
        KeystoreSigner(tmp_path / "absent.json", PASSWORD)


def test_a_keystore_without_a_password_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(KeystoreRefused, match="needs a password"):
        create_keystore(tmp_path / "keys", "")
    assert not (tmp_path / "keys").exists()


def test_a_deployment_file_names_every_contract(tmp_path: Path) -> None:
    names = CONTRACTS
    contracts = {name: "0x" + f"{n}1" * 20 for n, name in enumerate(names)}
    path = tmp_path / "deployment.json"
    whole = {"chain_id": 31337, "contracts": contracts, "block": 3, "deployer": FIRST_ACCOUNT, "previous": None}
    path.write_text(json.dumps(whole))
    deployment = load_deployment(path)
    assert deployment == Deployment(31337, contracts, 3, FIRST_ACCOUNT)
    assert deployment.addresses == tuple(contracts.values())
    for missing in ("chain_id", "contracts", "block", "deployer"):
        path.write_text(json.dumps({key: value for key, value in whole.items() if key != missing}))
        with pytest.raises(ValueError, match="no complete deployment file"):
            load_deployment(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        load_deployment(path)
