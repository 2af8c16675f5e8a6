"""The reference model of the contracts; `backend.domain.ledger` is its door, `cases` the whole of it.

One module per contract, in the order in which they depend on each other. The model is written to be read
and to be right: it derives what the contracts keep, so that the two can be wrong only in different ways.
"""
