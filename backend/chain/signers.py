"""Keys behind one interface: a development mnemonic and an encrypted keystore file.

A key never leaves its signer: it is in no attribute that `repr`, a log line or a traceback shows.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_keys.backends.coincurve import CoinCurveECCBackend
from eth_keys.main import KeyAPI

from backend.domain.errors import DevelopmentKeyRefused, KeystoreRefused

#: The embedded chain's number: the only one on which keys that everybody knows may sign.
EMBEDDED_CHAIN = 31337

#: Without coincurve eth-keys falls back to pure Python, thirty times slower, and says nothing.
if not isinstance(KeyAPI().backend, CoinCurveECCBackend):
    raise ImportError("eth-keys does not use coincurve: install the pinned requirements")

Account.enable_unaudited_hdwallet_features()


@dataclass(frozen=True, slots=True)
class UnsignedTransaction:
    """A call to be signed. Fees in wei per gas; `priority` None makes a legacy transaction at `max_fee`.

    `to` None deploys a contract.
    """

    chain_id: int
    nonce: int
    to: str | None
    data: bytes
    gas: int
    max_fee: int
    priority: int | None
    value: int = 0


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """The bytes to broadcast and the hash under which every node will know them."""

    raw: bytes
    hash: bytes


class Signer(Protocol):
    """Signs for one account."""

    @property
    def address(self) -> str:
        """The account, checksummed."""
        ...

    def sign(self, tx: UnsignedTransaction) -> SignedTransaction:
        """The same transaction signed: deterministic, so that signing again gives the same hash."""
        ...


class _LocalSigner:
    """A key in this process's memory."""

    def __init__(self, account: LocalAccount) -> None:
        self.__account = account

    @property
    def address(self) -> str:
        return str(self.__account.address)

    def sign(self, tx: UnsignedTransaction) -> SignedTransaction:
        signed = self.__account.sign_transaction(_fields(tx))
        return SignedTransaction(bytes(signed.raw_transaction), bytes(signed.hash))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"

    def __reduce__(self) -> Any:
        raise TypeError("a signer is not copied out of its process")


class DevelopmentSigner(_LocalSigner):
    """Account `index` of a mnemonic, as anvil derives it (m/44'/60'/0'/0/index).

    Raises DevelopmentKeyRefused on any chain but the embedded one, when it is made and when it signs.
    """

    def __init__(self, mnemonic: str, index: int, chain_id: int) -> None:
        _refuse_strange_chain(chain_id)
        account = Account.from_mnemonic(mnemonic, account_path=f"m/44'/60'/0'/0/{index}")
        super().__init__(account)

    def sign(self, tx: UnsignedTransaction) -> SignedTransaction:
        _refuse_strange_chain(tx.chain_id)
        return super().sign(tx)


class KeystoreSigner(_LocalSigner):
    """The key of a Web3 keystore V3 file, decrypted once.

    Raises KeystoreRefused where others than its owner may read the file, it is no keystore, or the password
    is wrong.
    """

    def __init__(self, path: Path, password: str) -> None:
        try:
            with path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if mode & 0o077:
                    raise KeystoreRefused(path=path.name, reason=f"mode {mode:04o}, must be 0600")
                content = json.load(file)
            key = Account.decrypt(content, password)
        except OSError as fault:
            raise KeystoreRefused(path=path.name, reason=fault.strerror) from None
        except (ValueError, KeyError, TypeError, NotImplementedError) as fault:
            # The library's own text is kept out: only the class of the fault, never what was in the file.
            wrong = "wrong password" if "MAC mismatch" in str(fault) else "no keystore of version 3"
            raise KeystoreRefused(path=path.name, reason=wrong) from None
        super().__init__(Account.from_key(key))


def create_keystore(folder: Path, password: str) -> str:
    """Makes a new key, writes `<address>.json` (mode 0600) into the folder, gives its address.

    The file is whole or absent: it is written aside and renamed.
    """
    if not password:
        raise KeystoreRefused(path=folder.name, reason="a keystore needs a password")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = Account.create(secrets.token_hex(32))
    path = folder / f"{account.address}.json"
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(account.encrypt(password), file)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    return str(account.address)


def _refuse_strange_chain(chain_id: int) -> None:
    if chain_id != EMBEDDED_CHAIN:
        raise DevelopmentKeyRefused(chain_id=chain_id, embedded=EMBEDDED_CHAIN)


def _fields(tx: UnsignedTransaction) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "chainId": tx.chain_id,
        "nonce": tx.nonce,
        "gas": tx.gas,
        "value": tx.value,
        "data": tx.data,
    }
    if tx.to is not None:
        fields["to"] = tx.to
    if tx.priority is None:
        return fields | {"gasPrice": tx.max_fee}
    return fields | {"maxFeePerGas": tx.max_fee, "maxPriorityFeePerGas": tx.priority}
