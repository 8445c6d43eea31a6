"""What the reading screen costs the line, beside its photographs, and whom it asks."""

from urllib.parse import urlsplit

import pytest

from tests.reading.screen import ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 250_000


@pytest.fixture
def loaded(screen):
    """Everything that a browser with nothing in its cache receives for the screen: {address: bytes}."""
    asked, sizes = {}, {}
    wire = screen.context.new_cdp_session(screen)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on(
        "Network.requestWillBeSent",
        lambda event: asked.update({event["requestId"]: event["request"]["url"]}),
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    screen.reload()
    ready(screen, 1)
    screen.wait_for_load_state("networkidle")
    return {url: sizes[number] for number, url in asked.items() if number in sizes}


def test_all_but_the_photographs_weighs_less_than_250_kb(loaded):
    others = {url: size for url, size in loaded.items() if "/reading/image/" not in url}
    assert len(loaded) > len(others) > 15
    assert 20_000 < sum(others.values()) < MOST, others


def test_nothing_is_asked_of_another_host(screen, loaded):
    own = urlsplit(screen.url).netloc
    assert {urlsplit(url).netloc for url in loaded if not url.startswith("blob:")} == {own}


def test_no_photograph_is_fetched_twice(screen):
    screen.wait_for_load_state("networkidle")
    fetched = []
    screen.on(
        "request",
        lambda request: "/reading/image/" in request.url and fetched.append(request.url),
    )
    screen.reload()
    ready(screen, 1)
    screen.wait_for_load_state("networkidle")
    assert len(fetched) == len(set(fetched)) == 6
