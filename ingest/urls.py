"""What makes two links the same page, which outlet a link belongs to, and what it says."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_MOBILE = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
_HEADLINE_WORDS, _LETTERS = 4, 2
_AMP_CACHE = re.compile(r"^/amp/(?:s/)?(?=[^/]+\.)")
_AMP_ENDING = re.compile(r"(?:/amp|\.amp)/?$")
_ORDINARY = re.compile(r"(?:/[A-Za-z0-9_.~-]+)*")  # nothing to unescape, double or strip
_SLASHES = re.compile(r"/{2,}")
_ABSOLUTE = re.compile(
    r"https?://[A-Za-z0-9.-]+(?:/[!\"$-:<=>@-~]*)?(?:\?[!\"$-~]+)?"  # no ";", no "#", no empty query
)
_TRACKING_PREFIXES = (
    "utm_", "at_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "mc_", "oly_", "vero_", "ns_",
    "wt_", "ito_", "trk_", "fb_", "ga_", "stm_", "itm_", "spm_", "yclid", "_branch_", "sc_c",
)  # fmt: skip
_TRACKING = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid"),
        *("igshid", "igsh", "mkt_tok", "cmpid", "cmp", "ocid", "traffic_source", "ncid", "smid"),
        *("smtyp", "cid_source", "wickedid", "epik", "_openstat", "xtor", "s_cid", "srsltid"),
        *("rss_id", "dgcid", "tpcc", "soc_src", "soc_trk", "guccounter", "guce_referrer"),
        *("guce_referrer_sig", "rb_clickid", "ref_src", "ref_url", "__twitter_impression"),
        *("echobox", "wprov", "mibextid", "campaign_id", "asc_campaign", "asc_source"),
        *("asc_refurl", "fromrss", "from_rss", "partner"),
    }
)
# Only with these values do they say where the reader came from; elsewhere they choose a page.
_TRACKING_VALUES = {
    "ref": ("rss", "feed", "twitter", "home", "hp", "homepage", "newsletter"),
    "source": ("rss", "feed", "twitter", "facebook", "newsletter", "mailing"),
    "src": ("rss", "feed", "twitter"),
    "from": ("rss", "feed"),
    "via": ("rss", "feed"),
    "emc": ("rss", "edit"),
    "feed": ("rss", "atom"),
    "output": ("amp",),
    "outputtype": ("amp",),
    "amp": ("", "1", "true"),
    "rss": ("", "1", "true", "yes"),
}


def canonical_url(url: str) -> str:
    """Return the key by which two links are the same page; for comparing, not for clicking.

    Left out: scheme, `www.` and mobile hosts, AMP forms, default ports, fragments, trailing slashes,
    tracking parameters. The rest of the query is kept, sorted: it may choose the article. What is
    no http(s) URL is returned as it is. Idempotent for what it returns.
    """
    url = url.strip()
    parts = _split(url if "://" in url else f"//{url}")
    if parts is None or parts.scheme not in {"", "http", "https"} or not parts.hostname:
        return url
    if parts.hostname.removeprefix("www.").startswith("google.") and _AMP_CACHE.match(parts.path):
        return canonical_url(f"http://{_AMP_CACHE.sub('', parts.path)}?{parts.query}")
    return _host(parts) + _path(parts.path) + _query(parts.query) + _hashbang(parts.fragment)


def join(base: str, link: str) -> str:
    """Return what `urljoin` does, at once for a link that is absolute and ordinary.

    Raises:
        ValueError: There is no joining these.
    """
    return link if _ABSOLUTE.fullmatch(link) else urljoin(base, link)


def is_web(url: str) -> bool:
    """Is this an http or https URL with a host?"""
    parts = _split(url.strip())
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def without_fragment(guid: str) -> str:
    """Return a guid without its fragment when it is a URL; its query always stays.

    BBC's guids end in #0, #1 … and count edits; Al Jazeera's differ in their query only.
    """
    if "#" not in guid or not is_web(guid):
        return guid
    return guid[: guid.index("#")]


def is_front_page(url: str) -> bool:
    """Does this link lead to a host's first page, which identifies no article?"""
    parts = _split(url.strip())
    return parts is not None and parts.path in {"", "/"} and not parts.query


def title_words(url: str) -> list[str]:
    """Return the words of the headline that a link is made of, or nothing where it isn't.

    The part of its path with the most words, if there are four; what has digits in it is an id.
    """
    parts = _split(url.strip())
    if parts is None or not parts.path.strip("/"):
        return []
    path = unquote(parts.path, errors="replace")
    most = max(map(_words, re.split(r"[/.,]", path)), key=len)
    return most if len(most) >= _HEADLINE_WORDS else []


def _words(part: str) -> list[str]:
    return [word for word in re.split(r"[-_+\s]+", part) if len(word) > _LETTERS and word.isalpha()]


def source_of(url: str, feed_name: str = "") -> str:
    """Return the outlet of a link: its registrable domain, its host where there is none.

    Without a link the feed's name stands for the outlet.
    """
    parts = _split(url.strip())
    host = (parts.hostname or "").rstrip(".") if parts else ""
    return _outlet(host) if host else feed_name


@lru_cache(maxsize=4096)
def _outlet(host: str) -> str:
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - reads a list of 10,000 lines

    # Hosting platforms' "private" suffixes count: two blogs on one platform are two outlets.
    return PublicSuffixList()


@lru_cache(maxsize=1024)
def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # out of range: not a URL
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    host, port = _folded((parts.hostname or "").rstrip(".")), parts.port
    return host if port in {None, 80, 443} else f"{host}:{port}"


@lru_cache(maxsize=4096)
def _folded(host: str) -> str:
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode()
    host = _MOBILE.sub("", host)
    return f"[{host}]" if ":" in host else host


def _path(path: str) -> str:
    if _ORDINARY.fullmatch(path) and not path.endswith("amp"):
        return path
    path = quote(
        unquote(path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape"
    )
    return _AMP_ENDING.sub("", _SLASHES.sub("/", path).rstrip("/")).rstrip("/")


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = [
        (key, value)
        for key, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not _is_tracking(key.lower(), value.lower())
    ]
    return "?" + urlencode(sorted(pairs), errors="surrogateescape") if pairs else ""


def _is_tracking(key: str, value: str) -> bool:
    return (
        key in _TRACKING
        or key.startswith(_TRACKING_PREFIXES)
        or value in _TRACKING_VALUES.get(key, ())
    )


def _hashbang(fragment: str) -> str:
    # "#!/page" is a path to its application.
    return f"#{fragment}" if fragment.startswith("!") else ""
