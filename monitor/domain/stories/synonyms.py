"""Synonyms: words that one outlet writes where another writes a different one, with the same meaning for a promise.

Words that only resemble each other stay apart: a ban is suspended or ended, a plan is delayed or dropped, a report denied or
rejected, and "declines" may be a fall or a refusal.
"""

from __future__ import annotations

import re

_LINES = """
us u.s usa american america | uk u.k britain british | eu e.u european | europe european
china chinese | russia russian | japan japanese | india indian | canada canadian | mexico mexican | brazil brazilian
iran iranian | ukraine ukrainian | israel israeli | australia australian | germany german | france french | taiwan taiwanese
korea korean | switzerland swiss | netherlands dutch | italy italian | spain spanish | turkey turkish | vietnam vietnamese
kyiv kiev | zelenskyy zelensky zelenskiy zelenski | commerceministry mofcom
% percent pct cent | tons tonnes tonne ton | million mn mln m | billion bn bln b | trillion trn tln | mt mmt
january jan | february feb | april apr | august aug | september sep sept | october oct | november nov | december dec
0 zero | 1 one | 2 two | 3 three | 4 four | 5 five | 6 six | 7 seven | 8 eight | 9 nine | 10 ten | 11 eleven | 12 twelve dozen
20 twenty | 30 thirty
government govt gov | department dept | international int intl | versus vs | president prez
license licence permit | licenses licences permits | licensed licenced
program programme | labor labour | defense defence | center centre | organization organisation | harbor harbour
finalize finalise | finalizes finalises | finalized finalised
honor honour | honors honours
criticizes criticises slams blasts | criticized criticised slammed blasted
agreement deal accord pact | agreements deals accords pacts
talks negotiations | talk negotiation
company firm corporation | companies firms corporations
restrictions curbs | restriction curb
buy purchase | buys purchases | bought purchased | buying purchasing | buyer purchaser | buyers purchasers
stop halt | stops halts | stopped halted | stopping halting
suspend pause | suspends pauses | suspended paused | suspending pausing
start begin commence | starts begins commences | started began commenced | starting beginning commencing
raise increase hike | raises increases hikes | raised increased hiked | raising increasing hiking
cut lower reduce slash | cuts lowers reduces slashes | lowered reduced slashed | cutting lowering reducing slashing
rise climb | rises climbs | rose climbed | rising climbing
fall drop | falls drops | fell dropped | falling dropping
surge soar jump | surges soars jumps | surged soared jumped
plunge tumble slump | plunges tumbles slumps | plunged tumbled slumped
pledge vow promise | pledges vows promises | pledged vowed promised | pledging vowing promising
huge massive enormous | big large | bigger larger | biggest largest | key crucial | newest latest | new fresh
ship vessel | ships vessels | chip semiconductor | chips semiconductors | chipmaker semiconductor-maker
soybeans soybean soya soyabeans soyabean | magnets magnet | earth earths | tariffs tariff duties duty | farmers growers
probe investigation inquiry | probes investigations inquiries
dispute row spat feud | disputes rows spats feuds
resume restart | resumes restarts | resumed restarted | resuming restarting
delay postpone postponement | delays postpones | delayed postponed | delaying postponing
violate breach | violates breaches | violated breached
imposes slaps | imposed slapped
consider weigh mull | considers weighs mulls | considered weighed mulled | considering weighing mulling
about around roughly approximately | over above exceeding | after following
extend prolong | extends prolongs | extended prolonged
approves greenlights okays | approved greenlit okayed
bans prohibits forbids | banned prohibited forbidden
condemns denounces | condemned denounced | warns cautions | warned cautioned
aid assistance | help assist | helps assists | visit trip | visits trips
kids children | kid child | teen teenager | teens teenagers | police cops | troops soldiers | workers employees staff
protests demonstrations | protest demonstration | protesters demonstrators | earthquake quake
plane aircraft airplane | planes aircrafts airplanes | movie film | movies films
boss chief | bosses chiefs | resigns quits | resigned quit | sacks fires | sacked fired | names appoints | named appointed
reveals unveils | revealed unveiled | shows show | wants seeks | wanted sought | fears worries
attack assault | attacks assaults | attacked assaulted | hurt injured wounded | dead killed | jailed imprisoned
shares stocks | global worldwide | export exports | import imports
"""
"""One family of words a line, its forms set apart by bars. In each form the first word stands for all."""


def _folded(lines: str) -> dict[str, str]:
    forms = (form.split() for form in re.split(r"[|\n]", lines) if form.strip())
    return {word: first for first, *others in forms for word in others}


SYNONYMS = _folded(_LINES)
"""From a word to the one that stands for its meaning."""

_LINES_ZH = """
采购 购买 买入 购入 | 企业 公司 | 磋商 谈判 | 宣布 公布 | 称 表示 指出 | 允许 准许 | 暂停 中止 | 恢复 重启 | 上调 提高 提升 调高
下调 降低 调低 调降 | 开始 启动 | 推迟 延后 延迟 | 违反 违背 | 船舶 船只 | 磁体 磁铁 | 目前 当前 | 特朗普 川普 | 取消 撤销 | 同意 赞成
警方 警察 | 男子 男人 | 女子 女人 | 去世 逝世 | 回应 答复 | 增长 增加 | 减少 削减 | 举行 召开 | 访问 到访 | 导致 致使 | 首次 第一次
全球 世界 | 许可证 许可 | 芯片 半导体 | 吨 公吨
"""
_SAME_ZH = _folded(_LINES_ZH)
_WORDS_ZH = re.compile("|".join(sorted(_SAME_ZH.keys() | _SAME_ZH.values(), key=len, reverse=True)))


def folded_zh(run: str) -> str:
    """A run of Chinese in which each listed word is replaced by the one that stands for its meaning."""
    return _WORDS_ZH.sub(lambda found: _SAME_ZH.get(found[0], found[0]), run)
