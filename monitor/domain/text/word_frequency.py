"""How common a phrase is in news: the share of stories that hold it, estimated from its words.

The compiler anchors a pattern at its rarest words. The table was measured on the titles and summaries of 54,705 stories of
all kinds, September 2025 to March 2026 (benchmarks/word_frequency.py writes it). It changes what matching costs and never
what it finds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from math import fsum

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import is_unspaced

RARE = 0.0005
"""The share of a word that the table does not list: half of the least share that it does."""
_FURTHER_WORD = 0.5
"""What each further word of a phrase leaves of its share, an estimate: few words are as common as their neighbours."""


@lru_cache(maxsize=100_000)
def phrase_frequency(phrase: Phrase) -> float:
    """The share of stories, 0 to 1, that a phrase is expected in: that of its rarest word, less for each further word."""
    words = phrase.text.split()
    shares = [_word_share(word) for word in words]
    if phrase.family:
        shares[-1] = max(shares[-1], fsum(_shares()[word] for word in _words_from(words[-1])))
    return min(shares) * _FURTHER_WORD ** (len(words) - 1)


def _word_share(word: str) -> float:
    """The share of one word. Text without spaces is as rare as its rarest word, and most of its words are pairs."""
    if not is_unspaced(word[0]) or len(word) == 1:
        return _shares().get(word, RARE)
    pairs = {word[at : at + 2] for at in (*range(0, len(word) - 1, 2), len(word) - 2)}
    return min(_shares().get(pair, RARE) for pair in pairs)


def _words_from(beginning: str) -> Iterator[str]:
    """The words of the table with this beginning."""
    words = _sorted_words()
    for at in range(bisect_left(words, beginning), len(words)):
        if not words[at].startswith(beginning):
            return
        yield words[at]


@cache
def _sorted_words() -> list[str]:
    return sorted(_shares())


@cache
def _shares() -> dict[str, float]:
    shares, share = dict[str, float](), 0.0
    for token in _PER_MILLE.split():
        if token.endswith(":"):
            share = int(token[:-1]) / 1000
        else:
            shares[token] = share
    return shares


_PER_MILLE = """
356: to
300: in
297: the
266: of
238: and
222: a
204: on
186: for
164: usa
144: trump
141: with
134: as
123: is
95: after from
93: at that
88: by
81: it
80: new
75: says
74: has
73: china
70: over
65: are 日
62: 的
59: an
58: be will
57: 国
56: trade 多
54: have president was
53: 中
51: this
50: said
49: 月
48: its 更
47: but iran not 一 在
46: more tariffs 人
45: what 上
44: his year 新 看
43: 更多 查
42: he
41: 发
40: 10 about 大
38: 2026 deal war 年
37: ai how i up who 查看 看更
36: 事
35: first one
34: 2025 out
33: into their 为 了 出
32: 会
31: against matched news security t tariff they titles we 有 行
30: been could two 时
29: donald
28: all can people russia which world 不 对 是
27: 1 3 military no or reuters 全 家
26: 2 amid than were you 件 关 和 成
25: government 中国 方 部
24: 11 5 had israel now would 地 开 美
23: court global https say state venezuela years 以 公 现 近
22: country eu minister oil states ukraine 前 动 后 来 生 高
21: also attack chinese day if india time united when why 主 事件 于 到 将 市 进 长
20: 6 continue do other russian some talks under 与 个 作 布 当 表 间
19: 4 back down during killed last off south 下 体 场 实 示 经
18: 12 here house markets since week while 业 同 期 本 等 能 被 要 这 重
17: 9 foreign including israeli leader most national strikes there uk w 分 员 天 已 应 机 正 民 者 自
16: 7 8 administration before between com countries end high just may media next top 交 其 内 加 合 回 外 工 平 总 报 政 次 理 过 通
15: attacks data former greenland her hit jan maduro our power rss so supreme tiktok your 元 入 力 子 定 展 度 据 提 法 热 特 用 称 第
 议 记 门 面
14: 20 across american being economic europe get google know latest live long officials police post rare reading report
 set take three through 产 制 务 台 名 安 并 持 最 海 相 网 至
13: 15 ahead energy european friday gaza href key like made major make market peace plan them threat told washington
 where white 三 上榜 从 件上 化 区 及 取 向 小 就 强 心 我 新事 明 榜 此 获 起 道 金 首
12: 30 according america any around big canada city critical did following forces free home international iranian
 january japan leaders march meeting million only should social still support thursday today use 万 两 何 共 北 十 华 发布 可 局 建
 式 意 文 目 续 美国 表示 调
