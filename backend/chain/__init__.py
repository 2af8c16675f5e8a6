"""The chain: client, calldata, events, refusals, signers, deployment and the embedded node.

The only folder that knows web3 and its kin; what it gives out are classes of `backend.domain` and its own.
"""
