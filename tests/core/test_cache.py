"""The cache that all processes share holds what can be read and nothing that can run."""

import json
import pickle

import pytest
import redis
from django.core.cache import caches
from django.test import override_settings

from readerstudy.core.cache import JsonSerializer
from tests.core.production import read_settings
from tests.site import REDIS


class Runs:
    """Unpickled, it would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("value", [0, 7, -1, 2.5, True, False, None, "", "y", "12", [1.5, 2], {"a": [1]}])  # fmt: skip
def test_what_is_stored_is_read_back(value):
    serializer = JsonSerializer()
    stored = serializer.dumps(value)
    read = serializer.loads(str(stored).encode() if isinstance(stored, int) else stored)
    assert (read, type(read)) == (value, type(value))


def test_what_could_run_is_neither_written_nor_read(tmp_path):
    serializer = JsonSerializer()
    with pytest.raises(TypeError):
        serializer.dumps(Runs(tmp_path / "ran"))
    with pytest.raises((UnicodeDecodeError, json.JSONDecodeError)):
        serializer.loads(pickle.dumps(Runs(tmp_path / "ran")))
    assert not (tmp_path / "ran").exists()


@pytest.mark.services
def test_nothing_runs_that_somebody_put_into_redis(monkeypatch, tmp_path):
    read = read_settings(monkeypatch, tmp_path / "var", REDIS_URL=REDIS)
    with override_settings(CACHES=read["CACHES"]):
        cache = caches["default"]
        cache.set("counter", 1, 60)
        assert (cache.incr("counter"), cache.get("counter")) == (2, 2)
        cache.set("planted", "x", 60)
        redis.Redis.from_url(REDIS).set(cache.make_key("planted"), pickle.dumps(Runs(tmp_path / "ran")))  # fmt: skip
        with pytest.raises((UnicodeDecodeError, json.JSONDecodeError)):
            cache.get("planted")
        cache.delete_many(["counter", "planted"])
    assert not (tmp_path / "ran").exists()