11: billion calls chief days death despite east even face fire group law least man many monday move old part prime re
 reports she show strike these video warns watch wednesday xi 东 举 也 今 利 南 受 国家 学 得 性 战 时间 消 点 社 系 统 视 计 近日 量 问
10: 100 25 air announced another articles both claims control cyber federal five force four help him ice korea ministry
 month must need pm political right sanctions second threats tuesday way without work york z 之 他 代 任 位 保 信 军 口 告 商 因 好
 如 导 情 手 指 接 数 无 普 管 联 规 资 超 达 闻 院 领 题
9: 14 authorities bank beijing best business called case companies company dead december don economy expected far
 future good health led life middle near nicolas north office official party plans policy prices public region risk s
 saturday secretary see site statement tech those ties times using venezuelan very 世 京 价 决 司 品 女 委 引 当地 息 所 打 推 收 新闻 朗
 未 比 深 球 电 科 程 立 级 组 结 西 言 记者 运 还 造 都 际 集
8: 13 16 18 2024 24 50 action again agreement australia because call central conflict crisis cut decision defense due
 early earth election france full game go going head left m meet months my na nuclear nvidia open operation order
 pressure protests push recent record reported response ruling run shooting shows sie such sunday supply tensions un us
 used well 书 二 们 再 创 单 原 友 反 发展 号 四 回应 团 基 处 宣 工作 常 广 斯 施 显 案 求 活 流 界 着 而 致 解 认 论 设 该 车 里 马
7: accused agency among anti ban based behind change children chip come comes concerns defence department does export
 exports faces family found general growth held hits hold industry issues killing linked local look minerals much
 nations net o own past press price probe putin questions release released return rise rules season series several star
 start stop system taiwan team tehran then thousands threatens ukrainian visit want warning west win won 专 五 人民 亿 但 公司
 击 列 办 升 周 国际 图 地时 增 央 头 官 州 带 府 影 技 放 政府 日本 朗普 果 标 格 步 水 治 注 济 火 热门 然 物 特朗 王 由 直 相关 省 破 空 突 约 节 警 话 说 质 路 身 进行 通过 队 项
 预
6: 17 19 26 27 28 access act alleged allies already americans announces appeared army asia away become biggest border
 campaign capital ceo ces chips clear close coming cooperation cybersecurity deadly details discuss drone drug epstein
 ever every ex february french further great history immigration impact indian infrastructure inside intelligence
 investigation investment island keep large largest late launch launched launches legal likely list making me members
 might moscow nation nato nearly november once online operations opinion opposition pakistan place possible potential
 put rate real rights risks role saying seeks seen services shot sign six source sources stock taking target targets
 technology term think took tv union updates urges ve vote wants weeks whether woman working x 严 举行 么 亚 些 今年 企 众 传 使 供
 停 克 党 全国 全球 准 划 别 势 北京 协 历 去 参 双 变 各 响 土 型 城 域 士 备 复 媒 安全 完 客 尔 届 山 岁 市场 席 张 态 或 投 护 拉 持续 支 易 晚 术 权 核 模 气 江 涉 源 演 男 研
 确 税 线 经济 老 股 色 获取 落 见 证 责 费 赛 走 连 速 门事 问题 防 限 需 非 风
5: 21 22 23 29 40 added africa agents aid app arrested backed bangladesh bill board boost bring britain british
 building buy came capture car ceasefire center co comment comments congress content cost council crackdown cuts d
 daily deals dec decades demand development died drones earlier earths efforts emergency experts fall feedx final
 financial find focus food gas germany gold goods groups growing hours human hundreds immediately imports information
 injured interest investors issue justice kills korean later lawmakers lead leave lebanon less line london lower makes
 massive measures member mexico minneapolis minnesota missile money morning never nie night number october opens orders
 others paris parliament pay phone platform play point points pro production products protect protest read ready regime
 related relations remain remains reveals review rising sales same sea service soon southern special spokesperson
 strategic strong summit systems takes targeting territory things third too troops u until update users violence
 western wife women yet 一个 上海 世界 中方 义 习 书记 人员 份 企业 你 依 做 先 光 关税 具 况 则 副 包 午 即 发现 取更 只 启 坚 境 声 失 始 媒体 存 宣布 少 引发 形 影响 德
 总统 感 我们 报道 排 改 效 整 早 春 显示 服 望 条 极 构 样 根 段 没 消息 清 港 游 湃 湃新 澎 澎湃 片 监 目前 知 社会 神 种 究 第一 策 米 红 终 给 维 航 营 观 让 访 评 谈 转 边 选 采
 重要 降 随 频
