"""Which mailbox provider takes an address: a data table, for limits and for answers that say "too fast".

A provider counts what all its domains get together, so they share a lane. A domain that no table names has none of its
own until its server asks us to slow down. The domains are those that the providers hand out to everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PROVIDERS: Mapping[str, Sequence[str]] = {
    "gmail": ("gmail.com", "googlemail.com"),
    "microsoft": (
        *("outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com", "windowslive.com"),
        *(f"outlook.{end}" for end in ("at", "be", "cl", "co.id", "co.il", "co.th", "com.ar", "com.au", "com.br")),
        *(f"outlook.{end}" for end in ("com.gr", "com.pe", "com.tr", "com.vn", "cz", "de", "dk", "es", "fr", "hu")),
        *(f"outlook.{end}" for end in ("ie", "in", "it", "jp", "kr", "lv", "my", "ph", "pt", "sa", "sg", "sk")),
        *(f"hotmail.{end}" for end in ("at", "be", "ca", "ch", "cl", "co.jp", "co.th", "co.uk", "com.ar", "com.au")),
        *(f"hotmail.{end}" for end in ("com.br", "com.tr", "de", "dk", "es", "fi", "fr", "gr", "it", "nl", "no", "se")),
        *(f"live.{end}" for end in ("at", "be", "ca", "ch", "cl", "cn", "co.uk", "co.za", "com.ar", "com.au")),
        *(f"live.{end}" for end in ("com.mx", "com.pt", "de", "dk", "fi", "fr", "ie", "in", "it", "jp", "nl", "se")),
    ),
    "yahoo": (
        *("yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "aol.com", "aim.com", "netscape.net", "cs.com"),
        *(f"yahoo.{end}" for end in ("at", "be", "bg", "ca", "ch", "cl", "co.id", "co.il", "co.in", "co.kr", "co.nz")),
        *(f"yahoo.{end}" for end in ("co.th", "co.uk", "co.za", "com.ar", "com.au", "com.br", "com.co", "com.hk")),
        *(f"yahoo.{end}" for end in ("com.mx", "com.my", "com.pe", "com.ph", "com.sg", "com.tr", "com.tw", "com.vn")),
        *(f"yahoo.{end}" for end in ("cz", "de", "dk", "es", "fi", "fr", "gr", "hu", "ie", "in", "it", "nl", "no")),
        *(f"yahoo.{end}" for end in ("pl", "pt", "ro", "se")),
        *(f"aol.{end}" for end in ("at", "be", "ch", "co.uk", "com.au", "com.br", "de", "es", "fr", "it", "nl", "se")),
    ),
    "yahoo-japan": ("yahoo.co.jp", "ymail.ne.jp"),
    "apple": ("icloud.com", "me.com", "mac.com"),
    "gmx": (
        *("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.org", "gmx.eu", "gmx.info", "gmx.biz", "gmx.fr"),
        *("gmx.co.uk", "gmx.us", "gmx.es", "gmx.li", "web.de", "email.de", "mail.com", "email.com", "caramail.com"),
    ),
    "t-online": ("t-online.de", "magenta.de"),
    "freenet": ("freenet.de",),
    "proton": ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
    "fastmail": ("fastmail.com", "fastmail.fm", "messagingengine.com"),
    "zoho": ("zoho.com", "zohomail.com", "zohomail.eu", "zoho.eu", "zoho.in"),
    "orange": ("orange.fr", "wanadoo.fr", "voila.fr"),
    "sfr": ("sfr.fr", "neuf.fr", "cegetel.net", "club-internet.fr", "numericable.fr"),
    "free": ("free.fr", "online.fr", "aliceadsl.fr"),
    "laposte": ("laposte.net",),
    "libero": ("libero.it", "iol.it", "inwind.it", "blu.it", "giallo.it", "virgilio.it"),
    "tim": ("tim.it", "alice.it", "tin.it"),
    "comcast": ("comcast.net", "xfinity.com"),
    "spectrum": ("charter.net", "spectrum.net", "roadrunner.com", "twc.com", "brighthouse.com"),
    "cox": ("cox.net",),
    "att": ("att.net", "sbcglobal.net", "bellsouth.net", "pacbell.net", "ameritech.net", "swbell.net", "snet.net"),
    "bt": ("btinternet.com", "btopenworld.com", "btconnect.com"),
    "virgin": ("virginmedia.com", "virgin.net", "ntlworld.com", "blueyonder.co.uk"),
    "sky": ("sky.com",),
    "talktalk": ("talktalk.net", "tiscali.co.uk"),
    "telstra": ("bigpond.com", "bigpond.net.au", "telstra.com"),
    "optus": ("optusnet.com.au",),
    "bell": ("bell.net", "sympatico.ca"),
    "rogers": ("rogers.com",),
    "shaw": ("shaw.ca",),
    "ziggo": ("ziggo.nl", "upcmail.nl", "home.nl", "chello.nl", "casema.nl", "quicknet.nl"),
    "kpn": ("kpnmail.nl", "planet.nl", "hetnet.nl", "kpnplanet.nl", "xs4all.nl"),
    "telenet": ("telenet.be",),
    "bluewin": ("bluewin.ch",),
    "wp": ("wp.pl", "o2.pl", "tlen.pl", "go2.pl"),
    "onet": ("onet.pl", "op.pl", "onet.eu", "poczta.onet.pl", "vp.pl"),
    "interia": ("interia.pl", "interia.eu", "poczta.fm"),
    "seznam": ("seznam.cz", "email.cz", "post.cz", "spoluzaci.cz"),
    "mail.ru": ("mail.ru", "inbox.ru", "bk.ru", "list.ru", "internet.ru"),
    "yandex": ("yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz", "yandex.ua"),
    "uol": ("uol.com.br", "bol.com.br"),
    "terra": ("terra.com.br",),
    "naver": ("naver.com",),
    "daum": ("daum.net", "hanmail.net", "kakao.com"),
    "qq": ("qq.com", "foxmail.com", "vip.qq.com"),
    "netease": ("163.com", "126.com", "yeah.net", "vip.163.com"),
    "sina": ("sina.com", "sina.cn"),
    "rediff": ("rediffmail.com",),
}  # fmt: skip


class Providers:
    """The table, with a project's own providers added to it: `own` gives more domains a name each."""

    def __init__(self, own: Mapping[str, Sequence[str]] | None = None) -> None:
        self._lanes = {domain: name for name, domains in PROVIDERS.items() for domain in domains}
        for name, domains in (own or {}).items():
            self._lanes |= {domain.lower(): name for domain in domains}
            if "." in name:  # a provider that is called like a domain is that domain
                self._lanes.setdefault(name.lower(), name)

    def lane_of(self, email: str) -> str:
        """Name the provider of an address; '' for a domain that no table names."""
        return self._lanes.get(domain_of(email), "")


def domain_of(email: str) -> str:
    """Give the domain of an address, in lower case."""
    return email.rpartition("@")[2].lower()
