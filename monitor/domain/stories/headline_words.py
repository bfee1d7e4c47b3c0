"""Words of headlines: synonyms, and contrastive words, whose addition, loss or move makes another report."""

from __future__ import annotations

import re

from monitor.domain.stories.titles import words_of

_LINES = """
us u.s usa american america | uk u.k britain british | eu e.u european | europe european | china chinese
russia russian | japan japanese | india indian | canada canadian | mexico mexican | brazil brazilian | iran iranian
ukraine ukrainian | israel israeli | australia australian | germany german | france french | taiwan taiwanese
korea korean | switzerland swiss | netherlands dutch | italy italian | spain spanish | turkey turkish
vietnam vietnamese | kyiv kiev | zelenskyy zelensky zelenskiy zelenski | commerceministry mofcom | % percent pct cent
tons tonnes tonne ton | million mn mln m | billion bn bln b | trillion trn tln | mt mmt | january jan | february feb
april apr | august aug | september sep sept | october oct | november nov | december dec | 0 zero | 1 one | 2 two
3 three | 4 four | 5 five | 6 six | 7 seven | 8 eight | 9 nine | 10 ten | 11 eleven | 12 twelve dozen | 20 twenty
30 thirty | government govt gov | department dept | international int intl | versus vs | president prez
license licence permit | licenses licences permits | licensed licenced | program programme | labor labour
defense defence | center centre | organization organisation | harbor harbour | finalize finalise | finalizes finalises
finalized finalised | honor honour | honors honours | criticizes criticises slams blasts
criticized criticised slammed blasted | agreement deal accord pact | agreements deals accords pacts
talks negotiations | talk negotiation | company firm corporation | companies firms corporations | restrictions curbs
restriction curb | buy purchase | buys purchases | bought purchased | buying purchasing | buyer purchaser
buyers purchasers | stop halt | stops halts | stopped halted | stopping halting | suspend pause | suspends pauses
suspended paused | suspending pausing | start begin commence | starts begins commences | started began commenced
starting beginning commencing | raise increase hike | raises increases hikes | raised increased hiked
raising increasing hiking | cut lower reduce slash | cuts lowers reduces slashes | lowered reduced slashed
cutting lowering reducing slashing | rise climb | rises climbs | rose climbed | rising climbing | fall drop
falls drops | fell dropped | falling dropping | surge soar jump | surges soars jumps | surged soared jumped
plunge tumble slump | plunges tumbles slumps | plunged tumbled slumped | pledge vow promise | pledges vows promises
pledged vowed promised | pledging vowing promising | huge massive enormous | big large | bigger larger
biggest largest | key crucial | newest latest | new fresh | ship vessel | ships vessels | chip semiconductor
chips semiconductors | chipmaker semiconductor-maker | soybeans soybean soya soyabeans soyabean | magnets magnet
earth earths | tariffs tariff duties duty | farmers growers | probe investigation inquiry
probes investigations inquiries | dispute row spat feud | disputes rows spats feuds | resume restart
resumes restarts | resumed restarted | resuming restarting | delay postpone postponement | delays postpones
delayed postponed | delaying postponing | violate breach | violates breaches | violated breached | imposes slaps
imposed slapped | consider weigh mull | considers weighs mulls | considered weighed mulled
considering weighing mulling | about around roughly approximately | over above exceeding | after following
extend prolong | extends prolongs | extended prolonged | approves greenlights okays | approved greenlit okayed
bans prohibits forbids | banned prohibited forbidden | condemns denounces | condemned denounced | warns cautions
warned cautioned | aid assistance | help assist | helps assists | visit trip | visits trips | kids children
kid child | teen teenager | teens teenagers | police cops | troops soldiers | workers employees staff
protests demonstrations | protest demonstration | protesters demonstrators | earthquake quake
plane aircraft airplane | planes aircrafts airplanes | movie film | movies films | boss chief | bosses chiefs
resigns quits | resigned quit | sacks fires | sacked fired | names appoints | named appointed | reveals unveils
revealed unveiled | shows show | wants seeks | wanted sought | fears worries | attack assault | attacks assaults
attacked assaulted | hurt injured wounded | dead killed | jailed imprisoned | shares stocks | global worldwide
export exports | import imports
"""
"""Forms of words with one meaning, separated by bars. The first word of a form is the main one."""


def _folded(lines: str) -> dict[str, str]:
    forms = (form.split() for form in re.split(r"[|\n]", lines) if form.strip())
    return {word: first for first, *others in forms for word in others}


SYNONYMS = _folded(_LINES)
"""From a word to its main synonym."""

