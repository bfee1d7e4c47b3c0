from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.text.folding import fold
from tests.builders.tables import table


def test_spellings_of_one_thing_fold_alike() -> None:
    cases = table("folding", "spellings_of_one_thing_fold_alike")
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
