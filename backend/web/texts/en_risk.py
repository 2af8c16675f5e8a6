"""The console's words about risk and the draw, in English."""

from __future__ import annotations

from collections.abc import Mapping

EN_RISK: Mapping[str, str] = {
    "risk.title": "Risk and draw",
    "risk.score": "{score} of 100 points",
    "risk.version": "settings {version}",
    "risk.forced": "Put in this tier whatever the score: {factors}",
    "risk.factors": "What adds to the score",
    "risk.points": "Points",
    "risk.why": "Why",
    "tier.Direct": "release directly",
    "tier.Review": "review the papers",
    "tier.Inspect": "inspect",
    "draw.title": "Draw",
    "draw.off": "The district does not draw.",
    "draw.pending": "Draw pending: the parcel waits for its round to be over.",
    "draw.undrawn": "There is no draw: no round was open, or the round failed. A person reviews the papers.",
    "draw.selected": "Selected for inspection (number {number} in round {round} of district {district}).",
    "draw.passed": "Not selected (number {number} in round {round} of district {district}).",
    "draw.late": "The draw came when the parcel had gone on.",
    "draw.check": "Anybody can check the draw from the chain: guanlian draw verify {parcel}",
    "kind.RoundOpening": "Round of the draw opened",
    "kind.BlockHashRecording": "Block hash of a round recorded",
    "kind.SeedRevealing": "Seed of a round revealed",
    "kind.RoundFailure": "Failure of a round put on record",
}