4: 200 2022 2023 31 500 actions adding address agent ago agreed al almost along amazon area armed arrest article asked
 australian avoid battle began better bid black block brazil breach budget build c california care changes charged
 charges child claim climate coast commerce committee conference confirmed confirms continues controls costs crash
 crypto cuba cup de democratic democrats denmark dies digital director display doesn domestic dozens each elections
 enforcement envoy event everything exclusive executive families farmers fears feb few fight fighting files firm firms
 fraud fresh fuel funding games german gets getting give given got governor ground gulf hackers half hamas hard heavy
 higher hong hope hormuz illegal important increase inflation interview involved issued jinping job jobs join joint
 judge kill known kong leading let level little ll longer loss lost low macron mark mass matter mayor medical message
 met microsoft millions missiles missing moment moves multiple n needs negotiations non officer outside palestinian
 partners percent person photos pl politics powerful premier presidential prison private program project protesters
 provide question race rates reach reached really red regional remarks reportedly reporters research respond revealed
 rule running safety saudi scale school search sector secure seek seeking self senate senior sent serious seven share
 shares shutdown signed significant signs situation small smart son speech spending staff starmer step stocks strait
 strategy street struck surge syria taken targeted tax tells test together toll toward trading travel trial trying turn
 uae university urgent via vows vs warned water weapons winter within workers www young ze 中央 中心 习近 买 争 产业 亲 什 什么 仅 介 仍
 代表 以来 伊 优 会议 伤 低 住 例 值 假 儿 兰 共同 关于 关注 其中 冲 出现 判 功 助 医 半 博 卫 发生 发言 可能 史 同时 吗 命 器 围 均 外交 大学 太 如何 实施 审 容 属 已经 巴 干 平台 庆 底
 建设 往 征 很 律 必 快 悉 情况 想 成为 我国 执 批 承 技术 担 指出 控 措 政策 教 数据 料 断 旅 景 智 曾 期间 李 林 款 止 正式 武 死 每 河 活动 涨 满 热议 环 现场 男子 白 百 益 真 研究 票
 福 离 科技 积 稀 稀土 稳 站 管理 类 精 纪 组织 织 继 网友 罗 考 职 联合 育 背 花 英 范 装 要求 视频 言人 计划 许 请 调查 象 负 财 购 贸 越 迎 近平 违 退 遇 遭 部分 部门 难 露 额 飞 验
 黄 龙
