"""Certificates that messages are signed with, how strictly they are judged, and what was refused for it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer, scoped
from backend.api.schemas import (
    USUAL,
    CertificateBody,
    Cursor,
    FingerprintText,
    Limit,
    ParticipantNo,
    SignaturePolicyBody,
)
from backend.services import certificates
from backend.services.access import Caller, Scope

router = APIRouter(prefix="/v1/participants/{participant_no}", tags=["signatures"])

_holder = scoped("register or revoke certificates", Scope.governance, Scope.enterprise, Scope.authority)
_judge = scoped("set signature policies", Scope.governance, Scope.enterprise, Scope.authority)


@router.get("/certificates", operation_id="list_certificates")
def get_certificates(participant_no: ParticipantNo, gateway: GatewayDep, caller: CallerDep) -> Response:
    """A participant's certificates and its signature policy: for itself, governance and customs."""
    return answer(certificates.listed(gateway, caller, participant_no))


@router.post("/certificates", status_code=201, operation_id="register_certificate")
def register_certificate(
    participant_no: ParticipantNo, body: CertificateBody, gateway: GatewayDep, caller: Caller = _holder
) -> Response:
    """Registers a certificate (RSA or SM2) that messages are verified with. 200: it is registered already."""
    certificate, is_new = certificates.register(gateway, caller, participant_no, body.certificate)
    return answer(certificate, 201 if is_new else 200)


@router.delete("/certificates/{fingerprint}", status_code=204, operation_id="revoke_certificate")
def revoke_certificate(
    participant_no: ParticipantNo, fingerprint: FingerprintText, gateway: GatewayDep, caller: Caller = _holder
) -> Response:
    """Ends a certificate from the next message on."""
    certificates.revoke(gateway, caller, participant_no, bytes.fromhex(fingerprint))
    return Response(status_code=204)


@router.put("/signature-policy", operation_id="set_signature_policy")
def set_signature_policy(
    participant_no: ParticipantNo, body: SignaturePolicyBody, gateway: GatewayDep, caller: Caller = _judge
) -> Response:
    """Off, optional or required: governance and customs set it, a participant only makes its own stricter."""
    return answer(certificates.set_policy(gateway, caller, participant_no, body.policy))


@router.get("/signature-refusals", operation_id="list_signature_refusals")
def get_signature_refusals(
    participant_no: ParticipantNo, gateway: GatewayDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = USUAL
) -> Response:
    """Messages refused for their signature, newest first: for the sender itself, governance and customs."""
    return answer(certificates.refusals(gateway, caller, participant_no, cursor=cursor, limit=limit))
