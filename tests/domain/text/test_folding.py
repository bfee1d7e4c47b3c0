from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.text.folding import fold


def test_spellings_of_one_thing_fold_alike() -> None:
    cases = [
        ("The U.S. and us", "the usa and us"),
        ("US, USA and U.S.A. buy", "usa, usa and usa buy"),
        ("US$12bn for us", "us$12bn for us"),
        ("US-China", "usa china"),
        ("U.S.–China", "usa china"),
        ("net-zero  net\u00a0zero", "net zero net zero"),
        ("China’s soybeans", "china soybeans"),
        ("don’t 'quote' “this”", "don't quote this"),
        ("Café e\u0301clair ﬁne", "cafe eclair fine"),
        ("İSTANBUL", "istanbul"),
        ("ＵＳＤ　１２％", "usd 12%"),
        ("TikTok 交易 2026 年", "tiktok交易2026年"),
        ("对美“对等关税”", "对美对等关税"),
        ("對美“對等關稅”", "对美对等关税"),
        ("50%-100%", "50%-100%"),
        ("truce — for now", "truce — for now"),
        ("one\n\ntwo\nthree", "one\ntwo three"),
        ('she said " yes', "she said yes"),
        ("zero\u200bwidth", "zerowidth"),
    ]
    assert [(raw, fold(raw).text) for raw, _ in cases] == cases


def test_a_span_leads_back_to_the_original_characters() -> None:
    raw = "In İstanbul the U.S.–China “deal” covers ﬁve goods"
    folded = fold(raw)

    def original(word: str) -> str:
        at = folded.text.index(word)
        return raw[slice(*folded.raw_span(at, at + len(word)))]

    assert original("istanbul") == "İstanbul"
    assert original("usa") == "U.S."
    assert original("deal") == "deal"
    assert original("five") == "ﬁve"
    raw = "TikTok 交易：  美國“對等關稅”暫停"
    folded = fold(raw)
    at = folded.text.index("对等关税暂停")
    assert raw[slice(*folded.raw_span(at, at + 6))] == "對等關稅”暫停"


@given(st.text())
def test_the_map_back_never_leaves_the_text_or_runs_backwards(raw: str) -> None:
    folded = fold(raw)
    starts = [folded.raw_span(at, at + 1)[0] for at in range(len(folded.text))]
    ends = [folded.raw_span(at, at + 1)[1] for at in range(len(folded.text))]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(raw) for start, end in zip(starts, ends, strict=True))


@given(st.text(st.sampled_from("aZ 中文é’-—\u0301\n ﬁUS.$'“”0%，。")))
def test_folding_a_folded_text_finds_no_capital_or_quote(raw: str) -> None:
    text = fold(raw).text
    assert text == text.lower()
    assert not set(text) & set("“”‘’\u0301\u00a0")


@given(st.text(st.sampled_from("aZ 中文é’'—-\u200bﬁUS.$“”0%，。")))
def test_a_text_folds_alike_whatever_blanks_stand_before_it(raw: str) -> None:
    text = f"a{raw}a"
    assert fold(f"b\n\n{text}").text == f"b\n{fold(text).text}"