3: 0 2020 2021 60 70 80 90 able account accuses advanced affairs afghanistan age agenda agree aircraft airport
 allegedly allow ally always ambassador analysis analysts announcement annual apple approach approval april arabia
 arctic areas arms asian assets attacked authority available bad bar base bbc beach became begin begins bessent beyond
 bloc blue body bondi break breaking built businesses buying calling canadian captured caracas carney cause cbs centre
 chain challenge challenges chaos charge check christmas cities citing citizens class closed closer coach code cold
 collapse commission community conditions continued corruption counter covered create crime criminal current customs
 damage dangerous date davos debate decade deep demands deputy der didn die different diplomatic discussed dispute
 doing dollar drive driven drop drugs dubai e eastern effect effort eight elon ending england era escalation events
 evidence exchange expert explained eyes f facing fact failed fans fast fbi fear feature features fed figure finally
 finance finds flight flights florida follow forced form forward framework front fund gives goes gov green guard hands
 happened having heads hearing historic holds homes hopes hospital host however huge id image images importance impose
 incident include indonesia interests internet invasion iraq islamic isn italy itself japanese john k khamenei kremlin
 kyiv land laws leadership league leaves leaving light limited lives living looking looks lot love main malaysia
 malware mamdani manufacturing mean means men mercosur meta mission model modi mother murder musk name named needed
 netanyahu network nexperia nfl northern od offer offers officers ongoing opening options ordered p pact palestinians
 parties partner parts per personal planned plant player players plus policies popular port position posted powered
 powers previous previously problem process progress published quickly r raid raise raises rally ransomware received
 recently reduce rejects relationship releases republic republican republicans request residents restrictions results
 rises round row rubio safe sale save saw sees seized sell send september sets shared shift short showed side sides
 signals single sites soldiers something sovereignty space spain sparks speaking spoke stability stage started starting
 status stay steps storm story students study style supplies suspect suspected swiss sydney talk tanker thailand thing
 though threatened total towards town tracking treasury trip truce truth try turkey turned uncertainty unveils urged
 vice victims victory videos view viral wall warn wave ways weather weekend went whose windows winning wins worst worth
 youtube zelensky zero 一步 万元 且 严重 中美 临 为何 主席 主要 乌 也是 了一 云 互 亡 交部 产品 享 亮 亿元 介绍 令 以及 价格 会上 余 作为 便 俄 信息 健 充 免 全面 八 公告 公布
 公开 六 关系 兴 养 决定 减 几 出口 切 创新 初 剧 务部 包括 十五 千 卖 卡 印 历史 压 县 又 召 可以 合作 否 哪 售 商务 园 国人 国内 国国 国总 地区 坦 城市 增长 夫 奥 女子 她 委员 威 嫌 字 季
 宁 完成 实现 室 害 密 察 尼 居 岛 峰 巨 己 师 希 幅 幕 年的 序 店 开始 开展 强调 录 待 微 志 念 急 愿 战略 截 户 房 才 扩 把 投资 括 按 挑 换 接受 推动 推进 措施 提供 提出 播 支持 政治
 故 救 新华 方面 日在 日晚 星 是一 暴 有关 有限 服务 未来 束 板 架 某 校 核心 根据 检 欧 正在 此前 母 沙 没有 油 波 洲 测 消费 温 湖 湾 照 爆 爱 牌 犯 独 率 留 略 疑 病 的一 的重 短 石
 科学 突破 第二 答 算 紧 纳 绍 结束 络 继续 网络 罪 置 署 美元 群 聚 胜 自己 苏 获悉 融 行为 行动 规模 觉 认为 讲 识 诉 试 误 负责 货 足 轮 轻 较 近期 这一 这些 这是 进一 进入 远 述 送 透
 造成 部长 配 针 铁 银 销 键 闻记 阳 阿 陆 陈 除 险 障 集团 青 韩 领域 领导 食 馆 首次 香
