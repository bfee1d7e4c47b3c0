"""Whether two headlines are one report: the same words in the same order, apart from words that change nothing.

Likeness alone would join "pledges 2030" with "pledges 2040" and "will meet" with "will not meet", and those differences are
the news. So no word may be exchanged for another (apart from a few spellings), only one headline may have words that the other
lacks, and none of those may be a number, a negation, a hedge, a word of direction, a country or a good.
"""

from __future__ import annotations

from sys import intern

from monitor.domain.identity import is_cjk, title_words, words_of

LONG_ENOUGH = 7.0
"""From this many words on (two Chinese characters count as one) a headline may lack one plain word, or its end."""
_TAIL_SHARE = 0.7
_CUT_SHARE = 0.5
_CUT_MARKS = ("…", "...")

_SAME = {
    "u.s": "us", "usa": "us", "american": "us", "percent": "%", "pct": "%", "tonnes": "tons", "tonne": "tons", "ton": "tons",
    "mn": "million", "mln": "million", "m": "million", "bn": "billion", "bln": "billion", "b": "billion", "mmt": "mt",
    "licence": "license", "licences": "licenses", "programme": "program", "labour": "labor", "defence": "defense",
    "centre": "center", "organisation": "organization", "finalise": "finalize", "finalises": "finalizes", "finalised": "finalized",
    "govt": "government", "gov": "government", "mofcom": "commerceministry", "int": "international", "vs": "versus",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "dozen": "12", "zero": "0",
}  # fmt: skip

_SAYS_NOTHING = words_of(
    """a an the s of and is are was were be been its it his her their this that these those as at there here
    says say said saying reports according sources source officials official breaking update updated exclusive live
    video watch just also amid per metric mr ms dr $ reuters ap afp
    xinhua bloomberg"""
)
_SAYS_NOTHING_ZH = frozenset("的，。：、！“”《》")

_TELLING = words_of(
    """not no never without nor neither none nothing nobody hardly barely only unless except despite against
    deny denies denied denying reject rejects rejected refuse refuses refused fail fails failed fell short decline declines declined
    false fake rumor rumour alleged allegedly yet still again already once anymore
    will would may might could can should must shall to plan plans planned planning aim aims seek seeks want wants hope hopes
    agree agrees agreed pledge pledges pledged vow vows vowed promise promises promised commit commits committed offer offers
    expected expects expect likely unlikely possible possibly potential potentially probably set mull mulls weigh weighs weighing consider
    considers considering propose proposes proposed proposal draft tentative tentatively preliminary provisional interim
    near nears close closes closed closer almost nearly about around over under above below more less fewer most least than
    raise raises raised cut cuts cutting lower lowers lowered higher hike hikes hiked rise rises rose rising fall falls falling drop
    drops dropped gain gains up down out off in into onto increase increases increased decrease decreases decreased double doubles
    doubled halve halves halved half slash slashes eases ease eased tighten tightens widen widens narrow narrows
    begin begins began start starts started end ends ended stop stops stopped halt halts halted resume resumes resumed suspend
    suspends suspended pause pauses paused lift lifts lifted impose imposes imposed reimpose remove removes removed extend extends
    extended expire expires expired lapse lapses delay delays delayed postpone postpones postponed open opens opened reopen reopens shut
    shuts approve approves approved block blocks blocked ban bans banned allow allows allowed meet meets met miss misses missed
    exceed exceeds exceeded before after since until till by through ahead behind from within ago
    win wins won lose loses lost buy buys bought sell sells sold import imports export exports enter enters leave leaves join joins
    quit quits accept accepts keep keeps kept hold holds held scrap scraps break breaks broke honor honors violate violates violated
    threat threaten threatens threatened warns warn warned urges urge calls call asks ask demand demands
    first second third fourth last final finally partial partially part partly some all full fully entire whole every each both
    new old former ex next another other additional extra further early late earlier later soon now today tomorrow yesterday
    if when whether why how what who where ? % + - but however instead rather like unlike
    january february march april june july august september october november december jan feb mar apr jun jul aug sep sept
    oct nov dec week month year quarter day days weeks months years annual annually weekly monthly daily
    million billion trillion thousand hundred times
    china chinese beijing us washington america taiwan taiwanese hong kong macau japan japanese korea korean seoul tokyo india
    indian eu europe european brussels uk britain british france french germany german canada canadian mexico mexican brazil
    brazilian argentina argentine russia russian ukraine iran iranian israel vietnam vietnamese thailand indonesia malaysia
    australia australian netherlands dutch spain spanish italy switzerland swiss turkey africa african asian asia global
    trump biden xi bessent greer lutnick vance rubio putin takaichi li lifeng wang
    soybean soybeans soy soyoil soymeal corn wheat sorghum beef pork cotton oil gas lng coal steel aluminum aluminium copper
    lumber timber rare earth earths magnet magnets gallium germanium antimony graphite lithium chip chips semiconductor h20 h200 blackwell
    fentanyl tariff tariffs duty duties fee fees port ports ship ships tiktok bytedance oracle nvidia amd nexperia boeing qualcomm
    conditional temporary brief unofficial informal verbal symbolic voluntary retaliatory supposed so called feared imminent
    pending incoming outgoing virtual cancel cancels canceled cancelled mutual unilateral private secret
    talks framework monday tuesday wednesday thursday friday saturday sunday
    micron cofco sinograin north south east west northern southern eastern western"""
)  # fmt: skip
_TELLING_ZH = frozenset(
    "不未无没否非勿莫拒禁反驳假谣辟疑或拟将欲可能望盼愿应须会已尚仍还再又才刚曾"
    "停取撤暂恢复重启始终止续延推迟缓期到升降涨跌增减高低上下前后内外进出入开关闭买卖购售输加免征收放宽紧松批准同意承诺"
    "超达破逾近约仅只全部半多少首次第末初年月日周时零一二三四五六七八九十百千万亿两倍成两新旧另各每若如但却吗？"
    "中美欧日韩英法德俄印加墨巴澳荷台港越泰豆玉米麦油气煤钢铝铜稀土磁芯片税费船"
)
_NEGATING = ("non", "anti", "counter", "quasi", "unre", "unap", "undo", "dis")