_LINES_ZH = """
采购 购买 买入 购入 | 企业 公司 | 磋商 谈判 | 宣布 公布 | 称 表示 指出 | 允许 准许 | 暂停 中止 | 恢复 重启
上调 提高 提升 调高 | 下调 降低 调低 调降 | 开始 启动 | 推迟 延后 延迟 | 违反 违背 | 船舶 船只 | 磁体 磁铁
目前 当前 | 特朗普 川普 | 取消 撤销 | 同意 赞成 | 警方 警察 | 男子 男人 | 女子 女人 | 去世 逝世 | 回应 答复
增长 增加 | 减少 削减 | 举行 召开 | 访问 到访 | 导致 致使 | 首次 第一次 | 全球 世界 | 许可证 许可 | 芯片 半导体
吨 公吨
"""
_SAME_ZH = _folded(_LINES_ZH)
_WORDS_ZH = re.compile("|".join(sorted(_SAME_ZH.keys() | _SAME_ZH.values(), key=len, reverse=True)))


def folded_zh(run: str) -> str:
    """A run of Chinese with each listed word replaced by its main synonym."""
    return _WORDS_ZH.sub(lambda found: _SAME_ZH.get(found[0], found[0]), run)


NEGATING = words_of(
    """not no never without nor neither none nothing nobody hardly barely only unless except despite against deny denies
    denied denying reject rejects rejected refuse refuses refused fail fails failed short decline declines declined
    false fake rumor rumour alleged allegedly anti non counter quasi pseudo"""
)
SCOPE = words_of(
    """yet still again already once anymore even just almost nearly all full fully entire whole every each both half
    some most least fewer partial partially part partly longer"""
)
"""Words that modify a neighbouring word."""
AUXILIARIES = words_of(
    "will would may might could can should must shall is are was were be been am do does did has have had"
)
PLANNING = words_of(
    """to plan plans planned planning aim aims seek seeks want wants hope hopes agree agrees agreed pledge pledges
    pledged commit commits committed offer offers expected expects expect likely unlikely possible possibly potential
    potentially probably set consider considers considered considering propose proposes proposed proposal draft
    tentative tentatively preliminary provisional interim near nears close closes closed closer"""
)
DOUBTING = words_of(
    """principle doubt doubts doubtful risk risks jeopardy danger trouble review limbo paper hold limited token pilot
    trial hoax bogus rumors rumours claim claims disputed contested stuck frozen void invalid illegal unlawful legal
    eventual nominal formal try tries trying attempt attempts effort efforts bid ready willing unwilling reluctant
    poised due slated scheduled prospect prospects chance odds hurdle hurdles deadlock impasse standoff discuss
    discusses discussing study studies studying eye eyes eyeing mull request requests apply applies debate debates
    prepare prepares preparing recommend recommends suggest suggests invite invites tell tells told order orders force
    forces blame blames accuse accuses oppose opposes back backs support supports praise praises favor favors favour
    favours fear fears worry worries hail hails slam welcome welcomes await awaits wait waits track course collapse
    collapses fade fades falter falters unravel unravels scuttle derail derails wavers waver slip slips lag lags mock
    sham hollow cap caps peril name critics critic skeptics rivals push pushes press presses seen hint hints memo
    model guess avoid avoids forgo forgoes shun shuns snub snubs skip skips dodge dodges ignore ignores defer defers
    shelve shelves restrict restricts record low high peak bottom weak strong slow fast slump boom"""
)
"""Words that hedge, doubt or judge the rest of the headline, or change its verb."""
RANKING = words_of("vice deputy acting nominee rival ally foe assistant interim chairman against top")
MEASURING = words_of("about over under below more less than million billion trillion thousand hundred times")
ACTING = words_of(
    """raise raises raised raising cut cuts cutting lowered higher rise rises rose rising fall falls fell falling gain
    gains up down out off into onto decrease decreases decreased double doubles surge surges surged plunge plunges
    plunged doubled halve halves halved eases ease eased tighten tightens widen widens narrow narrows start starts
    started starting end ends ended stop stops stopped stopping resume resumes resumed resuming suspend suspends
    suspended suspending lift lifts lifted impose imposes imposed reimpose reimposes remove removes removed extend
    extends extended expire expires expired lapse lapses delay delays delayed delaying open opens opened reopen
    reopens shut shuts approve approves approved block blocks blocked ban bans banned allow allows allowed meet meets
    met miss misses missed dead hurt exceed exceeds exceeded win wins won lose loses lost buy buys bought buying sell
    sells sold import imports export enter enters leave leaves join joins resigns resigned accept accepts keep keeps
    kept hold holds held scrap scraps break breaks broke honor honors violate violates violated threat threaten
    threatens threatened warns warn warned urges urge calls call asks ask demand demands cancel cancels canceled
    cancelled restrictions restriction hike pledge suspension extension"""
)
RELATING = words_of(
    """before after since until till by through ahead behind from within ago if when whether why how what who where but
    however instead rather like unlike while as because though although"""
)
ORDER_AND_TIME = words_of(
    """first second third fourth fifth last final finally new old former ex next another other additional extra further
    early late earlier later soon now today tomorrow yesterday january february march april june july august september
    october november december week month year quarter day days weeks months years annual annually weekly monthly daily
    monday tuesday wednesday thursday friday saturday sunday"""
)
SYMBOLS = words_of("? % + -")
ACTORS = words_of(
    """china beijing us washington taiwan hong kong macau japan korea korean seoul tokyo pyongyang india eu europe
    european brussels uk london france germany canada ottawa mexico brazil argentina russia moscow ukraine kyiv iran
    tehran israel vietnam thailand indonesia malaysia philippines singapore pakistan cambodia australia netherlands
    dutch spain spanish italy italian switzerland swiss turkey saudi qatar egypt africa african asia asian latin nato
    un wto imf opec trump biden xi bessent greer lutnick vance rubio rollins putin takaichi li lifeng wang wentao modi
    macron merz starmer carney zelenskyy netanyahu lula lai kim senate house congress commerceministry pentagon
    treasury ustr usda fed mofcom sinograin cofco micron tiktok bytedance oracle nvidia amd nexperia wingtech boeing
    qualcomm apple intel tsmc asml huawei"""
)
GOODS = words_of(
    """soybeans soy soyoil soymeal corn wheat sorghum beef pork cotton oil gas lng coal steel aluminum aluminium copper
    lumber timber rare earth magnets gallium germanium antimony graphite lithium chip chips h20 h200 blackwell
    fentanyl tariffs fee fees port ports ship ships"""
)
QUALIFYING = words_of(
    """conditional temporary brief unofficial informal verbal symbolic voluntary retaliatory supposed so called feared
    imminent pending incoming outgoing virtual mutual unilateral private secret talks framework global says north
    south east west northern southern eastern western"""
)
CONTRASTIVE = NEGATING | DOUBTING | RANKING | SCOPE | AUXILIARIES | PLANNING | MEASURING
CONTRASTIVE |= ACTING | RELATING | QUALIFYING | ORDER_AND_TIME | SYMBOLS | ACTORS | GOODS
CONTRASTIVE_ZH = frozenset(
    "不未无没否非勿莫拒禁反驳假谣辟疑或拟将欲可能望盼愿应须会已尚仍还再又才刚曾"
    "停取撤暂恢复重启始终止续延推迟缓期到升降涨跌增减高低上下前后内外进出入开关闭买卖购售输加免征收放宽紧松批准同意承诺"
    "超达破逾近约仅只全部半多少首次第末初年月日周时零一二三四五六七八九十百千万亿两倍成两新旧另各每若如但却吗？"
    "框变谎搁废违虚误弃拖框虑探讨究议吁求划算筹备胁警忧传谓则口头试争条件临部别限尝被让对向给从自促敦令据副原质诉判失效"
    "中美欧日韩英法德俄印加墨巴澳荷台港越泰豆玉米麦油气煤钢铝铜稀土磁芯片税费船"
)
_NEGATING_STARTS = ("non", "anti", "counter", "quasi", "unre", "unap", "undo", "dis")

