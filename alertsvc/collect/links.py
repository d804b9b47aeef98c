"""Web addresses as identities: one form for each page, without what only follows the reader around."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

__all__ = ["MAX_URL", "canonical_url", "domain_of", "host_of"]

MAX_URL = 2000

_TRACKING_NAMES = """
fbclid gclid gclsrc dclid gbraid wbraid yclid ysclid msclkid twclid ttclid li_fat_id igshid igsh mc_cid mc_eid mkt_tok
_hsenc _hsmi __hstc __hssc __hsfp hsctatracking vero_id oly_anon_id oly_enc_id rb_clickid s_cid sc_cid ocid smid smtyp
cmpid cmp ito xtor ns_campaign ns_mchannel ns_source ns_linkname ns_fee wt_mc wt.mc_id spm guccounter guce_referrer
guce_referrer_sig soc_src soc_trk echobox traffic_source at_medium at_campaign at_custom1 at_custom2 at_custom3
at_custom4 at_link_id at_link_type at_link_origin at_format at_ptr_name at_bbc_team pk_campaign pk_kwd pk_source
piwik_campaign piwik_kwd matomo_campaign matomo_source
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_")
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_SAFE_QUERY = _SAFE_PATH + "?"
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?\Z")
_BRACKETED = re.compile(r"[0-9a-f:.]{2,45}\Z")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def canonical_url(value: str, base: str | None = None) -> str | None:
    """Return the one form of a page's address that tells it from others, or None where it is no web address.

    Args:
        value: the address as found, which may be relative.
        base: what it is relative to.

    The scheme and host are in lower case, the host in ASCII (punycode); the usual port, the fragment, a user name
    and parameters known to track readers are gone; what an address cannot hold is percent-encoded. The order of
    the parameters stays: to some servers it matters.
    """
    cleaned = "".join(c for c in value.strip() if c > " " and c != "\x7f" and not "\ud800" <= c <= "\udfff")
    try:
        parts = urlsplit(urljoin(base, cleaned) if base else cleaned)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or host is None:
        return None
    if port is not None and port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{port}"
    url = urlunsplit((scheme, host, _quoted(parts.path, _SAFE_PATH) or "/", _without_tracking(parts.query), ""))
    return url if len(url) <= MAX_URL else None


def host_of(url: str) -> str | None:
    """Return the host of a web address in lower case and ASCII, an IPv6 address without brackets; else None."""
    try:
        host = _ascii_host(urlsplit(url).hostname or "")
    except ValueError:
        return None
    return host.strip("[]") if host else None


def domain_of(url: str | None) -> str | None:
    """Return the host of a web address without a leading `www.`, which is how outlets are named; else None."""
    host = host_of(url) if url else None
    return host.removeprefix("www.") if host else None


def _ascii_host(host: str) -> str | None:
    host = host.lower()
    if ":" in host:
        return f"[{host}]" if _BRACKETED.match(host) else None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    return host.removesuffix(".") if _DOMAIN.match(host) and ".." not in host else None


def _quoted(value: str, safe: str) -> str:
    return quote(_BAD_PERCENT.sub("%25", value), safe=safe)


def _without_tracking(query: str) -> str:
    kept = [part for part in query.split("&") if part and not _is_tracking(part.partition("=")[0])]
    return _quoted("&".join(kept), _SAFE_QUERY)


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
