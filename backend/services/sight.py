"""What a caller may see of parcels. The public sees steps and organisations; the rest follows from roles.

Permission matrix: customs-domain notes §1. Customs see everything of their own district; market regulators
and appeal bodies see every parcel's steps but no documents; an enterprise sees the parcels it takes part in
and the documents it sent itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.domain.participants import Role
from backend.services.access import Caller
from backend.store.parcel_queries import Sight, size_of

#: They act on any seller, wherever its parcels are.
_EVERYWHERE = (Role.MarketRegulator, Role.AppealBody)
#: They act on what passes through their district.
_BY_DISTRICT = (Role.Customs, Role.SiteOperator)


def sight_of(caller: Caller) -> Sight:
    """Whose manifests a caller may list."""
    if caller.sees_every_operation or any(caller.bears(role) for role in _EVERYWHERE):
        return Sight(everything=True)
    by_district = caller.district and any(caller.bears(role) for role in _BY_DISTRICT)
    return Sight(
        # A site operator without a district serves several, and learns of parcels as they come in.
        everything=caller.bears(Role.SiteOperator) and not caller.district,
        district=caller.district if by_district else None,
        participant_no=caller.participant_no,
    )


def parcels_in_sight(manifest: Any, sight: Sight, recorded: Mapping[int, int]) -> int:
    """The parcels of a manifest row that fall within a sight, as a set.

    `recorded`: by manifest row, the parcels on which the reader itself has recorded a step.
    """
    every = (1 << size_of(manifest)) - 1
    if sight.everything:
        return every
    if sight.district in (manifest.declaring_district, manifest.port_district):
        return every
    if sight.participant_no is not None and sight.participant_no in (
        manifest.declarant_no,
        manifest.seller_no,
    ):
        return every
    return recorded.get(manifest.id, 0)


def sees_all_documents(manifest: Any, caller: Caller) -> bool:
    """Whether a caller reads every document of a manifest's parcels: customs of one of its two districts."""
    districts = (manifest.declaring_district, manifest.port_district)
    return caller.bears(Role.Customs) and caller.district in districts
