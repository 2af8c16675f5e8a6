"""What nodes of every make say to a transaction, in their own words, told apart."""

from __future__ import annotations

import pytest

from backend.chain.client import SendOutcome, outcome_of

#: Node, its words, what they mean; None is a state that passes by itself.
ANSWERS = [
    ("anvil", "transaction already imported", SendOutcome.AlreadyKnown),
    ("anvil", "nonce too low", SendOutcome.NonceTooLow),
    ("anvil", "replacement transaction underpriced", SendOutcome.Underpriced),
    ("anvil", "max fee per gas less than block base fee", SendOutcome.Underpriced),
    ("anvil", "Insufficient funds for gas * price + value", SendOutcome.InsufficientFunds),
    ("anvil", "intrinsic gas too low", SendOutcome.Rejected),
    ("anvil", "intrinsic gas too high -- tx.gas_limit > env.cfg.tx_gas_limit_cap", SendOutcome.Rejected),
    ("geth", "already known", SendOutcome.AlreadyKnown),
    ("geth", "nonce too low: next nonce 5, tx nonce 3", SendOutcome.NonceTooLow),
    ("geth", "transaction underpriced: gas tip cap 0, minimum needed 1", SendOutcome.Underpriced),
    ("geth", "replacement transaction underpriced: new tx gas fee cap 1 <= 2 queued", SendOutcome.Underpriced),
    ("geth", "max fee per gas less than block base fee: address 0x01", SendOutcome.Underpriced),
    ("geth", "insufficient funds for gas * price + value: balance 0", SendOutcome.InsufficientFunds),
    ("geth", "exceeds block gas limit", SendOutcome.Rejected),
    ("geth", "oversized data: transaction size 140000, limit 131072", SendOutcome.Rejected),
    ("geth", "invalid sender", SendOutcome.Rejected),
    ("geth", "txpool is full", None),
    ("geth", "account limit exceeded", None),
    ("Besu", "Known transaction", SendOutcome.AlreadyKnown),
    ("Besu", "Nonce too low", SendOutcome.NonceTooLow),
    ("Besu", "Gas price below configured minimum gas price", SendOutcome.Underpriced),
    ("Besu", "Upfront cost exceeds account balance", SendOutcome.InsufficientFunds),
    ("Besu", "Intrinsic gas exceeds gas limit", SendOutcome.Rejected),
    ("Besu", "Transaction nonce is too distant from current sender nonce", None),
    ("Nethermind", "AlreadyKnown", SendOutcome.AlreadyKnown),
    ("Nethermind", "OldNonce, Current nonce: 5, nonce of rejected tx: 3", SendOutcome.NonceTooLow),
    ("Nethermind", "FeeTooLow, MaxFeePerGas too low", SendOutcome.Underpriced),
    ("Nethermind", "InsufficientFunds, Account balance: 0", SendOutcome.InsufficientFunds),
    ("any", "words that no node has said so far", SendOutcome.Rejected),
]


@pytest.mark.parametrize(("node", "words", "meaning"), ANSWERS)
def test_a_nodes_words_mean(node: str, words: str, meaning: SendOutcome | None) -> None:
    assert outcome_of(words) is meaning
    assert outcome_of(f"Error from {node}: {words.upper()}") is meaning
