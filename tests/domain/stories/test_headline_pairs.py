"""Pairs of headlines written by hand: contradictions must never join, other wordings of one report must."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.domain.model import Entry, Publisher
from monitor.domain.stories.entry_keys import entry_keys
from monitor.domain.stories.identify import identify
from monitor.domain.stories.index import StoryIndex

NOW = datetime(2025, 12, 3, 9, tzinfo=UTC)


class Anyone:
    """Every source is a publisher of its own."""

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(source)


def joins(known: str, fresh: str) -> bool:
    """Whether `fresh`, from another outlet, joins the story that `known` opened."""
    index = StoryIndex()
    first, second = (
        Entry(url, title, url, NOW, "", source)
        for title, url, source in ((known, "https://one.example/1", "One"), (fresh, "https://other.example/1", "Other"))
    )
    index.add(identify(first, index, Anyone(), NOW).story, entry_keys(first))
    return identify(second, index, Anyone(), NOW).kind != "new"


APART = """\
# numbers
China has bought 7 million tons of US soybeans, Treasury says || China has bought 8 million tons of US soybeans, Treasury says
Washington trims fentanyl duty on Chinese goods to 10 percent || Washington trims fentanyl duty on Chinese goods to 20 percent
Beijing lists 1,619 tariff lines for lower duties in new offer || Beijing lists 1,916 tariff lines for lower duties in new offer
Exporters sell 332,000 tons of soybeans to China in flash sale || Exporters sell 232,000 tons of soybeans to China in flash sale
Joint venture gives American investors 80.1 percent of video app || Joint venture gives American investors 19.9 percent of video app
Three soybean exporters regain their licences to ship to China || Five soybean exporters regain their licences to ship to China
China to cut duties on $30 billion of American farm goods || China to cut duties on $30 million of American farm goods
China's magnet shipments to US rise 11 percent from month before || China's magnet shipments to US rise 1.1 percent from month before
China bought about half of promised soybeans by year end || China bought about all of promised soybeans by year end
中国已采购七百万吨美国大豆完成过半承诺 || 中国已采购八百万吨美国大豆完成过半承诺
海关总署公布十一月对美出口稀土磁体656吨 || 海关总署公布十一月对美出口稀土磁体590吨
双方商定对各自300亿美元商品降低关税 || 双方商定对各自600亿美元商品降低关税
# negation
China confirms it will buy twelve million tons of soybeans || China has not confirmed it will buy twelve million tons of soybeans
Beijing is bound by the Busan soybean pledge, ministry says || Beijing is not bound by the Busan soybean pledge, ministry says
Chip maker can ship H200 processors to China from January || Chip maker can't ship H200 processors to China from January
Beijing lifts curbs on gallium exports to American buyers || Beijing never lifts curbs on gallium exports to American buyers
Rare earth magnets reach American plants after Busan talks || No rare earth magnets reach American plants after Busan talks
Farm surcharge stays off American wheat, Chinese customs say || Farm surcharge stays on American wheat, Chinese customs say
Customs officers clear American logs at Chinese ports again || Customs officers do not clear American logs at Chinese ports again
All Chinese ships are exempt from American port fees || Not all Chinese ships are exempt from American port fees
China buys soybeans with conditions set at Busan meeting || China buys soybeans without conditions set at Busan meeting
中方已取消对美农产品加征的关税 || 中方未取消对美农产品加征的关税
商务部证实将向美方发放稀土通用许可 || 商务部未证实将向美方发放稀土通用许可
美方允许H200芯片对华出口销售 || 美方不允许H200芯片对华出口销售
中储粮没有在本周采购美国大豆船货 || 中储粮在本周采购美国大豆船货
# direction
Washington raises port fees on Chinese-built vessels from Friday || Washington cuts port fees on Chinese-built vessels from Friday
Leaders extend the Busan tariff truce before November date || Leaders end the Busan tariff truce before November date
Dutch court approves order to take control of chip maker || Dutch court rejects order to take control of chip maker
China tightens its rules on rare earth exports to chip firms || China eases its rules on rare earth exports to chip firms
China steps up purchases of American sorghum and wheat cargoes || China scales back purchases of American sorghum and wheat cargoes
US adds Chinese drone maker to entity list, notice shows || US drops Chinese drone maker from entity list, notice shows
China suspends notices 55 to 58 on rare earths for a year || China reinstates notices 55 to 58 on rare earths for a year
Soybean sales to China pick up ahead of February deadline || Soybean sales to China slow down ahead of February deadline
Wafer exports from Chinese plant resume after Dutch decision || Wafer exports from Chinese plant stop after Dutch decision
US to lower average tariff on Chinese goods under pact || US to keep average tariff on Chinese goods under pact
China opens antitrust probe of American chip designer || China closes antitrust probe of American chip designer
China lifts sanctions on units of Korean shipbuilder for a year || China imposes sanctions on units of Korean shipbuilder for a year
China's imports of American beef increase in third quarter || China's imports of American beef decrease in third quarter
Commerce bureau strengthens the affiliates rule for listed firms || Commerce bureau weakens the affiliates rule for listed firms
中美同意延长关税休战期限一年 || 中美同意终止关税休战期限一年
商务部宣布恢复三家美国企业大豆输华资质 || 商务部宣布暂停三家美国企业大豆输华资质
国务院关税税则委员会上调对美农产品关税 || 国务院关税税则委员会下调对美农产品关税
荷兰政府撤销对安世半导体的接管令 || 荷兰政府维持对安世半导体的接管令
美国将多家中国企业移入实体清单名录 || 美国将多家中国企业移出实体清单名录
交通运输部停止对美船收取特别港务费 || 交通运输部开始对美船收取特别港务费
十一月对美稀土磁体出口环比增长一成 || 十一月对美稀土磁体出口环比下降一成
# another actor
Bessent says soybean purchases are on schedule for February || Rollins says soybean purchases are on schedule for February
Greer expects China to keep every promise made in Busan || Lutnick expects China to keep every promise made in Busan
Canada signs trade truce covering canola and electric cars || China signs trade truce covering canola and electric cars
Oracle takes charge of data security at the video app || ByteDance takes charge of data security at the video app
Sinograin books first American soybean cargoes of the season || COFCO books first American soybean cargoes of the season
Japan restricts exports of chip chemicals to Chinese plants || Korea restricts exports of chip chemicals to Chinese plants
Nvidia wins licence to sell accelerators to Chinese clients || AMD wins licence to sell accelerators to Chinese clients
Soybean pledge will be kept in full - Bessent || Soybean pledge will be kept in full - He Lifeng
Trade truce is in danger after chip ruling - Commerce Ministry || Trade truce is in danger after chip ruling - White House
US says China broke the rare earth promise made in Busan || US, China broke the rare earth promise made in Busan
商务部：有关方面违反釜山会晤共识 || 美国贸易代表：有关方面违反釜山会晤共识
美方称对方未履行大豆采购承诺内容 || 中方称对方未履行大豆采购承诺内容
贝森特表示大豆采购进展顺利符合预期 || 格里尔表示大豆采购进展顺利符合预期
大豆采购将如期全部完成——贝森特 || 大豆采购将如期全部完成——商务部
# date or place
Tariff truce now runs until 10 November under new order || Tariff truce now runs until 10 January under new order
Envoys open talks in Stockholm on tariffs and rare earths || Envoys open talks in Paris on tariffs and rare earths
TikTok venture is due to close on Thursday, investors say || TikTok venture is due to close on Friday, investors say
Deadline for soybean purchases moves to end of February || Deadline for soybean purchases moves to end of March
President to visit Beijing in April for talks on trade pact || President to visit Beijing in May for talks on trade pact
Leaders meet in Shenzhen to renew the trade arrangement || Leaders meet in Miami to renew the trade arrangement
China's soybean promise covers calendar 2026, officials say || China's soybean promise covers calendar 2027, officials say
Tariff order takes effect today at American ports of entry || Tariff order takes effect tomorrow at American ports of entry
第七轮经贸磋商将在吉隆坡举行 || 第七轮经贸磋商将在马德里举行
特别港务费自11月10日起停止征收 || 特别港务费自11月14日起停止征收
美国总统将于四月访华商谈经贸安排 || 美国总统将于五月访华商谈经贸安排
# another round
Envoys end first round of trade talks in Kuala Lumpur || Envoys end second round of trade talks in Kuala Lumpur
China issues first batch of general licences for magnets || China issues second batch of general licences for magnets
Eighth round of consultations opens with focus on tariffs || Ninth round of consultations opens with focus on tariffs
Chinese buyers take another dozen cargoes of American soybeans || Chinese buyers take a dozen cargoes of American soybeans
US extends exclusions for Chinese machinery again until autumn || US extends exclusions for Chinese machinery until autumn
中美第八轮经贸磋商在巴黎开幕 || 中美第九轮经贸磋商在巴黎开幕
商务部发放首批稀土磁体通用许可 || 商务部发放第二批稀土磁体通用许可
# denial
Beijing confirms plan to drop duties on American lumber || Beijing denies plan to drop duties on American lumber
Ministry says it agreed to sell the video app's algorithm || Ministry denies it agreed to sell the video app's algorithm
China halts magnet shipments to American defence suppliers || China denies it halts magnet shipments to American defence suppliers
Report that China cancelled soybean cargoes is accurate, ministry says || Report that China cancelled soybean cargoes is false, ministry says
Buyers confirm cancelled soybean cargoes after tariff ruling || Buyers dismiss cancelled soybean cargoes after tariff ruling
外交部证实双方已就延长休战达成一致 || 外交部否认双方已就延长休战达成一致
商务部：已经批准英伟达芯片进口申请 || 商务部：从未批准英伟达芯片进口申请
网传暂停采购美国大豆消息属实 官方回应 || 网传暂停采购美国大豆消息不实 官方回应
# modality
US may extend tariff truce with China beyond November || US will extend tariff truce with China beyond November
China agrees to buy more American farm goods every year || China close to agreeing to buy more American farm goods every year
US close to deal on port fees with Chinese ship owners || US to close deal on port fees with Chinese ship owners
Beijing considers easing rare earth licences for carmakers || Beijing begins easing rare earth licences for carmakers
China buys American wheat for the first time since spring || China to buy American wheat for the first time since spring
Washington plans to pause the affiliates rule for a year || Washington to pause the affiliates rule for a year
China could resume imports of American logs next month || China should resume imports of American logs next month
Regulators likely approve sale of video app this week || Regulators approve sale of video app this week
Chinese firms agreed to buy 25 million tons of soybeans || Chinese firms agreed in principle to buy 25 million tons of soybeans
Beijing formally suspends port charges on American vessels || Beijing suspends port charges on American vessels
China vows to buy more soybeans after the Busan summit || China weighs to buy more soybeans after the Busan summit
US open to talks on chip exports with Chinese officials || US to open talks on chip exports with Chinese officials
中方考虑批准稀土磁体出口通用许可 || 中方已经批准稀土磁体出口通用许可
美方有望延长对华关税豁免期限 || 美方宣布延长对华关税豁免期限
中企拟采购二十船美国大豆用于压榨 || 中企采购二十船美国大豆用于压榨
双方原则上就延长休战达成一致 || 双方正式就延长休战达成一致
# question
Is China keeping its promise on American soybeans? || China is keeping its promise on American soybeans
Is China keeping its promise on American soybeans || China is keeping its promise on American soybeans
Will Beijing free rare earth exports to American carmakers || Beijing will free rare earth exports to American carmakers
Has Washington dropped the affiliates rule for good || Washington has dropped the affiliates rule for good
Why China will honour the soybean pledge made in Busan || China will honour the soybean pledge made in Busan
Whether China will honour soybean pledge made in Busan || China will honour soybean pledge made in Busan
中方会如期履行大豆采购承诺吗？ || 中方会如期履行大豆采购承诺
美国是否延长对华关税休战期限 || 美国延长对华关税休战期限
# roles exchanged
China sues US over chip export rules at trade body || US sues China over chip export rules at trade body
US accuses China of stalling on rare earth licences || China accuses US of stalling on rare earth licences
Bessent says farmers will gain from Busan trade pact || Farmers say Bessent will gain from Busan trade pact
US: China must keep its promise on soybean purchases || China: US must keep its promise on soybean purchases
China says US must keep its promise on chip export rules || US says China must keep its promise on chip export rules
Beijing asks Washington for more time on soybean orders || Washington asks Beijing for more time on soybean orders
In blow to US, China halts purchases of soybeans and corn || In blow to China, US halts purchases of soybeans and corn
Tariffs hurt China while US gains from Busan arrangement || Tariffs hurt US while China gains from Busan arrangement
Only China suspended port fees after the Busan meeting || China suspended only port fees after the Busan meeting
Chip exports before soybean imports, Chinese envoy says || Soybean imports before chip exports, Chinese envoy says
US sells soybeans to China in exchange for rare earths || China sells rare earths to US in exchange for soybeans
Duty falls from 57 to 47 percent for Chinese exporters || Duty falls from 47 to 57 percent for Chinese exporters
中国对美国提起世贸诉讼指其违反规则 || 美国对中国提起世贸诉讼指其违反规则
中方敦促美方履行釜山会晤达成的共识 || 美方敦促中方履行釜山会晤达成的共识
# another good
China books ten cargoes of American soybeans for March || China books ten cargoes of American sorghum for March
China suspends export ban on gallium to American buyers || China suspends export ban on antimony to American buyers
US clears export of H20 chips to Chinese cloud firms || US clears export of H200 chips to Chinese cloud firms
China renews registration of American beef plants after talks || China renews registration of American pork plants after talks
China lowers tariffs on American lumber in goodwill step || China lowers tariffs on American coal in goodwill step
China buys American soybean oil for January delivery || China buys American soybean meal for January delivery
China issues export licences for yttrium to American firms || China issues export licences for terbium to American firms
中国恢复进口美国原木首批船货已到港 || 中国恢复进口美国牛肉首批船货已到港
商务部放宽对美镓出口管制措施公告 || 商务部放宽对美锑出口管制措施公告
中企签约采购二十船美国大豆 || 中企签约采购二十船美国高粱
# another month's release
China's rare earth exports climb in October, customs data show || China's rare earth exports climb in November, customs data show
China's soybean imports from US were zero in September || China's soybean imports from US were zero in October
Weekly soybean export sales to China hit year's high || Monthly soybean export sales to China hit year's high
Magnet exports to US recover in first quarter, data show || Magnet exports to US recover in second quarter, data show
USDA report for week to Jan. 8 shows new soybean sales to China || USDA report for week to Jan. 15 shows new soybean sales to China
海关数据：十月自美国进口大豆为零 || 海关数据：九月自美国进口大豆为零
前十个月我国稀土出口量同比增长 || 前十一个月我国稀土出口量同比增长
一季度对美稀土磁体出口量回升 || 二季度对美稀土磁体出口量回升
# one word more
China signs soybean purchase agreement with American growers || China signs draft soybean purchase agreement with American growers
China issues limited rare earth licences to American carmakers || China issues rare earth licences to American carmakers
China claims it met soybean target set at Busan summit || China met soybean target set at Busan summit
China keeps stalled soybean orders on the books, traders say || China keeps soybean orders on the books, traders say
China requests extension of tariff truce beyond November date || China extension of tariff truce beyond November date
China's soybean imports hit record in May as Brazil ships more || China's soybean imports hit record low in May as Brazil ships more
Envoys fail to agree agenda for the leaders' meeting in April || Envoys agree agenda for the leaders' meeting in April
China said to buy American soybeans for state reserves || China to buy American soybeans for state reserves
US shipping fee on Chinese vessels stays suspended || US shipping fee on Chinese vessels stays
商务部研究批准英伟达芯片进口申请 || 商务部批准英伟达芯片进口申请
中方考虑延长对美关税休战一年期限 || 中方延长对美关税休战一年期限
美方威胁对中国商品加征百分之百关税 || 美方对中国商品加征百分之百关税
中方准备恢复采购美国高粱和小麦 || 中方恢复采购美国高粱和小麦
商务部原则同意发放稀土通用许可 || 商务部同意发放稀土通用许可
中国有条件批准英伟达芯片采购申请 || 中国批准英伟达芯片采购申请
市场传闻中粮采购十船美国大豆 || 中粮采购十船美国大豆
Beijing signs interim licence deal with American carmakers for magnets || Beijing signs licence deal with American carmakers for magnets
Trade pact survives chip ruling as envoys meet in Stockholm || Trade pact unlikely survives chip ruling as envoys meet in Stockholm
Washington's waiver lets Korean plants ship chips to China || Washington's expired waiver lets Korean plants ship chips to China
Chip tool maker gets temporary licence for Chinese clients || Chip tool maker gets licence for Chinese clients
Dutch minister to visit Beijing over chip maker row || Dutch minister not to visit Beijing over chip maker row
中美就芬太尼关税达成框架协议 || 中美就芬太尼关税达成协议
中国进口商取消部分美豆订单 || 中国进口商取消美豆订单
China signs mock soybean purchase agreement with American growers || China signs soybean purchase agreement with American growers
Beijing's cap on rare earth exports to American carmakers stays || Beijing's rare earth exports to American carmakers stays
China resumes imports of American beef from sanctioned plants || China resumes imports of American beef from plants
Minister's remarks on tariff truce with China retracted by ministry || Minister's remarks on tariff truce with China by ministry
US chip licence for Chinese cloud firms revoked in new order || US chip licence for Chinese cloud firms in new order
Soybean purchases by Chinese mills beyond reach this year || Soybean purchases by Chinese mills this year
TikTok sale to American group in peril after hearing || TikTok sale to American group after hearing
Pause of affiliates rule for Chinese firms overturned in court || Pause of affiliates rule for Chinese firms in court
Critics say China met soybean target with old contracts || China met soybean target with old contracts
Traders guess China met soybean target for the season || China met soybean target for the season
Model shows China met soybean target for the season || China met soybean target for the season
China's soybean promise hollow as mills turn to Brazil || China's soybean promise as mills turn to Brazil
US port fee refund for Chinese ships refused || US port fee refund for Chinese ships
Treasury insists China on schedule with soybean purchases || China on schedule with soybean purchases
China curbs seen easing for American magnet buyers || China curbs easing for American magnet buyers
中方变相延长稀土出口管制措施 || 中方延长稀土出口管制措施
专家预测中方完成大豆采购承诺 || 中方完成大豆采购承诺
美媒猜测中方暂缓大豆采购计划 || 中方暂缓大豆采购计划
美方谎称中方完成大豆采购承诺 || 美方称中方完成大豆采购承诺
中方搁置稀土通用许可发放工作 || 中方稀土通用许可发放工作
美方废除对华芯片出口管制规则 || 美方对华芯片出口管制规则
双方磋商未果中方推迟大豆采购 || 双方磋商中方推迟大豆采购
美国对华关税维持不变至明年底 || 美国对华关税变至明年底
中企违约美国大豆采购合同金额巨大 || 中企美国大豆采购合同金额巨大
China honours part of soybean pledge, exporters say || China honours soybean pledge, exporters say
American growers ship soybeans to China under waiver || American growers ship soybeans to China
中方履行部分大豆采购承诺 || 中方履行大豆采购承诺
美方豁免部分中国商品关税一年 || 美方豁免中国商品关税一年
商务部长与美贸易代表通话谈芯片 || 商务部长拒与美贸易代表通话谈芯片
中美经贸磋商未取得实质进展 || 中美经贸磋商取得实质进展
# another verb or judgement
Beijing's soybean promise to American farmers stands, envoy says || Beijing's soybean promise to American farmers in doubt, envoy says
Soybean purchases from American farms resume after the summit || Soybean purchases from American farms at risk after the summit
TikTok joint venture closes after long wait for approval || TikTok joint venture deal collapses after long wait for approval
Court finds the emergency tariffs on Chinese goods legal || Court finds the emergency tariffs on Chinese goods illegal
US tries to extend tariff truce with China for a year || US extends tariff truce with China for a year
China ready to buy American sorghum again, traders say || China buys American sorghum again, traders say
US weighs end to port fees on Chinese ships this winter || US discusses end to port fees on Chinese ships this winter
Vice minister leads Chinese delegation at talks in Paris || Minister leads Chinese delegation at talks in Paris
Trade deal dispute ends with joint statement in Kuala Lumpur || Trade dispute deal ends with joint statement in Kuala Lumpur
China seeks approval to buy more American chips for data centres || China approves plan to buy more American chips for data centres
Tariffs on Chinese goods to remain at 47 percent, Greer says || Tariffs on Chinese goods to rise to 47 percent, Greer says
China accuses US of breaking chip export promise || China absolves US of breaking chip export promise
Soybean growers doubt China will meet the annual purchase target || Soybean growers trust China will meet the annual purchase target
US envoy praises Chinese efforts on fentanyl precursors || US envoy criticises Chinese efforts on fentanyl precursors
American firms welcome Chinese licences for rare earth magnets || American firms await Chinese licences for rare earth magnets
Chinese buyers ask for American wheat cargoes in spring || Chinese buyers pay for American wheat cargoes in spring
US farmers win back Chinese soybean market after truce || US farmers lose Chinese soybean market after truce
Ministry says general licences are valid for one year || Ministry says general licences are valid for one month
Rare earth shipments to Europe recover after general licences || Rare earth shipments to America recover after general licences
White House rejects Chinese offer on soybean purchases || White House accepts Chinese offer on soybean purchases
White House backs bill to curb chip sales to China || White House opposes bill to curb chip sales to China
Chip sales to China allowed under new rule from January || Chip sales to China barred under new rule from January
US court strikes down fentanyl tariffs on Chinese goods || US court lets stand fentanyl tariffs on Chinese goods
China suspends tariffs on American soybeans for one year || China suspends purchases of American soybeans for one year
US exempts Chinese chips from new tariffs until 2027 || US subjects Chinese chips to new tariffs until 2027
Chinese soybean buyers switch from Brazil to United States || Chinese soybean buyers switch from United States to Brazil
US imports of Chinese magnets top exports, data show || US exports of Chinese magnets top imports, data show
Trump tells Xi truce hinges on soybean purchases || Xi tells Trump truce hinges on soybean purchases
Trump invites Xi to Washington for talks on trade || Xi invites Trump to Washington for talks on trade
Beijing's envoy to Washington leaves after tariff talks || Washington's envoy to Beijing leaves after tariff talks
Trump and Xi agree to extend truce, Beijing silent || Trump agrees to extend truce, Beijing silent
China to meet soybean target early, trade chief says || China to meet soybean target late, trade chief says
US says China deal done, Beijing says talks go on || Beijing says China deal done, US says talks go on
Exporters await answer as China reviews licence applications || Exporters get answer as China approves licence applications
Chip maker's Chinese unit rejects Dutch parent's orders || Chip maker's Chinese unit obeys Dutch parent's orders
China adds tariff on American corn and sorghum cargoes || China drops tariff on American corn and sorghum cargoes
Soybean futures rise as China buys American cargoes || Soybean futures fall as China buys American cargoes
China exempts all American medical gear from extra duties || China exempts some American medical gear from extra duties
US halves tariffs on Chinese goods tied to fentanyl || US doubles tariffs on Chinese goods tied to fentanyl
China warns of countermeasures over chip export rules || China takes countermeasures over chip export rules
Sale of video app to American investors moves ahead || Sale of video app to American investors falls apart
中方要求美方延长关税休战一年期限 || 美方要求中方延长关税休战一年期限
中企计划采购二十船美国大豆用于压榨 || 中企完成采购二十船美国大豆用于压榨
美国呼吁中国履行大豆采购承诺 || 美国称赞中国履行大豆采购承诺
美企申请对华出口先进芯片获得许可 || 美企申请对华出口先进芯片遭到拒绝
双方讨论延长休战一年的具体安排 || 双方敲定延长休战一年的具体安排
中国从美国进口大豆数量创年内新高 || 中国从美国进口大豆数量创年内新低
字节跳动出售美国业务交易已经完成 || 字节跳动出售美国业务交易已经搁置
特朗普邀请习近平访美商谈经贸问题 || 习近平邀请特朗普访美商谈经贸问题
外交部：美方说法属实双方已通话 || 外交部：美方说法不属实双方未通话
中美元首将在釜山会晤商谈经贸 || 中美元首已在釜山会晤商谈经贸
美国对华芯片出口管制规则正式生效 || 美国对华芯片出口管制规则正式失效
美国被中国起诉至世贸组织争端机构 || 美国起诉中国至世贸组织争端机构
荷兰法院判决支持安世半导体中方股东 || 荷兰法院判决反对安世半导体中方股东
Chinese crushers snub American soybeans as margins shrink || Chinese crushers snap up American soybeans as margins shrink
Chinese crushers skip American soybeans this season, traders say || Chinese crushers favour American soybeans this season, traders say
Soybean premium vanishes as Chinese buyers return to market || Soybean premium vanishes as Chinese buyers exit market
US farmers see hopes of Chinese soybean orders revived || US farmers see hopes of Chinese soybean orders dashed
Prosecutors drop case against Chinese chip smuggler in Texas || Prosecutors open case against Chinese chip smuggler in Texas
White House official hints at longer tariff truce with China || White House official rules out longer tariff truce with China
Chinese magnet makers obtain general licences for American clients || Chinese magnet makers seek general licences for American clients
Chinese magnet makers obtain general licences for American clients || Chinese magnet makers obtain general licences for European clients
Beijing honours Busan promise on soybeans, trade chief says || Beijing ignores Busan promise on soybeans, trade chief says
TikTok algorithm to be retrained on American data, venture says || TikTok algorithm to be licensed from ByteDance, venture says
China's purchases of American sorghum remain at zero || China's purchases of American sorghum no longer at zero
Trade court hears case on fentanyl tariffs against China || Trade court throws out case on fentanyl tariffs against China
Tariff truce extension hinges on soybean purchases, envoy warns || Tariff truce extension secured on soybean purchases, envoy says
China rewrites rare earth rules to please American buyers || China rewrites rare earth rules to punish American buyers
Video app venture names American chief executive || Video app venture names Chinese chief executive
Port fees cost Chinese shipping line $100 million in quarter || Port fees save Chinese shipping line $100 million in quarter
Beijing tells mills to buy American soybeans for reserves || Beijing tells mills to shun American soybeans for reserves
US senators urge president to keep chip curbs on China || US senators urge president to relax chip curbs on China
China sees risks in truce with United States || China sees gains in truce with United States
Purchases of American soybeans exceed pledge, Chinese data show || Purchases of American soybeans trail pledge, Chinese data show
Chinese ministry hosts American executives for soybean signing || Chinese ministry hosts Brazilian executives for soybean signing
Truce talks between Washington and Beijing break up early || Truce talks between Washington and Beijing wrap up early
Consultations with Beijing on rare earths productive, Greer says || Consultations with Beijing on rare earths unproductive, Greer says
Chip maker Nexperia's Chinese unit cut off from wafers || Chip maker Nexperia's Chinese unit supplied with wafers
American soybean cargo turned away at Chinese port || American soybean cargo unloaded at Chinese port
American soybean cargo bound for China diverts to Egypt || American soybean cargo bound for China arrives
Soybean sale to China cancelled by mutual consent, exporters say || Soybean sale to China concluded by mutual consent, exporters say
US Treasury labels China a currency manipulator || US Treasury declines to label China a currency manipulator
China and US to set up Board of Trade || China and US to abandon Board of Trade
China, US agree on rare earth price floor || China, EU agree on rare earth price floor
Leaders shake hands on soybean deal worth $17 billion || Leaders shake hands on farm deal worth $17 billion
US soybean exports to China down from last year || US soybean exports to China up from last year
Rare earth magnet prices double outside China on new curbs || Rare earth magnet prices double inside China on new curbs
Chinese importer defaults on American soybean contracts || Chinese importer performs on American soybean contracts
Congress votes to block chip sales to Chinese clouds || Congress votes to permit chip sales to Chinese clouds
商务部驳回美企稀土许可申请 || 商务部受理美企稀土许可申请
中方欢迎美方延长关税豁免的决定 || 中方谴责美方延长关税豁免的决定
首艘载有美国大豆的货轮抵达中国港口 || 首艘载有美国大豆的货轮驶离中国港口
美国法院裁定对华关税合法 || 美国法院裁定对华关税违法
中国电池出口管制公告推迟实施 || 中国电池出口管制公告如期实施
美国大豆协会感谢中方履行承诺 || 美国大豆协会质疑中方履行承诺
中方敦促荷方纠正错误做法 || 中方欢迎荷方纠正错误做法
美国港口费暂停期满后不再征收 || 美国港口费暂停期满后恢复征收
中美商定设立贸易委员会机制 || 中美商定撤销贸易委员会机制
稀土出口许可审批明显加快 || 稀土出口许可审批明显放慢
美国将英伟达芯片销售抽成定为25% || 美国将英伟达芯片销售抽成定为15%
抖音海外版美国业务交割完成 || 抖音海外版美国业务交割延期
中国海关放行被扣美国牛肉 || 中国海关退运被扣美国牛肉
双方团队将于下周在日内瓦会面 || 双方团队将于下月在日内瓦会面
中方：美单方面加税做法违反共识 || 美方：中单方面加税做法违反共识
美总统称将与中国达成更大协议 || 美总统称已与中国达成更大协议
中国对美集装箱船费减半征收 || 中国对美集装箱船费加倍征收
中国重启对美高粱进口资质审核 || 中国完成对美高粱进口资质审核
Envoys report deadlock in trade consultations with Beijing || Envoys report progress in trade consultations with Beijing
China honours soybean pledge in name, exporters complain || China honours soybean pledge, exporters complain
Chinese refusal to buy American soybeans worries growers in Iowa || Chinese promise to buy American soybeans cheers growers in Iowa
Beijing threatens rare earth licences for American carmakers || Beijing issues rare earth licences for American carmakers
Tariff truce with China violated, trade chief tells Senate || Tariff truce with China, trade chief tells Senate
Analyst sees China meeting soybean target for the season || Envoy sees China meeting soybean target for the season
Fake memo shows China dropping soybean purchases for good || Memo shows China dropping soybean purchases for good
Ex-minister says China will keep soybean promise this year || Minister says China will keep soybean promise this year
Chinese mills defer American soybean cargoes to summer || Chinese mills book American soybean cargoes to summer
Chinese spokesman sidesteps question on soybean purchases from American farms || Chinese spokesman answers question on soybean purchases from American farms
Beijing mirrors American port fees with charge of its own || Beijing drops American port fees with charge of its own
中方口头承诺采购美国大豆一千二百万吨 || 中方书面承诺采购美国大豆一千二百万吨
China buys American soybeans from old crop, traders say || China buys American soybeans from new crop, traders say
Washington grants Korean plants waiver on Chinese chip tools || Washington denies Korean plants waiver on Chinese chip tools
China restores licences of soybean exporters after phone call || China restores licences of log exporters after phone call
Chinese customs clears American beef stuck since spring || Chinese customs seizes American beef stuck since spring
US envoy thanks Beijing for rare earth licences || US envoy presses Beijing for rare earth licences
China resumes talks with Washington over fentanyl duties || China breaks off talks with Washington over fentanyl duties
China resumes talks with Washington over fentanyl duties || China resumes talks with Ottawa over canola duties
Rare earth licences flow to American firms, lobby group says || Rare earth licences dry up for American firms, lobby group says
Beijing pledges soybean purchases worth $17 billion a year || Beijing pledges soybean purchases worth $17 billion over three years
Mills book soybeans for state reserves at market price || Mills book soybeans for state reserves above market price
Tariff on Chinese toys falls to 20 percent in January || Tariff on Chinese toys falls by 20 percent in January
Tariff on Chinese toys falls to 20 percent in January || Tariff on Chinese toys falls from 20 percent in January
US adds clause on rare earths to trade pact with China || US drops clause on rare earths from trade pact with China
China's commerce ministry hints truce will be extended || China's commerce ministry confirms truce will be extended
China's envoy optimistic on truce after talks in Paris || China's envoy pessimistic on truce after talks in Paris
American chip firms free to sell to China, says bureau || American chip firms forbidden to sell to China, says bureau
Oracle, Silver Lake sign papers for video app venture || Oracle, Silver Lake delay papers for video app venture
Chinese ship owners pay American port fees for last time || Chinese ship owners pay American port fees for first time
President says he trusts Xi on soybean purchases || President says he distrusts Xi on soybean purchases
Mainland China buyers return to American sorghum market || Taiwan buyers return to American sorghum market
Soybean sales to China near pledge for December || Soybean sales to China far from pledge for December
US-China trade board meets for inaugural session in Beijing || US-China trade board postpones inaugural session in Beijing
Congress approves funds to offset Chinese soybean boycott || Congress approves funds to offset Chinese soybean purchases
Chinese soybean boycott ends as mills book cargoes || Chinese soybean boycott persists as mills book cargoes elsewhere
Secret annex covers chip sales, says Commerce Secretary || Secret annex excludes chip sales, says Commerce Secretary
Chinese unit of Nexperia declares independence from Dutch parent || Chinese unit of Nexperia makes peace with Dutch parent
China releases soybeans from reserves to make room for imports || China adds soybeans to reserves to make room for imports
Chinese list of rare earth exporters grows to ten firms || Chinese list of rare earth exporters shrinks to ten firms
稀土出口企业获发为期一年许可 || 稀土出口企业获发为期一月许可
中美经贸磋商取得实质进展 || 中美经贸磋商取得有限进展
中国粮商洽购美国大豆船货 || 中国粮商退订美国大豆船货
美国扩大对华芯片出口限制范围 || 美国缩小对华芯片出口限制范围
安世半导体中国工厂恢复晶圆供应 || 安世半导体中国工厂断绝晶圆供应
中国海关暂停进口美国原木措施取消 || 中国海关暂停进口美国原木措施生效
"""
JOINED = """\
# labels, outlets, notes
China clears first soybean cargo under Busan pledge || UPDATE 3-China clears first soybean cargo under Busan pledge
China clears first soybean cargo under Busan pledge || CORRECTED-UPDATE 1-China clears first soybean cargo under Busan pledge
China clears first soybean cargo under Busan pledge || 🚨 BREAKING: China clears first soybean cargo under Busan pledge
China clears first soybean cargo under Busan pledge || Exclusive | China Clears First Soybean Cargo Under Busan Pledge
China clears first soybean cargo under Busan pledge || (2nd LD) China clears first soybean cargo under Busan pledge
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge | World | The Star
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge - South China Morning Post
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge (Reuters)
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge - U.S. News & World Report
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge: report
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge, officials say
China clears first soybean cargo under Busan pledge || China clears first soybean cargo under Busan pledge (video)
Truce holds: what farmers expect of the coming spring season || Truce holds: what farmers expect of the coming spring season - France 24
# letters, signs, spellings
China's 'candid' talks with US end without joint paper || CHINA’S “CANDID” TALKS WITH U.S. END WITHOUT JOINT PAPER
US-China trade truce enters its second month of calm || US–China trade truce enters its second month of calm
Beijing finalises licence programme for magnet makers || Beijing finalizes license program for magnet makers
Chinese buyers pay $40 bn for American farm goods || Chinese buyers pay $40 billion for American farm goods
Washington cuts the fentanyl duty to 10 per cent today || Washington cuts the fentanyl duty to 10% today
Two soybean ships leave New Orleans for Chinese ports || 2 soybean ships leave New Orleans for Chinese ports
Tariff refund rules come into force on Feb. 24 in U.S. || Tariff refund rules come into force on February 24 in United States
Zelenskiy hails rare earth pact signed with United States || Zelensky hails rare earth pact signed with US
# small words
Envoys of the two sides hold candid talks in Kuala Lumpur || Envoys of two sides hold candid talks in Kuala Lumpur
Beijing and Washington are discussing a longer tariff truce || Beijing, Washington discussing a longer tariff truce
American wheat cargo unloads at Chinese port of Nansha || American wheat cargo unloads at the Chinese port of Nansha
Trade chief says magnets are flowing to carmakers in Ohio || Trade chief: magnets are flowing to carmakers in Ohio
# one plain word
Treasury chief sees smooth progress on soybean orders || Treasury chief sees progress on soybean orders
Senators demand details of historic video app sale to Oracle || Senators demand details of video app sale to Oracle
Grain ports prepare for Chinese vessels as harvest peaks || Grain ports prepare for large Chinese vessels as harvest peaks
Dutch minister defends seizure of ailing chip maker Nexperia || Dutch minister defends seizure of chip maker Nexperia
Iowa growers welcome big-ticket soybean orders from China after bitter summer of tariffs || Iowa growers welcome soybean orders from China after bitter summer of tariffs
# close synonyms
China halts purchases of American sorghum after ruling || China stops purchases of American sorghum after ruling
Washington pauses port fees on vessels built in China || Washington suspends port fees on ships built in China
Beijing and Washington near accord on chip export permits || Beijing and Washington near agreement on chip export licences
Trade negotiations between envoys begin in Stockholm today || Trade talks between envoys start in Stockholm today
Beijing weighs lower duties on American beef and pork || Beijing considers lower tariffs on American beef and pork
China pledges bigger soybean orders following Busan summit || China vows larger soybean orders after Busan summit
White House delays probe of Chinese semiconductors until autumn || White House postpones investigation of Chinese chips until autumn
# neighbours exchanged
Farm state senators press for faster soybean sales to China || Farm state senators press for soybean faster sales to China
Magnet makers wait patiently for general export licences || Magnet makers patiently wait for general export licences
Chinese buyers quietly book cargoes of American soybeans || Chinese buyers book quietly cargoes of American soybeans
Retailers brace for costly tariff refunds after court ruling || Retailers brace for tariff costly refunds after court ruling
# end cut off
Beijing lets three American exporters ship soybeans to Chinese crushers again || Beijing lets three American exporters ship soybeans to Chin…
Washington and Beijing agree to hold port fees at zero for twelve months || Washington and Beijing agree to hold port fees...
商务部宣布自十一月十日起暂停对美船舶收取特别港务费 || 商务部宣布自十一月十日起暂停对美船舶收取…
# Chinese
中储粮采购十船美国大豆用于国家储备 || 【快讯】中储粮采购十船美国大豆用于国家储备
中储粮采购十船美国大豆用于国家储备 || 国际观察丨中储粮采购十船美国大豆用于国家储备
中储粮采购十船美国大豆用于国家储备 || 刚刚，中储粮采购十船美国大豆用于国家储备
中储粮采购十船美国大豆用于国家储备 || 中储粮采购十船美国大豆用于国家储备——人民日报
中储粮采购十船美国大豆用于国家储备 || 中储粮采购十船美国大豆用于国家储备（新华社）
中储粮采购十船美国大豆用于国家储备 || 中储粮采购十船美国大豆用于国家储备_新浪财经
中储粮采购10船美国大豆用于国家储备 || 中储粮采购 １０ 船美国大豆用于国家储备
商务部：“通用许可”申请已获批准，出口有序恢复 || 商务部:「通用许可」申请已获批准,出口有序恢复
中储粮采购十船美国大豆用于国家储备 || 中储粮购买十船美国大豆用于国家储备
中美经贸磋商在巴黎举行 双方坦诚交换意见 || 中美经贸谈判在巴黎举行，双方坦诚交换意见
美方宣布暂停船舶港务费一年 || 美方公布中止船舶港务费一年
商务部新闻发言人就对美磋商答记者问 || 更正：商务部新闻发言人就对美磋商答记者问-中新网
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    """The kind and the two headlines of each line, separated by a double bar. A line with # names the kind."""
    found, kind = list[tuple[str, str, str]](), ""
    for line in table.splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        else:
            known, fresh = line.split(" || ")
            found.append((kind, known, fresh))
    return found


def failures(table: str, *, joined: bool) -> list[str]:
    """The pairs that join, or stay apart, against the claim."""
    found = rows(table)
    if not joined:
        found += [(kind, fresh, known) for kind, known, fresh in found]
    return [f"{kind}: {known} || {fresh}" for kind, known, fresh in found if joins(known, fresh) is not joined]


def test_headlines_of_different_reports_never_join_in_either_order() -> None:
    assert len(rows(APART)) >= 300
    assert failures(APART, joined=False) == []


def test_one_report_in_other_words_joins() -> None:
    assert len(rows(JOINED)) >= 55
    assert failures(JOINED, joined=True) == []
