"""Every refusal as one kind of answer: an RFC 9457 problem document, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from backend.domain.documents import is_personal
from backend.domain.errors import (
    GuanlianError,
    InvalidInput,
    MediaTypeUnsupported,
    MessageMalformed,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    Unauthenticated,
)

MEDIA_TYPE = "application/problem+json"

_RESERVED = frozenset({"type", "title", "status", "detail", "detail_zh", "instance"})
#: Of faults on our side only what a caller can act on leaves the house.
_TOLD_OF_OWN_FAULTS = frozenset({"operation_id", "seconds", "expected", "found", "request_id", "participant_no"})
#: What may go right again by itself is asked for again after this many seconds.
_TRY_AGAIN = 5


def problem(error: GuanlianError, path: str) -> Response:
    """The answer to a refused request."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="guanlian"'
    elif isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.details.get("retry_after", 1))
    elif error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(_TRY_AGAIN)
    body = orjson.dumps(problem_document(error, path), default=str)
    return Response(body, error.status, headers, MEDIA_TYPE)


def problem_document(error: GuanlianError, path: str) -> dict[str, Any]:
    """Type, title, status, both sentences, where it happened, and the values a caller needs to act."""
    details = error.details
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        details = {name: value for name, value in details.items() if name in _TOLD_OF_OWN_FAULTS}
    members = {f"given_{name}" if name in _RESERVED else name: value for name, value in details.items()}
    return {
        "type": f"/problems/{error.title}",
        "title": error.title,
        "status": error.status,
        "detail": error.message_en,
        "detail_zh": error.message_zh,
        "instance": path,
        **members,
    }


def install(app: FastAPI) -> None:
    """Has every refusal of an application answered by a problem document."""

    @app.exception_handler(GuanlianError)
    def refused(request: Request, error: GuanlianError) -> Response:
        return problem(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        return problem(_invalid(error, request), request.url.path)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        return problem(_of_status(error, request), request.url.path)


def _invalid(error: RequestValidationError, request: Request) -> GuanlianError:
    faults = error.errors()
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != "application/json" and any(tuple(fault["loc"]) == ("body",) for fault in faults):
        return MediaTypeUnsupported(media_type=given[:60] or "none", needed="application/json")
    return invalid_input(faults)


def invalid_input(faults: Sequence[Mapping[str, Any]]) -> GuanlianError:
    """The refusal of a body or a parameter, with all of its faults. Values that may be personal stay out."""
    if any(fault["type"] == "json_invalid" for fault in faults):
        return MessageMalformed(reason="JSON")
    told = [_fault(fault) for fault in faults]
    first = told[0]
    rule_zh = _rule_in_chinese(faults[0])
    return InvalidInput(field=first["field"], value=first["value"], rule=first["rule"], rule_zh=rule_zh, faults=told)


def _fault(fault: Mapping[str, Any]) -> dict[str, Any]:
    place = [str(part) for part in fault["loc"] if part not in ("body", "query", "path", "header")]
    field = ".".join(place)[:120] or "body"
    rule = str(fault["msg"])[:200]
    # A name that we do not know may be a slip of the pen for one whose values are personal.
    is_unknown = fault["type"] == "extra_forbidden" or field == "body"
    return {
        "field": field,
        "value": "…" if is_unknown else _shown(field, fault.get("input")),
        "rule": rule,
        "zh": f"字段 {field}：{_rule_in_chinese(fault)}",
        "en": f"Field {field}: {rule}",
    }


def _rule_in_chinese(fault: Mapping[str, Any]) -> str:
    return _ZH.get(str(fault["type"]), "不符合规则")


def _shown(field: str, value: Any) -> str:
    if not is_personal(field) and not field.startswith("evidence"):
        if isinstance(value, bool | int | float):
            return str(value)[:40]
        if isinstance(value, str):
            return value.encode(errors="replace").decode()[:40]
    return "" if value is None else "…"


def _of_status(error: HTTPException, request: Request) -> GuanlianError:
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return NotFound(what="address", value=request.url.path[:100])
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed(method=request.method)
        case _:
            # What the framework cannot parse at all: nesting without end, numbers without end.
            return MessageMalformed(reason="JSON")


#: The kinds of faults that a request can have, in Chinese; the English sentence is the library's own.
_ZH = {
    "missing": "缺少必填项",
    "extra_forbidden": "不允许出现的字段",
    "int_type": "必须是整数",
    "int_parsing": "必须是整数",
    "float_type": "必须是数字",
    "string_type": "必须是文本",
    "string_too_short": "文本过短",
    "string_too_long": "文本过长",
    "string_pattern_mismatch": "格式不正确",
    "string_unicode": "含有无效字符",
    "bool_type": "必须是 true 或 false",
    "bool_parsing": "必须是 true 或 false",
    "list_type": "必须是列表",
    "dict_type": "必须是对象",
    "model_attributes_type": "必须是对象",
    "too_short": "数量过少",
    "too_long": "数量过多",
    "greater_than_equal": "数值过小",
    "greater_than": "数值过小",
    "less_than_equal": "数值过大",
    "literal_error": "不是允许的取值",
    "enum": "不是允许的取值",
    "value_error": "不是允许的取值",
}
