"""The verbs that connect a statement with its speaker."""

from __future__ import annotations

REPORTING_VERBS = (
    "(say|says|said|saying|tell|tells|told|announce|announces|announced|confirm|confirms|confirmed|claim|claims|claimed)",
    "(report|reports|reported|declare|declares|declared|deny|denies|denied|warn|warns|warned)",
    "(vows|vowed|insists|insisted|adds|added|states|stated|posts|posted|writes|wrote|argues|argued|notes|noted)",
    "(signs|signed|issues|issued|publishes|published|rules|ruled|statement|spokesman|spokeswoman|spokesperson|according to)",
    "(表示|称|说|宣布|公告|指出|强调|透露|认为|介绍|答记者问|发布|证实|确认|否认|警告|签署|据)",
)
"""Patterns of the words that connect a statement with its speaker. A vocabulary set named `sayings` replaces them."""
