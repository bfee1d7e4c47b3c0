"""Sentences with a matched act (in square brackets), and the date or amount in them that is the act's own.

Written as in `date_phrases` and `amount_phrases`; "" where none in the sentence is the act's. Published 10 December
2025.
"""

from __future__ import annotations

ACTS_AND_DATES = [
    (
        "China, whose ministry met on 3 December, will [suspend the controls] until 10 November 2026",
        "2026-11-10 day expiry",
    ),
    ("The [truce, which expires] Nov. 10, faces a threat of new tariffs by Dec. 31", "2026-11-10 day expiry"),
    ("The truce, which expires Nov. 10, faces a [threat of new tariffs] by Dec. 31", "2025-12-31 day due"),
    ("After talks on 30 October, Beijing [suspended the controls] until 10 November 2026", "2026-11-10 day expiry"),
    (
        "Beijing, which met its deadline of 1 December, will [resume purchases] by the end of February",
        "2026-02-28 day due",
    ),
    ("The ministry said on Dec. 4 it would [halt the port fees] through Nov. 9, 2026", "2026-11-09 day expiry"),
    ("The venture must [close the sale] by Jan. 22, while the truce runs until Nov. 10", "2026-01-22 day due"),
    ("While the truce runs until Nov. 10, the venture must [close the sale] by Jan. 22", "2026-01-22 day due"),
    ("The deadline to [sell the app] moved from 16 December to 23 January", "2026-01-23 day due"),
    ("The [suspension], announced on 7 November, took effect on 10 November", "2025-11-10 day start"),
    (
        "Under a deal that ends on 10 November 2026, China will [buy 12 million tons] by the end of December",
        "2025-12-31 day due",
    ),
    (
        "China will [buy 12 million tons] by the end of December under a deal that ends on 10 November 2026",
        "2025-12-31 day due",
    ),
    ("The rule, [suspended] on 10 November 2025, comes back on 10 November 2026", "2025-11-10 day"),
    (
        "Officials who spoke on Dec. 2 and Dec. 3 said they [extended the exclusions] to Nov. 10, 2026",
        "2026-11-10 day expiry",
    ),
    ("The House votes by Dec. 20; Beijing will [suspend the fees] until 10 November 2026", "2026-11-10 day expiry"),
    ("Beijing will [suspend the fees] until 10 November 2026; the House votes by Dec. 20", "2026-11-10 day expiry"),
    ("Trump threatened to [raise tariffs] on Jan. 1, though the truce is in force until Nov. 10", "2026-01-01 day"),
    ("Leaders met on 30 October and the ministry [published the notice] on 7 November", "2025-11-07 day"),
    ("商务部12月3日表示，将[暂停实施管制措施]至2026年11月10日", "2026-11-10 day expiry"),
    ("休战将于明年11月10日到期，特朗普[威胁加征关税]，1月1日起生效", "2026-01-01 day start"),
    ("10月30日会晤后，中方[暂停加征关税]至2026年11月10日", "2026-11-10 day expiry"),
    ("中方将在年底前[采购大豆]，休战有效期至2026年11月10日", "2025-12-31 month due"),
    ("[剥离期限]由12月16日延至1月23日", "2026-01-23 day due"),
    ("China [will purchase] 12 million tons during the last two months of 2025", "2025-12-31 month due"),
    ("China [had bought] 1.2 MMT by Friday", "2025-12-05 day"),
    ("China [must buy] 12 million tons before January 2026", "2025-12-31 day due"),
]

ACTS_LATER = [
    ("The leaders [extended the truce] 90 days from 10 November", "2027-02-08 day expiry"),
    ("The order [adds two months to the pause], which was to end on 10 November", "2027-01-10 day expiry"),
    (
        "The two sides [agreed to extend] the pause by another two months beyond 10 November 2026",
        "2027-01-10 day expiry",
    ),
    ("The [truce will now lapse] on January 10, 2027 rather than November 10", "2027-01-10 day expiry"),
    ("Rather than on November 10, the [truce will now lapse] on January 10, 2027", "2027-01-10 day expiry"),
    ("The [truce gets 61 more days], to Jan. 10", "2027-01-10 day expiry"),
    ("The pause, set to run out on 10 November, [wins a 61-day extension], to January 10", "2027-01-10 day expiry"),
    ("The [truce, which expires] at 12:01 a.m. on November 10, 2026, was not discussed", "2026-11-10 day expiry"),
    ("中美[将11月10日到期的休战延长]两个月", "2027-01-10 day expiry"),
    ("[休战将于]明年1月10日而非11月10日到期", "2027-01-10 day expiry"),
]
"""As above, published on 23 September 2026."""

ACTS_AND_AMOUNTS = [
    ("China [took four 66,000-tonne cargoes] of US soybeans, half of what it took a week ago", "264e3 t"),
    ("China [bought two 60,000-ton cargoes], while Brazil sold ten", "120e3 t booked"),
    ("China [bought 10 cargoes] of soybeans, bringing the total to 4 million tonnes", "600e3..660e3 t booked"),
    ("China, which pledged 12 million tonnes, [bought] 600,000 tonnes this week", "600e3 t booked"),
    ("China [has bought] 7 million of the 12 million tonnes it pledged", "7e6 t booked reading"),
    ("Of the promised 12 million tonnes, China [has bought] 7 million tonnes", "7e6 t booked reading"),
    ("China, which imported 22 million tonnes last year, [agreed to buy] 12 million tonnes", "12e6 t pledged"),
    ("[Imports fell] 11% from 4.2 million tonnes a year earlier to 3.7 million tonnes", "3.7e6 t arrived"),
    ("[Purchases] were 4 million tonnes, compared with 27 million tonnes in 2024", "4e6 t booked"),
    ("Compared with 27 million tonnes in 2024, [purchases] were 4 million tonnes", "4e6 t booked"),
    ("After Brazil shipped 8 million tonnes, China [booked] 132,000 tonnes of US beans", "132e3 t booked"),
    ("China [booked] 132,000 tonnes of US beans after Brazil shipped 8 million tonnes", "132e3 t booked"),
    ("Traders who saw 9 million tonnes unsold said China [bought] 66,000 tonnes", "66e3 t booked"),
    ("China [will buy] 25 million tonnes a year, after buying 12 million tonnes by December", "25e6 t pledged"),
    ("上年进口2213万吨的中国[承诺采购]1200万吨大豆", "12e6 t pledged"),
    ("中方[已采购]700万吨，占1200万吨目标的近六成", "7e6 t booked reading"),
    ("承诺采购1200万吨的中方本周[买入]60万吨", "600e3 t booked"),
    ("[采购量]为400万吨，低于去年的2700万吨", "4e6 t booked"),
]
