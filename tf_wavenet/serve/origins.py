"""Which requests come from our own page: any page that a browser has open can send some to a server on loopback.

A page of another site is told by its Origin. One whose name was made to point here (DNS rebinding) is told by its Host:
it carries a name, where our page is reached by an address, as localhost, or by the name that was bound.
"""

import ipaddress
import urllib.parse
from collections.abc import Collection


def refusal(host: str | None, origin: str | None, names: Collection[str]) -> str | None:
    """Returns why a request is refused, None if it is not.

    Args:
      host: its Host header.
      origin: its Origin header; None if it has none, as with programs and plain navigation.
      names: lower-case names, besides localhost, by which the server may be called.
    """
    name = urllib.parse.urlsplit(f"//{host or ''}").hostname
    if name is None or not (name in {"localhost", *names} or _is_address(name)):
        return f"the host {host!r} is not this server; open the page by its address or as localhost"
    if origin is not None and urllib.parse.urlsplit(origin).netloc.lower() != (host or "").lower():
        return f"a page of {origin} may not use this server"
    return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
