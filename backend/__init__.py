"""Guanlian 关链: the gateway to a shared customs ledger for cross-border e-commerce."""
