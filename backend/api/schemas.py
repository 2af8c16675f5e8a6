"""What bodies may hold: strict types, no unknown fields, every length bounded."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Self

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from backend.domain.events import Level
from backend.domain.grounds import Ground
from backend.domain.lifecycle import STEPS_NOT_RECORDED, Flag, State, Step
from backend.domain.participants import CreditGrade, Role
from backend.domain.signatures import SignaturePolicy
from backend.domain.webhooks import LONGEST_URL
from backend.services.access import Scope
from backend.services.paging import MOST_ITEMS, USUAL_ITEMS
from backend.services.payment_requests import LONGEST_REASON, MOST_HOURS, USUAL_HOURS

#: Parcels in one request.
MOST_PARCELS = 1_000
#: Participant numbers are `uint32` on the chain; one has never been given out beyond what a row can hold.
MOST_NUMBER = 2**31 - 1
#: Row numbers are 63 bits wide.
MOST_ROW = 2**63 - 1


class Named:
    """An enumeration by its members' names, in bodies, queries and the interface description alike."""

    def __init__(self, cls: type[Enum], *left_out: Enum) -> None:
        self.cls = cls
        self.names = {member.name: member for member in cls if member not in left_out}

    def parse(self, value: Any) -> Any:
        if isinstance(value, self.cls):
            return value
        if isinstance(value, str) and value in self.names:
            return self.names[value]
        raise PydanticCustomError("enum", "one of {names}", {"names": ", ".join(self.names)})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda member: member.name),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.names)}


StepName = Annotated[Step, Named(Step, *STEPS_NOT_RECORDED)]
StateName = Annotated[State, Named(State)]
FlagName = Annotated[Flag, Named(Flag)]
RoleName = Annotated[Role, Named(Role)]
CreditGradeName = Annotated[CreditGrade, Named(CreditGrade)]
LevelName = Annotated[Level, Named(Level)]
GroundName = Annotated[Ground, Named(Ground)]
ScopeName = Annotated[Scope, Named(Scope)]
PolicyName = Annotated[SignaturePolicy, Named(SignaturePolicy)]


def sound(value: Any) -> Any:
    """Refuses what no encoding can write: half a surrogate pair, anywhere in a JSON value."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("text with half a surrogate pair") from None
    elif isinstance(value, dict):
        for name, member in value.items():
            sound(name)
            sound(member)
    elif isinstance(value, list):
        for member in value:
            sound(member)
    return value


ParcelIdText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
HashText = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
DistrictText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
InstantText = Annotated[str, StringConstraints(min_length=10, max_length=40)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Evidence = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=80)], Any],
    Field(min_length=1, max_length=200),
    AfterValidator(sound),
]

ParcelId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
ManifestId = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$")]
ParticipantNo = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
ListingId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
PaymentRequestId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
KeyId = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
WebhookId = Annotated[int, Path(ge=1, le=MOST_ROW)]
DeliveryId = Annotated[str, Path(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
DistrictCode = Annotated[str, Path(pattern=r"^[0-9]{4}$", description="0000 stands for every district")]
OperationId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
AddressText = Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{40}$")]
FingerprintText = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

#: PostgreSQL takes no NUL in a text, so no text that is looked for has one.
SearchText = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]
VersionText = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
CodeText = Annotated[str, StringConstraints(max_length=18, pattern=r"^[0-9A-Z]*$")]

Cursor = Annotated[str | None, Query(max_length=120, description="`next` of the page before")]
Since = Annotated[int, Query(ge=0, le=MOST_ROW, description="`next` of the answer before; 0: from the first on")]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="Items of a page")]
USUAL = USUAL_ITEMS


#: A quantity as text, up to five decimals, as messages have it; whether it is above 0 is judged where it is taken.
QuantityText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}([.][0-9]{1,5})?$")]


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", str_max_length=4_000)


class RecordBody(Body):
    """A step of parcels, with one evidence document for all or one for each."""

    step: StepName
    parcels: Annotated[list[ParcelIdText], Field(min_length=1, max_length=MOST_PARCELS)]
    evidence: Evidence | None = None
    evidence_of: Annotated[dict[ParcelIdText, Evidence], Field(max_length=MOST_PARCELS)] | None = None
    reference: Reference | None = None

    @model_validator(mode="after")
    def _one_kind_of_evidence(self) -> Self:
        if self.evidence is not None and self.evidence_of is not None:
            raise ValueError("either evidence or evidence_of")
        return self


class DecisionBody(Body):
    """Customs' decision about a request, with its reason."""

    grant: bool
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(sound)]


class RegistrationBody(Body):
    """An organisation to register. Platforms and customs register sellers, governance anyone."""

    uscc: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{10}([0-9A-Z]{8})?$")]
    name_zh: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(sound)]
    name_en: Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(sound)]
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=len(Role))] = [Role.Seller]
    customs_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{10}$")] | None = None
    district: DistrictText | None = None
    account: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")] | None = None
    hosted: bool = False


class AccountBody(Body):
    """An account to add: an address whose key is elsewhere, or none for one that this gateway keeps."""

    address: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")] | None = None


class RolesBody(Body):
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=len(Role))]
    district: DistrictText | None = None


class CreditGradeBody(Body):
    """A grade and why; the reason is kept as evidence."""

    credit_grade: CreditGradeName
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"\S"), AfterValidator(sound)]


class SuspensionBody(Body):
    suspended: bool


class CertificateBody(Body):
    """A certificate in PEM, or DER in base64; never its private key."""

    certificate: Annotated[str, StringConstraints(min_length=1, max_length=16_000)]


class SignaturePolicyBody(Body):
    policy: PolicyName


class ListingBody(Body):
    """A listing to propose; `until` is an ISO 8601 instant with its time zone."""

    participant_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    level: LevelName = Level.Barred
    ground: GroundName
    until: InstantText
    evidence: Evidence


class EvidenceBody(Body):
    evidence: Evidence


class QuotaBody(Body):
    """Whose year, in a body since addresses are logged; without a year the present one in China."""

    id_number: Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(sound)]
    year: Annotated[int, Field(ge=2016, le=9999)] | None = None


class KeyBody(Body):
    """A key to create: for a participant, or for governance and operators without a number."""

    participant_no: Annotated[int, Field(ge=1, le=MOST_NUMBER)] | None = None
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=len(Scope))]
    label: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(sound)]


class PaymentRequestBody(Body):
    """Which parcel's payment is asked about, why, and how many hours the platform has."""

    parcel_id: ParcelIdText
    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON), AfterValidator(sound)]
    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] = USUAL_HOURS


class WebhookBody(Body):
    """An address to send receipts to: those after `since`, or without it those that are still to come."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)]
    since: Annotated[int, Field(ge=0, le=MOST_ROW)] | None = None


class ReplayBody(Body):
    """From behind which receipt on everything is sent anew."""

    since: Annotated[int, Field(ge=0, le=MOST_ROW)]