_NUMBERED = words_of(
    "first second third fourth fifth million billion trillion thousand hundred january february march april june july"
)
_TO_WORD_ENDS = ("s", "ed", "ing")
_OUTCOMES = words_of(
    "agreement dispute ban truce war ceasefire probe sanctions sanction talks pledge threat summit ruling appeal order"
)
_FIXED_POSITION = NEGATING | SCOPE | AUXILIARIES | RELATING | SYMBOLS


def is_number(token: str) -> bool:
    """Whether a token holds a digit."""
    return any(char.isdigit() for char in token)


def is_contrastive_at(tokens: tuple[str, ...], place: int) -> bool:
    """Whether the token at a place of a headline, more or less, may make it another report."""
    token = tokens[place]
    if token in CONTRASTIVE or token in CONTRASTIVE_ZH or is_number(token):
        return True
    # Adverbs ("conditionally"), participles ("stalled orders"), negating prefixes and verbs after an actor are too many
    # to list.
    if len(token) > 4 and (token.endswith(("ly", "ed")) or token.startswith(_NEGATING_STARTS)):
        return True
    return place > 0 and token.endswith("s") and tokens[place - 1] in ACTORS


def is_swap_allowed(first: str, second: str) -> bool:
    """Whether two neighbouring words may change places without making another report.

    "Talks trade" for "trade talks" is a slip. These make another report: two actors, two acts ("lifted suspension"),
    two numbers, a negation or "only" at another word, an auxiliary that begins a question, "after" or "if" at another
    clause, "to close" for "close to".
    """
    pair = {first, second}
    if pair & _FIXED_POSITION:
        return False
    if "to" in pair:
        partner = second if first == "to" else first
        return partner in ACTORS or is_number(partner) or (partner.endswith(_TO_WORD_ENDS) and len(partner) > 3)
    if any(pair <= kind for kind in (ACTORS, ACTING, GOODS, _OUTCOMES)):
        return False
    return not all(is_number(word) or word in _NUMBERED for word in pair)
