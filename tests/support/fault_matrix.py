"""Every fault of the simulator, what it stands for, and the trouble that it must be told as."""

from dataclasses import dataclass

KEY, QUOTA, BLOCKED = "key-refused", "quota-spent", "blocked"
UNREACHABLE, UNREADABLE = "unreachable", "unreadable"
ABSORBED = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the matrix; `kind` empty: the reader absorbs it and there is nothing to tell."""

    fault: str
    kind: str
    what: str


CASES = (
    Case("legacy-01", UNREACHABLE, "old gateway's XML, APPLICATION_ERROR"),
    Case("legacy-02", UNREACHABLE, "old gateway's XML, DB_ERROR"),
    Case("legacy-04", UNREACHABLE, "old gateway's XML, HTTP_ERROR"),
    Case("legacy-05", UNREACHABLE, "old gateway's XML, SERVICETIMEOUT_ERROR"),
    Case("legacy-10", UNREADABLE, "old gateway's XML, INVALID_REQUEST_PARAMETER_ERROR"),
    Case("legacy-11", UNREADABLE, "old gateway's XML, NO_MANDATORY_REQUEST_PARAMETERS_ERROR"),
    Case("legacy-12", UNREADABLE, "old gateway's XML, NO_OPENAPI_SERVICE_ERROR"),
    Case("legacy-20", KEY, "old gateway's XML, SERVICE_ACCESS_DENIED_ERROR"),
    Case("legacy-21", KEY, "old gateway's XML, TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR"),
    Case("legacy-22", QUOTA, "old gateway's XML, LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS"),
    Case("legacy-30", KEY, "old gateway's XML, SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
    Case("legacy-31", KEY, "old gateway's XML, DEADLINE_HAS_EXPIRED_ERROR"),
    Case("legacy-32", KEY, "old gateway's XML, UNREGISTERED_IP_ERROR"),
    Case("legacy-33", KEY, "old gateway's XML, UNSIGNED_CALL_ERROR"),
    Case("legacy-99", UNREACHABLE, "old gateway's XML, UNKNOWN_ERROR"),
    Case("legacy-text-22", QUOTA, "old gateway's XML, the text stands where the code belongs"),
    Case("legacy-text-30", KEY, "old gateway's XML, the text stands where the code belongs"),
    Case("json-403-key", KEY, "new gateway's JSON, HTTP 403, key not registered"),
    Case("json-403-quota", QUOTA, "new gateway's JSON, HTTP 403, quota spent"),
    Case("json-400-service", UNREADABLE, "new gateway's JSON, HTTP 400, no such service"),
    Case("plain-401", KEY, "text `Unauthorized`"),
    Case("plain-403", BLOCKED, "text `Forbidden`"),
    Case("plain-404", UNREADABLE, "text `API not found`"),
    Case("plain-429-rate", QUOTA, "text `API rate limit exceeded`"),
    Case("plain-429-quota", QUOTA, "text `API token quota exceeded`"),
    Case("plain-500", UNREACHABLE, "text `Unexpected errors`"),
    Case("plain-502-forward", UNREACHABLE, "text `Error forwarding request to backend server`"),
    Case("plain-502-receive", UNREACHABLE, "text `Error receiving response from backend server`"),
    Case("html-504", UNREACHABLE, "gateway time-out as HTML"),
    Case("firewall-400", BLOCKED, "the firewall's HTML `Request Blocked`"),
    Case("login-page", UNREADABLE, "HTTP 200 with somebody's HTML"),
    Case("empty-body", UNREADABLE, "HTTP 200 with no byte"),
    Case("result-05", UNREACHABLE, "provider's envelope, resultCode 05"),
    Case("result-22", QUOTA, "provider's envelope, resultCode 22"),
    Case("result-30", KEY, "provider's envelope, resultCode 30"),
    Case("result-99", UNREACHABLE, "provider's envelope, resultCode 99 and no word of a cause"),
    Case("result-99-key", KEY, "provider's envelope, resultCode 99, the text names the key"),
    Case("result-99-denied", KEY, "provider's envelope, resultCode 99, the text says denied"),
    Case("soap-fault", UNREACHABLE, "a SOAP fault with HTTP 200"),
    Case("slow", UNREACHABLE, "an answer after 20 s"),
    Case("half-sent", UNREACHABLE, "the connection cut in the middle of the body"),
    Case("reset", UNREACHABLE, "the connection cut before any byte"),
    Case("truncated", UNREADABLE, "two thirds of the XML, sent as if whole"),
    Case("entities", UNREADABLE, "a document type with nested entities"),
    Case("empty", "empty", "code 00 and no row, in all operations"),
    Case("half-country", "short", "the second half of the rows missing"),
    Case("tenfold", "swollen", "nine strangers for every hospital"),
    Case("wrong-types", "odd", "words for numbers, numbers for flags, no times, no places"),
    Case("old-feed", "old", "all times three hours back"),
    Case("dropout", ABSORBED, "one hospital missing"),
    Case("frozen-times", ABSORBED, "values move, times stand still (told when they are 2 h old)"),
    Case("renamed-regions", ABSORBED, "every region has another name"),
    Case("duplicates", ABSORBED, "every row twice, once as an older report"),
    Case("test-values", ABSORBED, "12312 in all counts of some hospitals"),
    Case("bad-prolog", ABSORBED, 'standalone="true", which parsers refuse'),
    Case("tag-case", ABSORBED, "all tags in capitals"),
)
FAST = (
    "legacy-22", "json-403-key", "plain-502-forward", "half-sent", "empty", "tenfold",
    "wrong-types", "duplicates",
)  # fmt: skip
