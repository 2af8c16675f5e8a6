"""Bodies of what is written about cases, listings and platforms' notices; amounts are yuan, written as text."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import Field, StringConstraints

from backend.api.schemas import (
    MOST_NUMBER,
    MOST_ROW,
    Body,
    Evidence,
    GroundName,
    LevelName,
    Named,
    ParcelIdText,
)
from backend.domain.platform_notices import NoticeFact
from backend.domain.rights import Route
from backend.services.cases import MOST_PARCELS

RouteName = Annotated[Route, Named(Route)]

NoticeFactName = Annotated[NoticeFact, Named(NoticeFact, NoticeFact.Noticed), Path()]

NoticeId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
CaseId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
RightId = Annotated[int, Field(ge=1, le=MOST_ROW)]
HeadingText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
YuanText = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Parcels = Annotated[list[ParcelIdText], Field(min_length=1, max_length=MOST_PARCELS)]


class HolderNoticeBody(Body):
    """Suspected goods of one manifest, the recorded right, the goods' HS heading and value."""

    right_id: RightId
    heading: HeadingText
    parcels: Parcels
    goods_value: YuanText
    evidence: Evidence


class ComplaintBody(Body):
    """Which customs office is to detain goods, of which right and heading, worth what, against which security."""

    right_id: RightId
    customs_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    heading: HeadingText
    goods_value: YuanText
    security: YuanText
    evidence: Evidence


class SecurityBody(Body):
    security: YuanText
    evidence: Evidence


class BondBody(Body):
    bond: YuanText
    evidence: Evidence


class DetentionBody(Body):
    parcels: Parcels
    evidence: Evidence


class FindingBody(Body):
    infringing: bool
    evidence: Evidence


class UpheldBody(Body):
    upheld: bool
    evidence: Evidence


class GrantedBody(Body):
    granted: bool
    evidence: Evidence


class HearingWindowBody(Body):
    """How long listed parties are heard; the contract takes thirty days at most."""

    hours: Annotated[int, Field(ge=0, le=8760)]


class UrgencyBody(Body):
    ground: GroundName
    urgent: bool


class ConfirmationsBody(Body):
    level: LevelName
    confirmations: Annotated[int, Field(ge=0, le=255)]


class PlatformNoticeBody(Body):
    """Which platform, which seller, which right and goods; `right_id` where the right is recorded with customs."""

    platform_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    seller_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    right_name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    right_id: RightId | None = None
    goods: Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^\x00]*$")]
    evidence: Evidence
