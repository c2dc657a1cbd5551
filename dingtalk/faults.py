"""Which reason an exception of requests or urllib3 stands for.

Both raise one ConnectionError for "never connected" and for "cut off after the request went out"; a retry is safe after
the first only. The transport knows which it was; where another transport was used, the types have to tell.
"""

import http.client
from collections.abc import Iterator

import requests
from requests.exceptions import InvalidProxyURL, InvalidSchema, InvalidURL, MissingSchema
from urllib3 import exceptions as urllib3_errors

from dingtalk.replies import ReasonKey

# The first that fits decides: a name that is not found is a kind of "no new connection", and so on.
_BEFORE_SENDING: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], ReasonKey], ...] = (
    ((urllib3_errors.ProxyError, requests.exceptions.ProxyError, InvalidProxyURL), ReasonKey.PROXY_FAILED),
    ((InvalidURL, InvalidSchema, MissingSchema, urllib3_errors.LocationValueError), ReasonKey.ADDRESS_INVALID),
    (urllib3_errors.NameResolutionError, ReasonKey.DNS_FAILED),
    (ConnectionRefusedError, ReasonKey.CONNECT_REFUSED),
    ((urllib3_errors.SSLError, requests.exceptions.SSLError), ReasonKey.TLS_FAILED),
    (urllib3_errors.NewConnectionError, ReasonKey.CONNECT_FAILED),
    (urllib3_errors.ConnectTimeoutError, ReasonKey.CONNECT_TIMEOUT),
)
_TIMEOUTS = (urllib3_errors.ReadTimeoutError, TimeoutError)
_RESETS = (ConnectionError, urllib3_errors.SSLError, requests.exceptions.SSLError)
_MALFORMED = (http.client.HTTPException, requests.exceptions.InvalidHeader, urllib3_errors.InvalidHeader)


def reason_of(error: BaseException, *, sent: bool | None, late: bool) -> ReasonKey:
    """`sent`: whether the request went out, None when only the types can tell. `late`: the whole call ran out of time.

    A kept-alive connection that the peer had closed counts as sent: the request may have crossed the close. urllib3
    drops connections it sees closed before it uses them again, so that this is rare.
    """
    chain = tuple(_causes(error))
    before = _before_sending(chain)
    if sent is False or (sent is None and before):
        return before or (ReasonKey.CONNECT_TIMEOUT if _any(chain, _TIMEOUTS) else ReasonKey.CONNECT_FAILED)
    if late:
        return ReasonKey.TOO_SLOW
    if _any(chain, _TIMEOUTS):
        return ReasonKey.READ_TIMEOUT
    # RemoteDisconnected is both a malformed reply and a reset: the reset is what happened.
    return (
        ReasonKey.BROKEN_REPLY if _any(chain, _MALFORMED) and not _any(chain, _RESETS) else ReasonKey.RESET_AFTER_SEND
    )


def _before_sending(chain: tuple[BaseException, ...]) -> ReasonKey | None:
    return next((reason for kinds, reason in _BEFORE_SENDING if _any(chain, kinds)), None)


def _any(chain: tuple[BaseException, ...], kinds: type[BaseException] | tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(error, kinds) for error in chain)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps. Not __context__: that may be an error of whoever called us."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            waiting += [item.__cause__, getattr(item, "reason", None), *item.args]
