"""Everything the platform says instead of rows: gateway, firewall and provider each in its way."""

from dataclasses import dataclass

_XML = "application/xml"
_JSON = "application/json"
_PLAIN = "text/plain"
_HTML = "text/html"

_TEXTS = {
    "01": "APPLICATION_ERROR",
    "02": "DB_ERROR",
    "04": "HTTP_ERROR",
    "05": "SERVICETIMEOUT_ERROR",
    "10": "INVALID_REQUEST_PARAMETER_ERROR",
    "11": "NO_MANDATORY_REQUEST_PARAMETERS_ERROR",
    "12": "NO_OPENAPI_SERVICE_ERROR",
    "20": "SERVICE_ACCESS_DENIED_ERROR",
    "21": "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR",
    "22": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
    "30": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
    "31": "DEADLINE_HAS_EXPIRED_ERROR",
    "32": "UNREGISTERED_IP_ERROR",
    "33": "UNSIGNED_CALL_ERROR",
    "99": "UNKNOWN_ERROR",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer without rows."""

    status: int
    media_type: str
    body: str


def _legacy(code: str, reason: str) -> Refusal:
    """The old gateway's envelope: HTTP 200, XML even where JSON was asked for."""
    return Refusal(
        200,
        _XML,
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>{_TEXTS[code]}</returnAuthMsg>"
        f"<returnReasonCode>{reason}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
    )


def _json(status: int, code: str) -> Refusal:
    return Refusal(
        status,
        _JSON,
        '{"OpenAPI_ServiceResponse":{"cmmMsgHeader":{"errMsg":"SERVICE ERROR",'
        f'"returnAuthMsg":"{_TEXTS[code]}","returnReasonCode":"{code}"}}}}}}',
    )


def _provider(code: str, message: str) -> Refusal:
    return Refusal(
        200,
        _XML,
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header>'
        f"<resultCode>{code}</resultCode><resultMsg>{message}</resultMsg></header></response>",
    )


def _plain(status: int, text: str) -> Refusal:
    return Refusal(status, _PLAIN, text)


def _html(status: int, title: str, heading: str) -> Refusal:
    return Refusal(
        status,
        _HTML,
        f"<HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY><H1>{heading}</H1></BODY></HTML>",
    )


def _soap_fault() -> Refusal:
    return Refusal(
        200,
        "text/xml",
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Policy Falsified"
        "</faultstring></soap:Fault></soap:Body></soap:Envelope>",
    )


REFUSALS: dict[str, Refusal] = {
    **{f"legacy-{code}": _legacy(code, code) for code in _TEXTS},
    "legacy-text-22": _legacy("22", _TEXTS["22"]),
    "legacy-text-30": _legacy("30", _TEXTS["30"]),
    "json-403-key": _json(403, "30"),
    "json-403-quota": _json(403, "22"),
    "json-400-service": _json(400, "12"),
    "plain-401": _plain(401, "Unauthorized"),
    "plain-403": _plain(403, "Forbidden"),
    "plain-404": _plain(404, "API not found"),
    "plain-429-rate": _plain(429, "API rate limit exceeded"),
    "plain-429-quota": _plain(429, "API token quota exceeded"),
    "plain-500": _plain(500, "Unexpected errors\n"),
    "plain-502-forward": _plain(502, "Error forwarding request to backend server\n"),
    "plain-502-receive": _plain(502, "Error receiving response from backend server\n"),
    "html-504": _html(504, "504 Gateway Time-out", "504 Gateway Time-out"),
    "firewall-400": _html(400, "400 Bad Request", "Request Blocked"),
    "login-page": _html(200, "Login", "Please sign in"),
    "empty-body": Refusal(200, _XML, ""),
    "result-05": _provider("05", _TEXTS["05"]),
    "result-22": _provider("22", _TEXTS["22"]),
    "result-30": _provider("30", _TEXTS["30"]),
    "result-99": _provider("99", _TEXTS["99"]),
    "result-99-key": _provider("99", "SERVICE KEY IS NOT REGISTERED ERROR."),
    "result-99-denied": _provider("99", "SERVICE ACCESS DENIED ERROR."),
    "soap-fault": _soap_fault(),
}
