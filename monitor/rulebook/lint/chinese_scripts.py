"""Simplified and Traditional Chinese: the characters of trade news that belong to one script only."""

from __future__ import annotations

_PAIRS = (
    "关關税稅农農产產协協议議对對华華国國会會谈談贸貿买買卖賣购購进進并併单單双雙实實现現边邊约約级級给給结結统統维維续續纪紀线線组組终終经經绿綠编編缓緩缔締缩縮网網罗羅罚罰联聯听聽声聲职職胜勝脑腦"
    "舰艦艺藝节節营營虑慮虽雖补補装裝见見观觀规規视視览覽觉覺计計订訂认認讨討让讓训訓设設访訪证證评評识識诉訴词詞试試话話询詢该該详詳语語误誤说說请請诸諸调調谁誰谓謂谢謝谨謹贝貝负負财財责責贤賢败敗"
    "货貨质質贩販贯貫贵貴贷貸费費贺賀资資赋賦赔賠赖賴赚賺赛賽赞贊赠贈赢贏趋趨践踐车車转轉轮輪软軟载載较較辅輔辆輛输輸达達迁遷过過运運还還这這远遠违違连連迟遲适適选選递遞逻邏遗遺邮郵针針钢鋼钱錢钻鑽"
    "铁鐵铜銅铝鋁银銀销銷锁鎖错錯键鍵镇鎮镓鎵锗鍺锑銻长長门門闭閉问問闻聞间間际際陆陸陈陳险險随隨难難页頁项項顺順须須预預领領频頻题題额額颜顏风風飞飛饮飲马馬驻駐验驗鱼魚鲁魯鸡雞麦麥黄黃齐齊龙龍书書"
    "乐樂习習乡鄉争爭亏虧亚亞亿億仅僅从從众眾优優伟偉传傳伤傷体體债債倾傾偿償儿兒兑兌党黨兰蘭兴興养養内內军軍冲衝决決况況冻凍净淨减減几幾击擊划劃则則刚剛创創删刪别別剂劑办辦务務动動劳勞势勢勋勳医醫"
    "卫衛厂廠厅廳历歷压壓厌厭县縣参參发發变變叙敘号號吗嗎员員启啟图圖团團园園围圍块塊坏壞坚堅坛壇垄壟执執扩擴扫掃扬揚扰擾抛拋抢搶护護报報担擔拟擬择擇挂掛挡擋挥揮损損换換据據搁擱摆擺敌敵数數断斷无無"
    "旧舊时時昼晝显顯晋晉术術机機权權条條来來杰傑构構枪槍标標样樣档檔桥橋检檢楼樓欢歡欧歐残殘毁毀气氣汇匯汉漢沟溝没沒济濟测測浓濃涨漲润潤渐漸渔漁温溫湾灣满滿滞滯灭滅灵靈点點炼煉热熱爱愛状狀独獨环環"
    "电電画畫疗療盘盤盗盜监監矿礦码碼砖磚确確础礎离離种種积積称稱稳穩穷窮竞競笔筆签簽简簡类類粮糧紧緊储儲采採库庫庆慶庄莊应應归歸录錄忆憶惊驚惩懲惯慣戏戲战戰户戶扑撲抚撫拥擁拦攔拨撥挤擠挚摯捞撈捡撿"
    "掷擲携攜摄攝撑撐斩斬业業专專与與为為个個们們将將开開强強张張场場总總织織继繼绝絕络絡缴繳纤纖练練绪緒绕繞账賬导導属屬层層岛島严嚴广廣弹彈复復恶惡宪憲怀懷暂暫树樹横橫杀殺浅淺涌湧潜潛泽澤烧燒尔爾"
    "牵牽奖獎获獲毕畢异異当當尽盡碍礙礼禮筑築筹籌圣聖肃肅临臨举舉苏蘇处處虚虛译譯丰豐赶趕迹跡踪蹤轨軌邻鄰释釋锋鋒链鏈盐鹽庞龐辉輝备備郑鄭刘劉吴吳杨楊孙孫宁寧苹蘋伦倫纽紐顿頓兹茲"
)
"""Simplified character, Traditional character, and so on. Those that both scripts use (后, 台, 里, 只) are left out."""

SIMPLIFIED = dict(zip(_PAIRS[1::2], _PAIRS[::2], strict=True))


def _in(text: str, charset: str) -> bool:
    try:
        return bool(text.encode(charset))
    except UnicodeEncodeError:
        return False


_ONLY_SIMPLIFIED = frozenset(char for char in SIMPLIFIED.values() if not _in(char, "big5"))
"""Without those that are Traditional characters of another meaning too, such as 并, 几 and 与."""


def simplified(text: str) -> str | None:
    """The same text in Simplified characters; None if it has Traditional ones that are not known here."""
    out = "".join(SIMPLIFIED.get(char, char) for char in text)
    return out if _in(out, "gb2312") else None


def is_mixed(text: str) -> bool:
    """Whether a text has characters of both scripts, which hardly any news has within one word."""
    return any(char in SIMPLIFIED for char in text) and any(char in _ONLY_SIMPLIFIED for char in text)
