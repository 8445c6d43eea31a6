import stat
from concurrent.futures import ThreadPoolExecutor

from readerstudy.core.ids import ALPHABET, LENGTH, new_public_id
from readerstudy.core.secrets import read_or_create_secret


def test_public_ids_are_long_random_and_never_words():
    ids = {new_public_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {LENGTH}
    assert set("".join(ids)) == set(ALPHABET)
    assert not set(ALPHABET) & set("aeiou01l")
    assert len(ALPHABET) ** LENGTH > 2**120


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "secret_key"
    secret = read_or_create_secret(path)
    assert len(secret) >= 64
    assert read_or_create_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(read_or_create_secret, [tmp_path / "secret_key"] * 32))
    assert len(secrets) == 1
