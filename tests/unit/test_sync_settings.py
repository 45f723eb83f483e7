"""Sync starts only where it is clear which feed it reads."""

import pytest
from pydantic import SecretStr

from services.sync.settings import NATIONAL_URL, Settings
from shared.settings import SettingsError, load

ENVIRONMENT = {"ER_DATABASE_URL": "postgresql://x/y", "ER_REDIS_URL": "redis://x"}


def loaded(monkeypatch: pytest.MonkeyPatch, **more: str) -> Settings:
    for name in ("ER_SYNC_NMC_KEY", "ER_SYNC_NMC_URL", "ER_DATASET", "ER_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**ENVIRONMENT, **more}.items():
        monkeypatch.setenv(name, value)
    return load(Settings)


def test_the_national_feed_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ER_SYNC_NMC_KEY"):
        loaded(monkeypatch)
    settings = loaded(monkeypatch, ER_SYNC_NMC_KEY="a%2Bb")
    assert settings.nmc_url == NATIONAL_URL
    assert "a%2Bb" not in repr(settings)


def test_a_feed_of_one_s_own_needs_none_in_dev(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, ER_SYNC_NMC_URL="http://127.0.0.1:1/x")
    assert settings.nmc_key == SecretStr("")


def test_production_needs_a_key_for_every_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ER_SYNC_NMC_KEY"):
        loaded(
            monkeypatch,
            ER_PROFILE="production",
            ER_SERVICE_KEY="x" * 40,
            ER_SYNC_NMC_URL="http://127.0.0.1:1/x",
        )


def test_the_owner_s_database_goes_before_the_common_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, ER_SYNC_NMC_KEY="k", ER_SYNC_DATABASE_URL="postgresql://own/own")
    assert settings.database_url.get_secret_value() == "postgresql://own/own"


@pytest.mark.parametrize("missing", ["ER_DATABASE_URL", "ER_REDIS_URL"])
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.delenv("ER_SYNC_DATABASE_URL", raising=False)
    for name in ENVIRONMENT.keys() - {missing}:
        monkeypatch.setenv(name, ENVIRONMENT[name])
    monkeypatch.delenv(missing, raising=False)
    monkeypatch.setenv("ER_SYNC_NMC_KEY", "k")
    with pytest.raises(SettingsError, match=missing.removeprefix("ER_")):
        load(Settings)