def _plain(word: str) -> str:
    return _SAME.get(word, word)


def _tokens(word: str) -> tuple[str, ...]:
    if is_cjk(word[0]):
        return tuple(char for char in word if char not in _SAYS_NOTHING_ZH)
    word = _plain(word)
    return () if word in _SAYS_NOTHING else (word,)


def gist(title: str) -> tuple[str, ...]:
    """The words of a title that say something, in order; Chinese by character."""
    return tuple(intern(token) for word in title_words(title) for token in _tokens(word))


def heft(tokens: tuple[str, ...]) -> float:
    """The number of words in a gist; two Chinese characters count as one."""
    return sum(0.5 if is_cjk(token) else 1.0 for token in tokens)


def is_cut(title: str) -> bool:
    """Whether a title shows that its end was cut off."""
    return title.rstrip().endswith(_CUT_MARKS)


def is_telling(token: str) -> bool:
    """Whether one token more or less may turn a headline into another one."""
    if token in _TELLING or token in _TELLING_ZH or any(char.isdigit() for char in token):
        return True
    # Adverbs ("conditionally", "reportedly") and negating prefixes are too many to list.
    return len(token) > 4 and (token.endswith("ly") or token.startswith(_NEGATING))


def _extra_words(longer: tuple[str, ...], shorter: tuple[str, ...], limit: int) -> list[int] | None:
    """Places of the words of `longer` that `shorter` lacks; None if it is not `longer` with up to `limit` words left out.

    Two neighbours may have changed places, once, if neither is telling.
    """
    extra: list[int] = []
    at = swaps = place = 0
    while place < len(longer):
        token = longer[place]
        if at < len(shorter) and token == shorter[at]:
            at += 1
        elif not swaps and _is_swap(longer, place, shorter, at):
            swaps, at, place = 1, at + 2, place + 1
        else:
            extra.append(place)
            if len(extra) > limit:
                return None
        place += 1
    return extra if at == len(shorter) else None


def _is_swap(longer: tuple[str, ...], place: int, shorter: tuple[str, ...], at: int) -> bool:
    pair = longer[place : place + 2]
    return (
        len(pair) == 2
        and pair == shorter[at : at + 2][::-1]
        and not any(is_cjk(token) or is_telling(token) for token in pair)
    )


def _is_tail_cut(longer: tuple[str, ...], shorter: tuple[str, ...], *, marked: bool, tail_known: bool) -> bool:
    """Whether `shorter` is the beginning of `longer` and the rest adds nothing telling, or nothing that is not known."""
    share = _CUT_SHARE if marked else _TAIL_SHARE
    if len(shorter) < share * len(longer) or longer[:2] != shorter[:2] or heft(shorter) < LONG_ENOUGH - 1:
        return False
    last = len(shorter) - 1
    begun = longer[last] != shorter[last]
    if longer[:last] != shorter[:last] or (begun and not (marked and longer[last].startswith(shorter[last]))):
        return False
    return tail_known or not any(is_telling(token) for token in longer[last + (not begun) :])


def same_report(
    fresh: tuple[str, ...], known: tuple[str, ...], *, fresh_cut: bool = False, known_cut: bool = False
) -> bool:
    """Whether two gists are one report. `fresh_cut`, `known_cut`: the title's end was visibly cut off.

    A fresh headline that is cut off says nothing that the known one does not say, whatever its missing end was; one that is
    whole may say more than a known one that was cut off.
    """
    if fresh == known:
        return bool(fresh)
    shorter_is_fresh = len(fresh) < len(known)
    longer, shorter = (known, fresh) if shorter_is_fresh else (fresh, known)
    cut = fresh_cut if shorter_is_fresh else known_cut
    if not shorter or len(shorter) < _CUT_SHARE * len(longer):
        return False
    extra = _extra_words(longer, shorter, 2 if is_cjk(longer[0]) else 1)
    if extra is not None and _is_harmless(longer, extra):
        return True
    return _is_tail_cut(longer, shorter, marked=cut, tail_known=cut and shorter_is_fresh)


def _is_harmless(longer: tuple[str, ...], extra: list[int]) -> bool:
    """Whether the words at these places are one plain word (or two neighbouring characters) of a headline long enough."""
    if any(is_telling(longer[place]) for place in extra) or heft(longer) < LONG_ENOUGH:
        return False
    return heft(tuple(longer[place] for place in extra)) <= 1 and (not extra or extra[-1] - extra[0] < len(extra))
