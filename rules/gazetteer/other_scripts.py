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
PS | Palestine | ar: فلسطين / الفلسطيني; fa: فلسطین; ru: Палестина
LB | Lebanon | ar: لبنان / اللبناني; fa: لبنان; he: לבנון; ru: Ливан
YE | Yemen | ar: اليمن / اليمني; fa: یمن; he: תימן; ru: Йемен
SA | Saudi Arabia | ar: السعودية; fa: عربستان; he: סעודיה; ru: Саудовская Аравия, Саудовской Аравии
JO | Jordan | ar: الأردن; fa: اردن; he: ירדן; ru: Иордания, Иордании
KW | Kuwait | ar: الكويت; fa: کویت; ru: Кувейт
BH | Bahrain | ar: البحرين; fa: بحرین; ru: Бахрейн
QA | Qatar | ar: قطر; fa: قطر; he: קטאר; ru: Катар
AE | United Arab Emirates | ar: الإمارات
OM | Oman | ar: سلطنة عمان
EG | Egypt | ar: مصر / المصري; he: מצרים; fa: مصر; ru: Египет, Египта, Египте
TR | Turkey | ar: تركيا / التركي; fa: ترکیه; he: טורקיה; ru: Турция, Турции
IQ | Baghdad | ar: بغداد; fa: بغداد; he: בגדד; ru: Багдад
SY | Damascus | ar: دمشق; fa: دمشق; he: דמשק; ru: Дамаск
IR | Tehran | ar: طهران; fa: تهران; he: טהרן; ru: Тегеран
IL | Jerusalem | ar: القدس; fa: بیت المقدس; he: ירושלים; ru: Иерусалим
IL | Tel Aviv | ar: تل أبيب; he: תל אביב; fa: تل‌آویو; ru: Тель-Авив
LB | Beirut | ar: بيروت; fa: بیروت; he: ביירות; ru: Бейрут
YE | Sana'a | ar: صنعاء; fa: صنعا; he: צנעא; ru: Сана, Сане, Саны
SA | Riyadh | ar: الرياض; fa: ریاض; he: ריאד; ru: Эр-Рияд
AE | Abu Dhabi | ar: أبو ظبي
AE | Dubai | ar: دبي
EG | Cairo | ar: القاهرة; fa: قاهره; he: קהיר; ru: Каир
IQ | Erbil | ar: أربيل; fa: اربیل; he: ארביל; ru: Эрбиль, Эрбиле, Эрбиля
IQ | Mosul | ar: الموصل; fa: موصل; he: מוסול; ru: Мосул
IQ | Basra | ar: البصرة; fa: بصره; he: בצרה; ru: Басра, Басре, Басры
IQ | Kirkuk | ar: كركوك; fa: کرکوک; he: כירכוכ; ru: Киркук
IQ | Fallujah | ar: الفلوجة; fa: فلوجه; ru: Фаллуджа, Фаллудже
IQ | Ramadi | ar: الرمادي; ru: Рамади
IQ | Tikrit | ar: تكريت; fa: تکریت; ru: Тикрит
IQ | Samarra | ar: سامراء; fa: سامرا; ru: Самарра
IQ | Najaf | ar: النجف; fa: نجف; ru: Наджаф, Неджеф
IQ | Karbala | ar: كربلاء; fa: کربلا; ru: Кербела, Кербеле
IQ | Sinjar | ar: سنجار; fa: سنجار; ru: Синджар
IQ | Qaim | ar: القائم
IQ | Anbar | ar: الأنبار; fa: الانبار; ru: Анбар
IQ | Nineveh | ar: نينوى; fa: نینوا; ru: Найнава
IQ | Diyala | ar: ديالى; fa: دیاله; ru: Дияла
IQ | Ain al-Asad | ar: عين الأسد; fa: عین‌الاسد; ru: Айн-эль-Асад
SY | Aleppo | ar: حلب; fa: حلب; he: חאלב; ru: Алеппо
SY | Homs | ar: حمص; fa: حمص; ru: Хомс
SY | Idlib | ar: إدلب; fa: ادلب; he: אידליב; ru: Идлиб
SY | Latakia | ar: اللاذقية; fa: لاذقیه; he: לטקיה; ru: Латакия, Латакии
SY | Tartus | ar: طرطوس; fa: طرطوس; ru: Тартус
SY | Daraa | ar: درعا; fa: درعا; he: דרעא; ru: Даръа, Дераа
SY | Deir ez-Zor | ar: دير الزور; fa: دیرالزور; he: דיר א-זור; ru: Дейр-эз-Зор
SY | Raqqa | ar: الرقة; fa: رقه; ru: Ракка, Ракке, Ракки
SY | Hasakah | ar: الحسكة; fa: حسکه; ru: Хасака, Хасеке
SY | Qamishli | ar: القامشلي; fa: قامشلی; ru: Камышлы
SY | Kobani | ar: عين العرب; fa: کوبانی; ru: Кобани
SY | Palmyra | ar: تدمر; he: תדמור; ru: Пальмира, Пальмире
SY | Al-Bukamal | ar: البوكمال; fa: بوکمال; he: אבו כמאל; ru: Абу-Кемаль
SY | Mayadin | ar: الميادين
SY | Quneitra | ar: القنيطرة; fa: قنیطره; he: קוניטרה; ru: Кунейтра, Кунейтре
SY | Suwayda | ar: السويداء; he: א-סווידא; ru: Сувейда, Эс-Сувейда
SY | Ghouta | ar: الغوطة
SY | Manbij | ar: منبج; fa: منبج; ru: Манбидж
SY | Afrin | ar: عفرين; fa: عفرین; ru: Африн
SY | Al-Tanf | ar: التنف; fa: التنف; ru: Эт-Танф
LB | Sidon | ar: صيدا; he: צידון; ru: Сайда
LB | Baalbek | ar: بعلبك; he: בעלבכ; ru: Баальбек
LB | Bekaa | ar: البقاع; he: בקעת הלבנון; ru: Бекаа
LB | Nabatieh | ar: النبطية; he: נבטיה; ru: Набатия
LB | Arsal | ar: عرسال
YE | Aden | ar: عدن; fa: عدن; ru: Аден
YE | Taiz | ar: تعز; fa: تعز
YE | Hodeidah | ar: الحديدة; fa: الحدیده; he: חודיידה; ru: Ходейда, Ходейде, Ходейды
YE | Marib | ar: مأرب; fa: مأرب; ru: Мариб
YE | Saada | ar: صعدة; fa: صعده; ru: Саада
YE | Shabwa | ar: شبوة
YE | Abyan | ar: أبين
YE | Hadramawt | ar: حضرموت
YE | Mukalla | ar: المكلا
YE | Bab al-Mandab | ar: باب المندب
PS | Gaza | ar: غزة, قطاع غزة; fa: غزه; he: עזה; ru: Газа, сектор Газа
PS | West Bank | ar: الضفة الغربية; he: הגדה המערבית; fa: کرانه باختری; ru: Западный берег, Западном берегу
PS | Rafah | ar: رفح; he: רפיח; fa: رفح; ru: Рафах
PS | Khan Younis | ar: خان يونس; he: חאן יונס; fa: خان یونس; ru: Хан-Юнис
PS | Jabalia | ar: جباليا; fa: جبالیا; he: ג'באליה; ru: Джабалия
PS | Jenin | ar: جنين; he: ג'נין; fa: جنین; ru: Дженин
PS | Nablus | ar: نابلس; he: שכם; fa: نابلس; ru: Наблус
PS | Hebron | ar: الخليل; he: חברון; ru: Хеврон
IQ | Baquba | ar: بعقوبة; ru: Баакуба
IQ | Nasiriyah | ar: الناصرية; ru: Насирия
IQ | Sulaymaniyah | ar: السليمانية; fa: سلیمانیه; ru: Сулеймания, Сулеймании
IQ | Dohuk | ar: دهوك; fa: دهوک; ru: Дахук
IQ | Tal Afar | ar: تلعفر; ru: Талль-Афар
IQ | Baiji | ar: بيجي; ru: Байджи
IQ | Abu Ghraib | ar: أبو غريب; ru: Абу-Грейб
IQ | Khanaqin | ar: خانقين; fa: خانقین
IQ | Hawija | ar: الحويجة; ru: Хавиджа
IQ | Tuz Khurmatu | ar: طوز خورماتو
IQ | Taji | ar: التاجي
IQ | Salahuddin | ar: محافظة صلاح الدين; fa: استان صلاح‌الدین
IQ | Dhi Qar | ar: ذي قار
IQ | Maysan | ar: ميسان
IQ | Diwaniyah | ar: محافظة الديوانية, مدينة الديوانية
IQ | Hilla | ar: مدينة الحلة
IQ | Jurf al-Sakhar | ar: جرف الصخر
IQ | Zakho | ar: زاخو; fa: زاخو
IQ | Khor Mor | ar: كورمور, خور مور; fa: کورمور
IQ | Sadr City | ar: مدينة الصدر
IQ | Green Zone | ar: المنطقة الخضراء
IQ | Iraqi Kurdistan | ar: إقليم كردستان; fa: اقلیم کردستان
SY | Douma | ar: مدينة دوما
SY | Jarabulus | ar: جرابلس
SY | Azaz | ar: أعزاز, إعزاز; ru: Аазаз
SY | Tal Abyad | ar: تل أبيض
SY | Ras al-Ayn | ar: رأس العين
SY | Jisr al-Shughour | ar: جسر الشغور
SY | Maarat al-Numan | ar: معرة النعمان
SY | Saraqib | ar: سراقب; ru: Саракиб
SY | Khan Sheikhoun | ar: خان شيخون; ru: Хан-Шейхун
SY | Khmeimim | ar: حميميم; ru: Хмеймим
SY | Baniyas | ar: بانياس
SY | Masyaf | ar: مصياف; he: מסיאף
SY | Mezzeh | ar: المزة; he: מאזה; ru: Меззе
SY | Ariha | ar: أريحا; ru: Ариха
SY | Sayyida Zeinab | ar: السيدة زينب; he: סיידה זינב
LB | Dahiyeh | ar: الضاحية الجنوبية; he: דאחיה, הדאחייה; fa: ضاحیه
LB | Naqoura | ar: الناقورة; he: נאקורה
LB | Bint Jbeil | ar: بنت جبيل; he: בינת ג'בייל
LB | Marjayoun | ar: مرجعيون; he: מרג'עיון
LB | Ain al-Hilweh | ar: عين الحلوة
LB | Hermel | ar: الهرمل
YE | Dhamar | ar: ذمار
YE | Lahj | ar: لحج
YE | Dhale | ar: محافظة الضالع, مدينة الضالع
YE | Socotra | ar: سقطرى; ru: Сокотра
YE | Mokha | ar: المخا
"""

# Elsewhere, and what rules have no list for.
ELSEWHERE = """
SY | Hama | ar: مدينة حماة, محافظة حماة, ريف حماة; fa: استان حماه
LB | Tyre | ar: مدينة صور, قضاء صور, منطقة صور; he: העיר צור
YE | Ibb | ar: محافظة إب, مدينة إب
IR | Isfahan | ar: أصفهان; fa: اصفهان; he: אספהאן; ru: Исфахан
IR | Mashhad | ar: مدينة مشهد; fa: شهر مشهد
IR | Tabriz | ar: تبريز; fa: تبریز; ru: Тебриз
IR | Shiraz | ar: شيراز; fa: شیراز
IR | Natanz | ar: نطنز; fa: نطنز; he: נתנז; ru: Натанз
IR | Ahvaz | ar: الأهواز; fa: اهواز
IR | Zahedan | ar: زاهدان; fa: زاهدان; ru: Захедан
IR | Kermanshah | ar: كرمانشاه; fa: کرمانشاه
IR | Bushehr | ar: بوشهر; fa: بوشهر; ru: Бушер
IR | Bandar Abbas | ar: بندر عباس; fa: بندرعباس; he: בנדר עבאס
IL | Haifa | ar: حيفا; fa: حیفا; he: חיפה; ru: Хайфа, Хайфе
IL | Ashkelon | ar: عسقلان; he: אשקלון; ru: Ашкелон
IL | Ashdod | ar: أسدود; he: אשדוד; ru: Ашдод
IL | Sderot | ar: سديروت; he: שדרות; ru: Сдерот
IL | Beersheba | ar: بئر السبع; he: באר שבע; ru: Беэр-Шева
IL | Eilat | ar: إيلات; he: אילת; ru: Эйлат
IL | Kiryat Shmona | ar: كريات شمونة; he: קריית שמונה; ru: Кирьят-Шмона
IL | Metula | he: מטולה
IL | Golan Heights | ar: الجولان; fa: جولان; he: רמת הגולן; ru: Голанские высоты, Голанских высот
PS | Gaza City | ar: مدينة غزة; he: העיר עזה
PS | Beit Lahiya | ar: بيت لاهيا; he: בית לאהיא
PS | Beit Hanoun | ar: بيت حانون; he: בית חאנון
PS | Deir al-Balah | ar: دير البلح; he: דיר אל-בלח
PS | Nuseirat | ar: النصيرات; he: נוסייראת
PS | Ramallah | ar: رام الله; fa: رام‌الله; he: רמאללה; ru: Рамалла
PS | Tulkarm | ar: طولكرم; he: טול כרם, טולכרם
PS | Bethlehem | ar: بيت لحم; he: בית לחם; ru: Вифлеем
PS | Qalqilya | ar: قلقيلية; he: קלקיליה
EG | Sinai | ar: سيناء; he: חצי האי סיני; ru: Синай
EG | Alexandria | ar: الإسكندرية; ru: Александрия
EG | Suez | ar: السويس; ru: Суэц
LY | Libya | ar: ليبيا; fa: لیبی; ru: Ливия, Ливии
LY | Tripoli | ar: طرابلس; ru: Триполи
LY | Benghazi | ar: بنغازي; ru: Бенгази
LY | Misrata | ar: مصراتة; ru: Мисурата
LY | Sirte | ar: مدينة سرت; ru: Сирт
LY | Derna | ar: درنة
SD | Sudan | ar: السودان / السوداني, السودانية; fa: سودان; he: סודאן; ru: Судан
SD | Khartoum | ar: الخرطوم; fa: خارطوم; ru: Хартум
SD | Omdurman | ar: أم درمان; ru: Омдурман
SD | Darfur | ar: دارفور; ru: Дарфур
SD | El Fasher | ar: الفاشر; ru: Эль-Фашир
SD | Nyala | ar: نيالا
SD | Port Sudan | ar: بورتسودان
SD | El Geneina | ar: مدينة الجنينة
AF | Afghanistan | ar: أفغانستان / الأفغاني, الأفغانية; fa: افغانستان; he: אפגניסטן; ru: Афганистан
AF | Kabul | ar: كابول, كابل; fa: کابل; he: קאבול; ru: Кабул
AF | Kandahar | ar: قندهار; fa: قندهار; ru: Кандагар
AF | Herat | ar: هرات; fa: هرات; ru: Герат
AF | Kunduz | ar: قندوز; fa: قندوز; ru: Кундуз
AF | Jalalabad | ar: جلال آباد; fa: جلال‌آباد; ru: Джелалабад
AF | Mazar-i-Sharif | ar: مزار شريف; fa: مزار شریف; ru: Мазари-Шариф
PK | Pakistan | ar: باكستان / الباكستاني, الباكستانية; fa: پاکستان; ru: Пакистан
PK | Islamabad | ar: إسلام آباد; fa: اسلام‌آباد; ru: Исламабад
PK | Karachi | ar: كراتشي; fa: کراچی; ru: Карачи
PK | Peshawar | ar: بيشاور; fa: پیشاور; ru: Пешавар
PK | Quetta | ar: كويتا; fa: کویته; ru: Кветта, Кветте
UA | Ukraine | ar: أوكرانيا / الأوكراني, الأوكرانية; fa: اوکراین; he: אוקראינה; ru: Украина, Украины, Украине
UA | Kyiv | ar: كييف; fa: کی‌یف; he: קייב; ru: Киев
UA | Kharkiv | ar: خاركيف; fa: خارکیف; he: חרקיב; ru: Харьков
UA | Odesa | ar: أوديسا; fa: اودسا; he: אודסה; ru: Одесса, Одессе, Одессы, Одесской, Одесская
UA | Dnipro | ar: دنيبرو; ru: Днепропетровской области
UA | Donetsk | ar: دونيتسك; fa: دونتسک; ru: Донецк
UA | Luhansk | ar: لوغانسك; ru: Луганск
UA | Mariupol | ar: ماريوبول; ru: Мариуполь, Мариуполе
UA | Lviv | ar: لفيف; ru: Львов, Львове
UA | Zaporizhzhia | ar: زابوريجيا; ru: Запорожье, Запорожской
UA | Kherson | ar: خيرسون; ru: Херсон
UA | Mykolaiv | ar: ميكولايف; ru: Николаевской области
UA | Sumy | ar: سومي; ru: Сумы, Сумах, Сумской
UA | Kramatorsk | ar: كراماتورسك; ru: Краматорск
UA | Crimea | ar: القرم; ru: Крым
RU | Russia | ar: روسيا / الروسي, الروسية; fa: روسیه; he: רוסיה; ru: Россия, России
RU | Moscow | ar: موسكو; fa: مسکو; he: מוסקבה; ru: Москва, Москве, Москвы
RU | Belgorod | ar: بيلغورود; ru: Белгород
RU | Kursk | ar: كورسك; ru: Курск
TR | Istanbul | ar: إسطنبول; fa: استانبول; ru: Стамбул
TR | Ankara | ar: أنقرة; fa: آنکارا; ru: Анкара, Анкаре
TR | Diyarbakir | ar: ديار بكر; fa: دیاربکر; ru: Диярбакыр
SO | Somalia | ar: الصومال / الصومالي, الصومالية; ru: Сомали
SO | Mogadishu | ar: مقديشو; ru: Могадишо
"""