2: 01 2019 2027 300 301 35 37 45 ability above abu abuse accounts active activists activities activity actor actually
 add additional adds advance affected afp african aged agencies aggressive agrees agricultural aim aimed aims
 airstrikes alert ali allegations alliance allowed allowing allows alongside although am andrew angeles anniversary
 announce answer answered answers anything appeal appears approved approves arab argentina arrests artificial ask asks
 assault attempt attention attorney audience author auto awards b backlash backs balance banks banned bans bases
 battery beat becomes becoming beginning believe below benefit benefits berlin biden bilateral billions bitcoin blast
 blaze blockade blocked blocking blocks bloomberg blow boat bodies bomb book boom born bowl brand breaks brief briefing
 bringing brings brought browser brussels bytedance cambodia camera cancer cannot capabilities capacity card career
 caribbean carried carry carrying cars cases cash caught caused century certain chains chair chance changed changing
 chatgpt checks chicago choice civil civilian civilians claimed clash clashes cloud club coalition college colombia
 combat command commercial commitment committed common competition complete completely complex concern condemns
 condition congressional consequences conservative consider considering consumer consumers contract controlled
 controversial convicted core couple course cover created creating credit crew crimes criticism critics cross crown
 crucial crude culture curbs currency currently custody customers cutting cve damaged danish dark daughter david
 deadline deaths debt decided declared declares decline defend defends delay delayed delays delhi deliver delivered
 democracy democrat denied denies deploy deployed deployment described design designed detained detention device
 devices dhs dialogue difficult diplomacy diplomat direct disaster discussions district dla documents dollars dominance
 done door double dow dr draft driver driving dropped drops dual dutch duties duty ease easy edge education effective
 egypt electric electricity email embassy en enable ended ends enough ensure enter entry environment episode equipment
 escalating especially eve evening everyone expand expanding expands expansion expect expectations expects experience
 explosion expressed extend extra eye faced facilities facility failure fair fake fallout falls familiar fatal father
 feeds feel fell fentanyl field fifth fighters figures film fired fires flash fm focused followed follows footage
 football forecast forum founder fourth fox freedom friends fully funds gain gains gaming gave gdp gen generation
 geopolitical giant giving goal golden gone gop governments govt greater grid grok grow guardian guide guilty gun h
 h200 halt hand happen happy haven heading healthcare heard heart heat hegseth helped helping hezbollah hidden highest
 highlights highly himself hints holding holiday homeland hosts hour housing huawei hub humanitarian husband idea
 identified immediate import imposed imposes improve included includes increased increasing increasingly independence
 independent industrial influence initial initiative injuries injury innovation instead interim interior internal
 intervention investigations investigators investments involving iranians italian item j jail jailed jak james jeffrey
 jest jets jewish joe joined joins journalists june keeps keir kim kind king kurdish la labor labour lack landmark
 language largely latin lawmaker lawsuit leads lee letter levels limits lines link links linux los lose losing lowest
 ma machado maintain majority management manager marco maritime marks match materials max meets miami michael mid mike
 miles mineral mining ministers minutes miss mobile models modern moving mr multi music names nasa nationwide natural
 naval navy nba necessary netflix networks nigeria nine nobel nothing numbers ocean offensive offering often onet
 openai opened operating opportunity organization organizations outlook output overnight owned owner pacific package
 paid parents particularly partnership pass passed path paul paying payments pc pentagon performance period personnel
 phase philippines phishing pick plane planning plants played playing pledges plot po poland poll polls population
 positive posts potentially practices pre prepares presence prevent prince prisoners privacy prize problems product
 projects promises property proposal proposed prosecutor prosecutors protection province przez purchase purchases
 pushed pushes pushing puts qatar quantum quarter rain raised raising range rapid rather reaches reality reason receive
 records reform refunds regarding regions regular relevant reliance relief remote renee renewed rep repeatedly replace
 reporter representative reputation rescue researchers reserve reserves resilience resolution resolve resort resources
 respect responded result resume retaliation returned returns reveal revenue rich road rodriguez roku room rose ruled
 sa samsung san sanctioned scam scandal schedule scheduled scheme schools science scientists scott secret section seems
 seize selling semiconductor senator sending sends sentence seoul separate settlement severe sex sexual shadow ship
 shipping ships shock showing shut signal signing silver similar simple singapore size slams slow snap snow software
 sold solution sought sparked speed spent sport sports spread stable stake stance stand standing starts stated station
 stories streaming streets strengthen stronger struggle student subject success sudan suggests summer super sure
 surprise suspended sweeping switzerland syrian tab table takaichi takeover talking tankers teams tell ten terms terror
 terrorism terrorist tesla testing tests texas text thanks themselves thought threaten threatening tied till tim title
 tokyo tool tools tough track traditional traffic trafficking train training transfer transport tried trillion trust
 turmoil turning turns tym ultra unit unlikely unrest upcoming urge url uses value vance various vast vehicle vehicles
 vessel vessels vietnam views violent visa vision visits vital vladimir voice volodymyr von voters votes vulnerability
 wake wanted wars waters weapon website weighs welcome whole wide widespread wild willing wind wing winner word words
 works worldwide wounded wp wrong wrote ycombinator yemen za zelenskyy zohran zone 一些 一名 一场 一年 一次 一起 七 上午 上涨 上的 下午 不仅
 不断 不是 专家 丨 个人 个月 中共 中华 中的 主义 主任 主持 丽 举办 久 乐 乘 九 乡 了解 予 二十 五五 交易 交流 人士 人工 人的 今天 他们 付 以下 以色 任务 伊朗 休 会在 伟 伦 似 作出 使用 依法 侵
 促 俄罗 保护 保持 保障 修 倒 候 借 假期 健康 储 像 全运 公众 公安 共中 关键 兵 其他 具体 典 内容 再次 写 军事 农 冠 冬 冲突 决赛 冷 准备 凌 出了 出席 出的 分析 刑 刘 刚 利用 利益 到了 制造 刻
 办公 加强 务院 勒 区域 十四 华社 协议 占 危 却 厅 参与 参加 双方 发表 变化 口管 古 另 召开 台湾 右 吃 吉 后的 含 听 启动 吸 员会 周年 味 呼 和国 和平 哈 哥 善 因为 团队 国务 国庆 国政 国的
 国防 在中 在北 地方 块 坚持 基础 塔 声明 处理 多个 多地 夜 够 大会 大的 央视 夺 奖 套 如果 委书 威胁 婚 存在 孙 学生 学院 孩 守 安排 宏 官方 宝 宫 富 对中 对于 对华 对此 对美 对话 导人 导致 封
 射 将于 将在 小时 就是 尽 层 届全 履 川 工程 差 币 市早 布会 布的 希望 带来 常委 平总 年来 广东 座 庭 康 延 建议 开启 开放 异 弹 归 当前 当天 形成 彻 微信 必须 怎 思 总书 总理 成了 成功 成员
 成果 成立 截至 所有 手机 托 执行 扩大 找 抗 抢 报告 披 抵 担任 拍 招 拟 拥 择 拿 挑战 挥 损 授 探 推出 提升 援 摄 攻 教育 文化 斯坦 新一 新的 方式 旅游 族 旗 无人 既 日上 日下 日前 日发 日报
 日至 日起 早苗 时代 明确 映 是中 是否 晨 智能 暂 曝 最大 最新 最终 最高 有何 机器 机构 杀 材 村 来了 来的 来自 杨 析 楼 欢 此次 死亡 毒 永 汉 江苏 汽 汽车 河南 法律 法院 泛 注意 泰 派 浙 涉嫌
 深入 游客 潮 澳 激 灾 烈 焦 父 版 牛 特别 犯罪 状 环境 现了 现在 班 瑞 生产 生活 申 画 登 的中 的人 的公 的关 的国 的大 的新 的是 的第 盖 盘 盛 盟 目标 直接 看到 眼 础 硬 礼 社交 禁 秋 秘
 积极 移 稳定 穿 竞 章 端 第三 第十 签 简 管制 精神 系列 系统 素 索 累 练 细 经贸 结果 绝 统特 绩 维护 综 编 缺 罗斯 罚 美方 肉 胁 背后 能源 舞 舰 船 良 色列 艺 芯 芯片 苗 若 荣 药 获得
 落实 著 董 蒙 行业 行了 行政 行的 街 补 袭 裁 规定 角 解决 警方 讨 讨论 评论 语 诺 读 调整 谢 豆 贝 责任 账 质量 贯 贵 贸易 资源 资金 赴 超过 跌 跨 跳 载 输 过程 迎来 运会 运动 返 还是 这个
 违法 连续 迪 追 适 逐 通报 遗 那 郑 部发 酒 醒 采取 释 重大 重点 野 针对 钟 钱 银行 链 错 镇 长期 闻发 阶 阶段 附 限公 随着 雨 雪 零 需求 需要 震 靠 面临 革 韩国 音 顶 项目 顺 须 顾 预计
 风险 餐 首相 香港 驻 高市 高质 鲜 黄金 黑
