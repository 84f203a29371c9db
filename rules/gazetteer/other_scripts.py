"""States and towns of the Middle East in Arabic, Persian, Hebrew and Russian.

One place a line: code | name as in the other tables | language: names / adjectives. Source: general
knowledge (any atlas, any agency). The same forms stand in `rules/lists/middle-east-places.yaml` for
rules; a test keeps the two in step.
"""

from __future__ import annotations

FORMS = """
IQ | Iraq | ar: العراق / العراقي, العراقية; fa: عراق; he: עיראק; ru: Ирак
SY | Syria | ar: سوريا, سورية / السوري; fa: سوریه; he: סוריה; ru: Сирия
IR | Iran | ar: إيران / الإيراني; fa: ایران; he: איראן; ru: Иран
IL | Israel | ar: إسرائيل / الإسرائيلي; fa: اسرائیل; he: ישראל; ru: Израиль
PS | Palestine | ar: فلسطين / الفلسطيني; fa: فلسطین
LB | Lebanon | ar: لبنان / اللبناني; fa: لبنان; he: לבנון; ru: Ливан
YE | Yemen | ar: اليمن / اليمني; fa: یمن; he: תימן; ru: Йемен
SA | Saudi Arabia | ar: السعودية; fa: عربستان
JO | Jordan | ar: الأردن
KW | Kuwait | ar: الكويت
BH | Bahrain | ar: البحرين
QA | Qatar | ar: قطر
AE | United Arab Emirates | ar: الإمارات
OM | Oman | ar: سلطنة عمان
EG | Egypt | ar: مصر / المصري; he: מצרים
TR | Turkey | ar: تركيا / التركي; fa: ترکیه
IQ | Baghdad | ar: بغداد; fa: بغداد
SY | Damascus | ar: دمشق; fa: دمشق; he: דמשק
IR | Tehran | ar: طهران; fa: تهران
IL | Jerusalem | ar: القدس; fa: بیت المقدس; he: ירושלים
IL | Tel Aviv | ar: تل أبيب; he: תל אביב
LB | Beirut | ar: بيروت; fa: بیروت; he: ביירות
YE | Sana'a | ar: صنعاء; fa: صنعا
SA | Riyadh | ar: الرياض
AE | Abu Dhabi | ar: أبو ظبي
AE | Dubai | ar: دبي
EG | Cairo | ar: القاهرة
IQ | Erbil | ar: أربيل
IQ | Mosul | ar: الموصل
IQ | Basra | ar: البصرة
IQ | Kirkuk | ar: كركوك
IQ | Fallujah | ar: الفلوجة
IQ | Ramadi | ar: الرمادي
IQ | Tikrit | ar: تكريت
IQ | Samarra | ar: سامراء
IQ | Najaf | ar: النجف
IQ | Karbala | ar: كربلاء
IQ | Sinjar | ar: سنجار
IQ | Qaim | ar: القائم
IQ | Anbar | ar: الأنبار
IQ | Nineveh | ar: نينوى
IQ | Diyala | ar: ديالى
IQ | Ain al-Asad | ar: عين الأسد
SY | Aleppo | ar: حلب
SY | Homs | ar: حمص
SY | Idlib | ar: إدلب
SY | Latakia | ar: اللاذقية
SY | Tartus | ar: طرطوس
SY | Daraa | ar: درعا
SY | Deir ez-Zor | ar: دير الزور
SY | Raqqa | ar: الرقة
SY | Hasakah | ar: الحسكة
SY | Qamishli | ar: القامشلي
SY | Kobani | ar: عين العرب
SY | Palmyra | ar: تدمر
SY | Al-Bukamal | ar: البوكمال
SY | Mayadin | ar: الميادين
SY | Quneitra | ar: القنيطرة
SY | Suwayda | ar: السويداء
SY | Ghouta | ar: الغوطة
SY | Manbij | ar: منبج
SY | Afrin | ar: عفرين
SY | Al-Tanf | ar: التنف
LB | Sidon | ar: صيدا
LB | Baalbek | ar: بعلبك
LB | Bekaa | ar: البقاع
LB | Nabatieh | ar: النبطية
LB | Arsal | ar: عرسال
YE | Aden | ar: عدن
YE | Taiz | ar: تعز
YE | Hodeidah | ar: الحديدة
YE | Marib | ar: مأرب
YE | Saada | ar: صعدة
YE | Shabwa | ar: شبوة
YE | Abyan | ar: أبين
YE | Hadramawt | ar: حضرموت
YE | Mukalla | ar: المكلا
YE | Bab al-Mandab | ar: باب المندب
PS | Gaza | ar: غزة, قطاع غزة; fa: غزه; he: עזה; ru: Газа
PS | West Bank | ar: الضفة الغربية; he: הגדה המערבית
PS | Rafah | ar: رفح; he: רפיח
PS | Khan Younis | ar: خان يونس; he: חאן יונס
PS | Jabalia | ar: جباليا
PS | Jenin | ar: جنين; he: ג'נין
PS | Nablus | ar: نابلس; he: שכם
PS | Hebron | ar: الخليل; he: חברון
"""
