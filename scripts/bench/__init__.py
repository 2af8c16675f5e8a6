"""How fast the whole way is, beside the bare chain, in one run on one machine: `python -m scripts.bench`."""
