"""Amounts of yuan as people write them, and fen as the chain counts them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from backend.domain.errors import InvalidInput

#: A trillion yuan is more than any goods are worth, and far less than 96 bits of fen.
MOST_YUAN = Decimal(10) ** 12


def fen_of(text: str, field: str) -> int:
    """Fen of an amount of yuan, `60000` or `60000.50`. Raises InvalidInput naming the field."""
    try:
        amount = Decimal(text) if text.isascii() and len(text) <= 20 else None
    except InvalidOperation:
        amount = None
    exact = amount is not None and amount.is_finite() and 0 <= amount <= MOST_YUAN and amount * 100 % 1 == 0
    if amount is None or not exact or "e" in text.lower() or text != text.strip():
        raise InvalidInput(field=field, value=text[:40], rule="an amount of yuan with at most two decimals")
    return int(amount * 100)


def yuan_of(fen: int) -> str:
    """`60000.50` of 6,000,050 fen."""
    return f"{Decimal(fen) / 100:.2f}" if fen < 10**24 else f"{fen // 100}.{fen % 100:02d}"