1: 00 1000 150 2000 2017 2018 2030 250 2nd 32 33 34 36 38 400 41 42 44 48 55 5g 600 75 800 abc abroad accelerate accept
 accident accusations achieve acquire acting activist actors acts ad admin advantage advertisement adviser affect
 afghan afternoon aggression agreements agriculture aide airlines airports airspace alarm albanese ale alex alive alone
 alternative ambitions amd amount android anger announcing anthony anthropic anyone ap apartment apec appear appearance
 applications apply appointed approve apps aren arm arrive arrived arrives art assembly assessment asset assistance
 assistant association async atlantic attackers attacking attempted attempting attend august autonomous average award
 ayatollah baby backing ballistic banking barrels basis bay bears bedzie beef beirut believed believes bet bets bigger
 billionaire bills bipartisan bit blackout blame blames blasts bln blog blood boats bombing bombs bond bonds books
 borders boss boston box boy brands brazilian breakthrough broad broader broke brown buildings bureau bus cabinet
 candidate capitol cargo carrier cast casualties causes causing cease celebrate ceremony chairman challenging champion
 channel charlie cheap chiefs chris church citizen claiming clean closely closes closure cnn coffee commander
 commentary commissioner communication communist communities compared compliance comprehensive computer computing
 concerned condemn conduct conducted confidence confirm connected connection consensus considered considers
 constitution construction constructive contact continuing conversation corporate county coup coverage crans crashes
 criticized crossing cultural curb cyberattack cyberattacks danger debut decide decisions declined decoding deepen
 deepens deeper deeply defeat deficit delcy delegation delivers delivery demanding demonstrations den deportation depth
 destroyed destruction devastating develop developed developing dhabi dictator diplomats directly disable discovered
 discovery discusses discussion disease dismissed displaced disrupted disruption dividend doctors document dog doj
 doubt dozen drama dramatic draw drawn draws dream drivers earnings easing economies edition effectively effects either
 el elected elite else emerge emerged emerging emirates emmanuel employees engagement engineering english entered
 entering enterprise enterprises enters entire entities environmental equity escalate escalates espn essential
 established estimated ev evacuation exactly example executives exercise existing exit expanded explains exploit
 exploited explosions exporters exposed exposes extends extensions external extreme factory failing falling false fan
 farm faster fatally fate favorite fees felt female festival fighter file filed finale finding fine finland firing
 firmly fix flag flagged flags flaw fleet flooding floods flow flying foundation fragile francisco freed freeze
 freezing friend friendly frozen ft fuels funded futures galaxy gang gap gathering generated geneva george georgia
 giants girls gmt goals governance granted greatest greece greer grip grows guarantee guarantees guidance hack halts
 happening happens harm hate headed headlines healthy hear heavily height helps hike hikes hitting hollywood hostage
 hot hotel html hungary hurt identify identity img immigrants implement implementation imposing incidents income
 increases individuals industries inquiry insider inspired instagram institute institutions insurance intel intended
 interference interia introduced invest investigate investigating investor invited involvement iphone ipo items jae jd
 jego jerusalem jet johnson joining jones journal journalist journey jr july jump juz kazakhstan keeping kennedy kept
 kevin khan kids kiev kingdom kirk km knew kristi ktore ktory kuwait l lady lake lands landscape lanka laptop las
 launching lavrov lawyer le leak learn lebanese legacy legislation legitimate leo leverage lift lifts limit loading
 loan located location longtime looms loses losses louvre luxury machine madrid maga magnitude maker malicious manage
 managed manchester map maria marine marked marking martin material matters maybe meant measure measurement meetings
 memory merz messages metal metals mexican mideast migrant migrants migration militants mind mine minority minute
 missed mit mixed moments momentum monitor monitoring montana mostly mount moved movement movie moze mp mps museum
 muslim mutual myanmar myung nancy nasdaq nationals nature nbc nears netherlands newly newsletter newspaper nick nicole
 noem northeast norway note noted nyc nyt occupied occurred offender offered officially olympic olympics oman ones
 ontario operational opportunities opposed opposes option oracle origin ousted outage outrage overseas owners ownership
 pa pace page pakistani palestine panel paper park parliamentary passengers passes patients patrol pause payment pct
 peaceful peak perfect permanent pete peter phones photo physical picks picture pipeline placed places platforms
 playoff plays please pledge pod podcast poised politicians polska polski poor pop pope portal possibility practice
 predicted premium prepare prepared preparing present presidency pretty prezydent probably probes processing professor
 profile profit programme programs prominent promise promised promote prompting protecting provided provides providing
 przed publicly pull putting qb quality quarterback quote radio raiders raids ran reaching reaction reacts reasons
 reciprocal recognition recovery reduced reducing reforms refund regulations regulatory rejected remained remaining
 removal remove removed reporting representatives require required requires reset residence residential resistance
 responds responsibility responsible rest restore retail returning revolution revolutionary rhetoric rival river robert
 robot rock rocket roughly route royal rumors runs rush safeguard sam sanae scams scene scenes scores screen scrutiny
 seat sectors secures securing seeing seizes seizure sen sense sensitive sentenced seriously serve served serving
 session setting shape sharp sharply sheet shipments shocking shoot shooter shopping shortage shortly significantly
 silence sir ski smith smuggling soaring socialist society solar solutions someone sound southeast soybean soybeans
 spanish speak speaker speaks specific spend spokesman spot spy square src sri st stakes standard standards stands
 stars startup statements steady steal steel steve stolen stopped storage store straight stranded stranger stream
 strength strengthening striking strongly struggles struggling submarine subsidies successful sues suggested suicide
 supported supporters supporting supports surface surges surplus surveillance survey survive survivors suspects suspend
 suspends suspension sustainable sweden swift t20 tackle taxes taylor te technical technologies teen telegram
 television temperatures temporary tens territorial tested thai thank theft throughout tom tons toronto tour tourism
 tourists traders tragedy transition transparency treatment treaty trend trends tries trigger triggered truck true
 turkish unclear und undermine understand understanding underway unilateral unprecedented unveiled updated upgrade
 uploads upon ups urging usd user v valley vegas venezuelans venture version veteran victim village violation
 violations voted voting vowed vulnerabilities vulnerable wait waiting walk walz warnings wasn watchdog watching weak
 wealth web weekly weigh weight welcomes wenezueli wiadomosci widely wider width winners witkoff worked worker worried
 worry worse yes yesterday youth zealand zelenskiy 一份 一位 一天 一家 一度 一直 一种 一轮 万人 万亿 三大 三季 上市 上述 不会 不再 不可 不同 不少 不能 不过 与中 专业
 业务 业的 东部 两个 两国 中全 中秋 丰 为中 为主 为了 为什 为全 主动 主题 之一 之后 之间 乌克 乎 乱 事故 事长 亚洲 交媒 交平 交通 产生 人在 人大 人机 人死 亿美 以上 仪 仪式 们的 价值 任何 优化 伙
 会主 会发 会晤 会的 会谈 传统 估 伴 位于 体系 体育 体验 作人 作用 作的 佳 例行 供应 促进 信公 信号 倍 做好 停火 元的 充分 先生 克兰 党委 党的 党组 全会 全部 公室 公里 共和 共识 具有 兼 内的 冠军
 冰 净 凌晨 出行 分别 分钟 制裁 刷 券 刺 前往 前的 副主 副书 力量 加征 加沙 加速 动力 努 努力 劳 化的 医院 十届 十年 升级 单位 南京 印度 即将 卷 厂 压力 原则 原因 去世 去年 及其 反对 反映 发出
 发文 取得 取消 受伤 合国 同意 同比 后一 吴 呈 告诉 员工 品牌 哪些 唱 商业 商品 喜 嘉 器人 四中 四川 因此 困 固 国会 国在 国外 国对 国民 国科 国经 圆 圈 在一 在上 在国 在社 圳 场的 坏 坐 坚决
 坚定 坛 坡 埔 培 基本 基金 堂 增加 处罚 复杂 外国 多人 多家 多次 大家 大幅 大豆 大量 奇 女儿 如今 妇 妈 妻 姆 始终 委会 委副 季度 学习 学家 学校 孩子 它 完全 官员 官网 定的 实际 审查 家主 家安
 家的 对外 寻 尚 居民 展开 展的 属于 山东 岁的 岸 州市 工业 工智 左 巨大 己的 市委 布了 帮 干部 年以 年前 年度 年第 年轻 幸 广州 广泛 库 应对 应急 应用 开发 开幕 强烈 彩 径 很多 徐 心的 怀 怎么
 恢 恢复 恩 恶 患 惊 惠 意义 意味 意见 戏 成本 成的 战争 所谓 扎 打击 扣 批准 承诺 抓 折 披露 拓 拥有 挂 指数 振 据中 据显 掌 控制 提醒 提问 提高 握 揭 搜 搭 携 摆 撤 操 操作 收入 收到 改革
 政部 散 敦 文件 斗 斤 方向 方回 方对 方案 无法 日的 旧 旨 时候 时期 昆 昌 明年 明显 春节 是在 是我 显著 晋 晓 晤 普通 暂停 暖 曝光 曲 最后 有一 有人 有多 有效 有的 有网 朋 朝 木 本次 本首 机关
 机制 机场 杂 材料 条件 杯 杰 松 板块 染 标准 树 样的 案件 档 桥 梅 梦 森 楚 概 模式 次会 欧洲 歌 正常 此外 比增 比赛 毛 民众 民族 民法 水平 汇 沉 沟 沪 治理 法国 泽 洋 浙江 浪 海市 涉及 深圳
 深度 湖南 潜 火灾 灵 烟 燃 牵 状态 狂 献 玉 玩 现代 现实 甚 甚至 生态 生的 用于 用户 田 由于 申请 电影 电话 疆 疗 的主 的全 的决 的情 的时 的最 的生 的行 的高 皮 监督 监管 目的 相高 省委 真实
 督 矿 码 磋 磋商 祝 福建 秀 私 秩 秩序 程中 空间 突然 立场 竞争 竟 童 符 第四 等多 筑 答记 简称 籍 紧急 累计 繁 纷 纽 组成 经营 绕 统一 统计 综合 绿 缓 缘 网站 翻 者从 者会 者问 联系 聚焦
 股份 胡 能力 脑 自然 航天 航空 艺术 英国 范围 草 菜 落地 董事 藏 虑 虚 虽 血 行记 表现 袭击 要的 覆 观众 规划 规则 视觉 觉中 解读 言论 订 训 讯 讲话 设备 设计 词 诚 询 谁 谈判 谋 谓 财政 责人
 败 购买 贴 费者 资产 资料 赖 赢 趋 跑 跟 身份 软 辆 辑 辞 达到 达成 迅 迅速 运行 近年 还有 这样 这种 进口 进展 迷 逆 选择 透露 递 途 通知 避 邦 部回 部新 部署 郭 都是 采访 释放 重庆 量发 金融
 铁路 销售 错误 闭 间的 防部 阻 限制 陷 随后 隐 集中 集体 雷 非常 非法 面对 首都 马斯 驱 驶 驾 骗 高度 高速 鲁 鸡 默 齐
"""
