"""Words that say an article is about violence: what an ambiguous name needs beside it."""

from __future__ import annotations

CONFLICT = (
    "airstrike~ | air strike~ | drone~ | missile~ | rocket~ | artillery | shelling | shell~ | mortar~",
    "attack~ | strike~ | raid~ | bomb~ | kill~ | wound~ | injure~ | clash~ | ambush~ | gunman~ | gunfire",
    "fight~ | fighter~ | militia~ | militant~ | insurgent~ | rebel~ | jihadist~ | commander~ | brigade~",
    "soldier~ | troops | army | armed | forces | paramilitary | faction~ | battle~ | offensive~ | war",
    "explosion~ | explode~ | blast~ | ceasefire~ | truce~ | hostage~ | terror* | weapon~ | convoy~",
    "ميليشيا | ميليشيات | هجوم | غارة | غارات | قصف | مسيرة | صاروخ | صواريخ | مقاتل | مقاتلين | فصائل | قتلى",
    "حمله | پهپاد | موشک | شبه‌نظامی | نیروهای | کشته",
    "מתקפה | תקיפה | רחפן | כטב״ם | טיל | טילים | רקטות | מיליציה | מחבלים | לוחמים",
    "атака~ | удар~ | беспилотник~ | дрон~ | ракета~ | обстрел~ | боевик~ | ополченец~ | погибли | убиты",
    "saldırı* | hava saldırısı | insansız hava aracı | füze* | milis* | attaque~ | frappe~ | ataque~ | Angriff*",
    "袭击 | 空袭 | 无人机 | 導弾 | ミサイル | 攻撃 | 무인기 | 공습",
)
