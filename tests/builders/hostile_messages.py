"""Twenty titles that try to get out of their place or to break it, and what the program makes of stories under them."""

from collections.abc import Mapping
from dataclasses import replace

from monitor.domain.messages.briefs import OutboundMessage
from monitor.domain.model import Deadline, Effect, Flag, FlagKind, ReadBy, ReaderKind, Says
from tests.builders.domain_values import reason
from tests.builders.message_values import (
    NOW,
    SINCE,
    brief,
    commitment,
    counts,
    digest,
    message,
    move,
    signal,
    story,
    verdict,
)
from tests.builders.sample_messages import ALERT_PARCEL, DIGEST_PARCEL

MILLION = 1_000_000
TITLES: Mapping[str, str] = {
    "script": "Buyers put off cargoes <script>fetch('//a.example')</script> till May",
    "style": "</style></title></head><body onload=alert(1)><h1>Cargoes sail",
    "image": "Cargoes <img src=x onerror=alert(1)> put off <svg/onload=alert(2)>",
    "comment": "Cargoes <!-- put off --> <!--[if mso]><p>sail<![endif]--> --> ]]>",
    "entity": "Beans &amp;lt; &#x202e; &quot; &nbsp; &copy cargo &lt;b&gt;",
    "quotes": '"Cargoes\' `put off`" style=\'display:flex\' on=1 onclick="x"',
    "ping": "<!channel> <@U123> <https://a.example|click> *cargoes* put off &lt;!here&gt;",
    "template": "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} #{7*7} cargoes",
    "header": "Cargoes\r\nBcc: all@example.org\r\nSubject: two\r\n\r\nput off",
    "control": "nul \x00 bell \x07 \x1b[31mescape\x1b[0m \x7f \x9b2J cargoes",
    "surrogate": "lone \ud800 and \udfff surrogate cargoes put off",
    "override": "\u202edesrever\u202c \u2067cargoes\u2069 \u200fput\u200e off \u061c",
    "arabic": "تأجيل شحنتين من فول الصويا الأمريكي حتى تسوية مسألة الرسوم (12 مليون طن)",
    "hebrew": "שתי הזמנות של פולי סויה נדחו עד להסדרת המכסים, 12 מיליון טון",
    "chinese": "三家磁材企业获得通用许可证，两船大豆推迟到关税问题解决之后：“不影响全年采购”",
    "emoji": "🚢🌱👩🏽‍🌾🇨🇳🇺🇸 " * 40,
    "zalgo": "C" + "\u0301\u0323\u0489" * 200 + "argoes put off",
    "encoded": "=?utf-8?b?QlJFQUNIRUQ=?= =?utf-8?q?cargoes?= = =3D =\n=",
    "unbroken": "x" * MILLION,
    "wide": "<&\"'> " * (MILLION // 6) + "😀" * 50_000,
}


def alert_about(title: str) -> OutboundMessage:
    """The alert that news under this title raise: it is quote, outlet, office, reason, counter, and every name."""
    pieces = ("s1", "s2", "s3")
    speakers = (Says("us"), Says("cn"), Says.PRESS)
    by_model = (ReadBy(ReaderKind.MODEL, title, title, Effect.SETBACK),)
    found = brief(
        message(move(evidence=pieces, reason=reason(title))),
        commitments={"soybean-purchases": commitment(name=title, short=title, criteria=(("at_risk", title),))},
        verdicts={
            "soybean-purchases": verdict(
                flags=(Flag(FlagKind.CONTESTED, "orders", NOW, evidence=pieces),),
                deadlines=(Deadline(title, "due", NOW.date(), "cn+us"),),
                progress=replace(counts((title, 4e6, 4e6), ("customs", 3e6, 3e6)), label=title),
            )
        },
        signals={
            key: signal(key, key, quote=title, origin=title, rule=title, says=says, read_by=readers)
            for key, says, readers in zip(pieces, speakers, ((), by_model, ()), strict=True)
        },
        stories={key: story(key, title, (title, "Dock News"), title=title) for key in pieces},
        history=(move("t0", at=SINCE),),
    )
    return replace(ALERT_PARCEL, message_id="hostile", brief=found)


def digest_about(title: str) -> OutboundMessage:
    """The digest of a week with one such story."""
    found = digest(
        commitments={"soybean-purchases": commitment(name=title, short=title)},
        verdicts={"soybean-purchases": verdict(flags=(Flag(FlagKind.CONTESTED, title, NOW, evidence=("s1",)),))},
        transitions=(move(reason=reason(title)),),
        signals={"s1": signal("s1", "a", quote=title, origin=title)},
        stories={"a": story("a", title, (title,), title=title)},
    )
    return replace(DIGEST_PARCEL, message_id="hostile-digest", brief=found)
