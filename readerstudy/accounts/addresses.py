"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def client_address(request: HttpRequest | Request) -> str:
    """The address of the browser: the one that the outermost of our own proxies saw.

    Each proxy appends the address it was called from to X-Forwarded-For; what stands before the last `TRUSTED_PROXIES` of
    these was written by the browser, which may write anything. Without proxies the header is not read at all.
    """
    proxies = settings.TRUSTED_PROXIES
    forwarded = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return str(forwarded[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))


def counted_address(request: HttpRequest | Request) -> str:
    """What limits count of a browser: its address, or of IPv6 the first address of its network.

    A single computer has 2^64 addresses of IPv6, and with each of them a limit of its own.
    """
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ipaddress.IPv6Address(int(parsed) >> 64 << 64))
