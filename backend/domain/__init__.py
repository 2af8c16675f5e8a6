"""Pure rules of the ledger: no IO, standard library and keccak only.

This package is the reference model: the contracts' tests compare the chain with it.
"""
