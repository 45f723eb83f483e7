"""A small client: a sentence and a place in, first words at once, then where to go.

    python docs/examples/ask.py http://127.0.0.1:8000 37.5665 126.9780 "가슴이 쥐어짜듯 아파요"

It needs httpx alone. What a client owes to a person in distress is in here: first words are shown
before anything else is asked for, a failing list takes no words away, and every report has its age.
"""

import sys
from typing import Any

import httpx


class Refused(Exception):
    """A problem of the service (RFC 9457); `slug` says which."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["detail"])
        self.slug = str(problem["type"]).removeprefix("urn:er:")


class Client:
    """The two calls that matter, each with a time-out somewhat above the service's own."""

    def __init__(self, base_url: str, *, language: str = "ko") -> None:
        headers = {"accept-language": language}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=10)

    def first_words(self, text: str) -> dict[str, Any]:
        """What was understood, how urgent it seems, and what to do now."""
        return self._post("/v1/triage", {"text": text})

    def hospitals(
        self, patient: dict[str, Any], latitude: float, longitude: float, refused: list[str]
    ) -> dict[str, Any]:
        """Ranked hospitals for an answer of `first_words`; `refused` already said no."""
        body = {
            "patient": patient,
            "latitude": latitude,
            "longitude": longitude,
            "refused": [{"hpid": hpid} for hpid in refused],
        }
        return self._post("/v1/recommendations", body)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        told: dict[str, Any] = answer.json()
        if answer.is_error:
            raise Refused(told)
        return told


def main(base_url: str, latitude: str, longitude: str, text: str) -> None:
    """Print first words, then a line per hospital."""
    client = Client(base_url)
    patient = client.first_words(text)
    print(patient["advice"]["message"])
    for action in patient["advice"]["actions"]:
        print(f"  - {action['text']}")
    try:
        found = client.hospitals(patient, float(latitude), float(longitude), refused=[])
    except (Refused, httpx.HTTPError) as error:
        print(f"the list cannot be fetched now ({type(error).__name__}); call 119")
        return
    if found["simulated"]:
        print("SIMULATED")
    for hospital in found["hospitals"]:
        low, high = (seconds // 60 for seconds in hospital["eta_range_s"])
        age = hospital["age_s"]
        reported = "no report" if age is None else f"reported {age // 60} min ago"
        place = f"{hospital['rank']:2} {hospital['tier']:15} {low}-{high} min"
        print(f"{place}  {hospital['name']}, {reported}")


if __name__ == "__main__":
    main(*sys.argv[1:])
