"""Read the words that tell one attack from another in Arabic, Persian, Hebrew and Cyrillic as English ones.

Reports of one event in two scripts share nothing but numbers. Names come from the article's facts;
what is left is who, with what, on what, when: some 150 words. A word that isn't here stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from wirewatch.text import fold

# An English term | language: base forms, without particles and endings; Russian ones are beginnings
# of words. Source: general knowledge (any agency).
_WORDS = """
monday | ar: الاثنين, الإثنين; fa: دوشنبه; ru: понедельник
tuesday | ar: الثلاثاء; fa: سه‌شنبه; he: שלישי; ru: вторник
wednesday | ar: الأربعاء; fa: چهارشنبه; he: רביעי; ru: среду, среды, среда
thursday | ar: الخميس; fa: پنجشنبه, پنج‌شنبه; he: חמישי; ru: четверг
friday | ar: الجمعة; fa: جمعه; he: שישי; ru: пятниц
saturday | ar: السبت; he: שבת; ru: суббот
sunday | ar: الأحد; fa: یکشنبه, یک‌شنبه; ru: воскресень
january | ar: يناير; fa: ژانویه; he: ינואר; ru: январ
february | ar: فبراير; fa: فوریه; he: פברואר; ru: феврал
march | ar: مارس; fa: مارس; he: מרץ; ru: марта, марте
april | ar: أبريل; fa: آوریل; he: אפריל; ru: апрел
may | ar: مايو; fa: مه; he: מאי; ru: мая
june | ar: يونيو; fa: ژوئن; he: יוני; ru: июн
july | ar: يوليو; fa: ژوئیه; he: יולי; ru: июл
august | ar: أغسطس; fa: اوت; he: אוגוסט; ru: август
september | ar: سبتمبر; fa: سپتامبر; he: ספטמבר; ru: сентябр
october | ar: أكتوبر; fa: اکتبر; he: אוקטובר; ru: октябр
november | ar: نوفمبر; fa: نوامبر; he: נובמבר; ru: ноябр
december | ar: ديسمبر; fa: دسامبر; he: דצמבר; ru: декабр
2 | ar: شخصان, شخصين, قتيلان, قتيلين, جريحان, جريحين, طفلان, طفلين, جنديان, جنديين, اثنان; fa: دو; he: שניים, שתי, שתיים; ru: два, две, двое, двух
3 | ar: ثلاثة, ثلاث; fa: سه; he: שלושה, שלוש; ru: три, трое, трех, троих
4 | ar: أربعة, أربع; fa: چهار; he: ארבעה, ארבע; ru: четыре, четверо, четырех
5 | ar: خمسة, خمس; fa: پنج; he: חמישה, חמש; ru: пять, пятеро, пяти
6 | ar: ستة; fa: شش; he: שישה; ru: шесть, шестеро, шести
7 | ar: سبعة, سبع; fa: هفت; he: שבעה; ru: семь, семеро, семи
8 | ar: ثمانية, ثماني; fa: هشت; he: שמונה; ru: восемь, восьми
9 | ar: تسعة, تسع; fa: نه; he: תשעה; ru: девять, девяти
10 | ar: عشرة; fa: ده; he: עשרה; ru: десять, десяти
dozen | ar: عشرات; fa: ده‌ها; he: עשרות; ru: десятк
drone | ar: مسيرة, مسيرتان, مسيرتين, درون; fa: پهپاد, پهپادی; he: מל"ט, כטב"ם, רחפן, כטמ"ם; ru: беспилотник, дрон, бпла
missile | ar: صاروخ, صواريخ, صاروخان, صاروخين, صاروخي; fa: موشک, موشکی; he: טיל; ru: ракет
rocket | ar: كاتيوشا; fa: راکت; he: רקטה, רקטות
ballistic | ar: باليستي, بالستي; fa: بالستیک; he: בליסטי; ru: баллистическ
strike | ar: غارة, ضربة, قصف; fa: بمباران; he: תקיפה, תקיפת; ru: авиаудар, удар
shell | ar: قذيفة, قذائف; fa: خمپاره; he: פגז; ru: снаряд, обстрел
artillery | ar: مدفعي, مدفعية; fa: توپخانه; he: ארטילריה; ru: артиллери
warplane | ar: مقاتلة, حربية, حربي; fa: جنگنده; he: מטוסי; ru: истребител
car | ar: سيارة; fa: خودرو; he: רכב, מכונית; ru: автомобил, машин
bomb | ar: عبوة, قنبلة, مفخخة, قنابل; fa: بمب, بمبگذاری; he: מטען, פצצה; ru: бомб, заминированн, взрывчатк
explosion | ar: انفجار, تفجير; fa: انفجار; he: פיצוץ, התפוצצות; ru: взрыв
suicide | ar: انتحاري; fa: انتحاری; he: מתאבד; ru: смертник
gunmen | ar: مسلحون, مسلحين, مسلح; fa: مسلح; he: חמושים, חמוש; ru: боевик, вооруженн
motorcycle | ar: دراجة; fa: موتورسیکلت; he: אופנוע; ru: мотоцикл
stab | ar: طعن; fa: چاقو; he: דקירה, דקר, נדקרו; ru: ножом, ножев
kidnap | ar: خطف, اختطاف, مختطف; fa: ربوده, آدم‌ربایی; he: חטיפה, נחטף; ru: похи
ambush | ar: كمين; fa: کمین; he: מארב; ru: засад
mine | ar: لغم, ألغام; fa: مین; he: מוקש
market | ar: سوق, أسواق; fa: بازار; he: שוק; ru: рынок, рынк
hospital | ar: مستشفى, مشفى; fa: بیمارستان; he: חולים; ru: больниц, госпитал
school | ar: مدرسة, مدارس; fa: مدرسه; he: ספר; ru: школ
mosque | ar: مسجد, جامع, مساجد; fa: مسجد, مسجدی; he: מסגד; ru: мечет
university | ar: جامعة; fa: دانشگاه; he: אוניברסיטה; ru: университет
church | ar: كنيسة; fa: کلیسا; he: כנסייה; ru: церк, церкв
airport | ar: مطار; fa: فرودگاه; he: תעופה; ru: аэропорт
base | ar: قاعدة; fa: پایگاه; he: בסיס; ru: баз
camp | ar: مخيم, معسكر; fa: اردوگاه; he: מחנה; ru: лагер
bridge | ar: جسر; fa: پل; he: גשר; ru: мост
port | ar: ميناء, مرفأ; fa: بندر; he: נמל; ru: порт
ship | ar: سفينة, سفن; fa: کشتی; he: ספינה, אונייה; ru: судн, корабл
tanker | ar: ناقلة; fa: نفتکش; he: מכלית; ru: танкер
bank | ar: مصرف, بنك; fa: بانک; he: בנק; ru: банк
hotel | ar: فندق; fa: هتل; he: מלון; ru: отел, гостиниц
restaurant | ar: مطعم; fa: رستوران; he: מסעדה; ru: ресторан
court | ar: محكمة; fa: دادگاه; he: משפט; ru: суд
judge | ar: قاضي, قاض; fa: قاضی; he: שופט; ru: судь
prison | ar: سجن; fa: زندان; he: כלא; ru: тюрьм
police | ar: شرطة; fa: پلیس; he: משטרה, שוטר; ru: полици
station | ar: مخفر; fa: پاسگاه, ایستگاه; he: תחנה; ru: станци, участок, участк
checkpoint | ar: حاجز; he: מחסום; ru: блокпост
embassy | ar: سفارة; fa: سفارت; he: שגרירות; ru: посольств
consulate | ar: قنصلية; fa: کنسولگری; he: קונסוליה; ru: консульств
bus | ar: حافلة, باص; fa: اتوبوس; he: אוטובוס; ru: автобус
train | ar: قطار; fa: قطار; he: רכבת; ru: поезд
convoy | ar: قافلة, رتل, موكب; fa: کاروان; he: שיירה; ru: колонн, конво
oil | ar: نفط, نفطي, نفطية; fa: نفت, نفتی; he: נפט; ru: нефт
gas | ar: غاز; fa: گاز; he: גז; ru: газа, газов, газопровод
refinery | ar: مصفاة, مصفى; fa: پالایشگاه; he: זיקוק; ru: нпз
pipeline | ar: أنبوب; fa: لوله; he: צינור; ru: трубопровод, нефтепровод, газопровод
power | ar: كهرباء, كهربائي; fa: برق; he: חשמל; ru: электр, тэц
plant | ar: مصنع, معمل; fa: کارخانه; he: מפעל; ru: завод
chemical | ar: كيميائي, كيماوي; fa: شیمیایی; he: כימי; ru: химическ
dam | ar: سد; fa: سد; he: סכר; ru: плотин, дамб
depot | ar: مستودع, مخزن; fa: انبار; he: מחסן; ru: склад
warehouse | ar: هنغار; he: מחסנים; ru: ангар
house | ar: منزل, بيت; fa: خانه; he: בית; ru: дом
building | ar: مبنى, بناية, عمارة; fa: ساختمان; he: בניין; ru: здани, многоэтаж
tent | ar: خيمة, خيام; fa: چادر; he: אוהל; ru: палат
village | ar: قرية; fa: روستا, روستای; he: כפר; ru: село, дерев
border | ar: حدود, حدودي; fa: مرز, مرزی; he: גבול; ru: границ
soldier | ar: جندي, جنود, جنديا; fa: سرباز; he: חייל; ru: солдат, военнослужащ
guard | ar: حارس, حراس, حارسان, حارسين; fa: نگهبان; he: שומר; ru: охранник
officer | ar: ضابط; fa: افسر; he: קצין; ru: офицер
commander | ar: قائد, قيادي; fa: فرمانده; he: מפקד; ru: командир
journalist | ar: صحفي, صحافي; fa: خبرنگار, روزنامه‌نگار; he: עיתונאי; ru: журналист
doctor | ar: طبيب, أطباء; fa: پزشک; he: רופא; ru: врач
nurse | ar: ممرضة, ممرض; fa: پرستار; he: אחות; ru: медсестр
worker | ar: عامل, عمال, عاملا; fa: کارگر; he: פועל, עובד; ru: рабоч
driver | ar: سائق; fa: راننده; he: נהג; ru: водител
farmer | ar: مزارع; fa: کشاورز; he: חקלאי; ru: фермер
shepherd | ar: راعي, رعاة; fa: چوپان; he: רועה; ru: пастух
pilgrim | ar: حجاج, زائر, زوار; fa: زائر; ru: паломник
student | ar: طالب, طلاب; fa: دانشجو; he: סטודנט; ru: студент
child | ar: طفل, أطفال, طفلا; fa: کودک; he: ילד; ru: дети, детей, ребен
family | ar: عائلة, أسرة; fa: خانواده; he: משפחה; ru: семья, семьи, семью, семей
displaced | ar: نازح; fa: آواره; he: עקורים; ru: переселенц, беженц
protester | ar: متظاهر, محتج; fa: معترض; he: מפגין; ru: протестующ
minister | ar: وزير; fa: وزیر; he: שר; ru: министр
adviser | ar: مستشار; fa: مستشار; he: יועץ; ru: советник
fire | ar: حريق; fa: آتش, آتش‌سوزی; he: שריפה; ru: пожар
collapse | ar: انهيار; fa: ریزش; he: קריסה; ru: обрушени
earthquake | ar: زلزال; fa: زلزله, زمین‌لرزه; he: רעידה; ru: землетрясени
flood | ar: سيول, فيضان; fa: سیل; he: שיטפון; ru: наводнени
ceasefire | ar: هدنة; fa: آتش‌بس; ru: перемири
hostage | ar: رهينة, رهائن; fa: گروگان; he: חטופים; ru: заложник
prisoner | ar: أسير, أسرى; fa: زندانی; he: אסיר; ru: заключенн, пленн
clash | ar: اشتباك; fa: درگیری; he: עימות; ru: столкновени
protest | ar: احتجاج, مظاهرة, تظاهرة; fa: تظاهرات, اعتراض; he: הפגנה; ru: протест, митинг
raid | ar: اقتحام, مداهمة; fa: یورش; he: פשיטה; ru: рейд
siege | ar: حصار; fa: محاصره; he: מצור; ru: осад
assassinate | ar: اغتيال, اغتال, يغتال; fa: ترور; he: חיסול, התנקשות; ru: покушени
militia | ar: ميليشيا, مليشيا; fa: شبه‌نظامی; he: מיליציה; ru: ополчен
army | ar: جيش; fa: ارتش; he: צבא, צה"ל; ru: арми
coalition | ar: تحالف; fa: ائتلاف; he: קואליציה; ru: коалици
refugee | ar: لاجئ; fa: پناهنده, پناهجو; he: פליטים; ru: беженц
grain | ar: حبوب, قمح; fa: غله; he: תבואה; ru: зернов, зерн
crew | ar: طاقم; fa: خدمه; he: צוות; ru: экипаж
apartment | ar: شقة, سكني, سكنية; fa: آپارتمان, مسکونی; he: דירה; ru: квартир, жилой, жилом, жилого
north | ar: شمال, شمالي; fa: شمال, شمالی; he: צפון; ru: север
southern | ar: جنوب, جنوبي; fa: جنوب, جنوبی; he: דרום; ru: юг, южн
eastern | ar: شرق, شرقي; fa: شرق, شرقی; he: מזרח; ru: восток, восточн
western | ar: غرب, غربي; fa: غرب, غربی; he: מערב; ru: запад
israeli | ar: إسرائيلي; fa: اسرائیلی; he: ישראלי; ru: израильск
us | ar: أمريكي, أميركي; fa: آمریکایی; he: אמריקאי, אמריקני; ru: американск, сша
russian | ar: روسي; fa: روسی; he: רוסי; ru: российск, русск
ukrainian | ar: أوكراني; fa: اوکراینی; he: אוקראיני; ru: украинск
iranian | ar: إيراني; fa: ایرانی; he: איראני; ru: иранск
turkish | ar: تركي; fa: ترکیه‌ای; he: טורקי; ru: турецк
syrian | ar: سوري; fa: سوری; he: סורי; ru: сирийск
iraqi | ar: عراقي; fa: عراقی; he: עיראקי; ru: иракск
lebanese | ar: لبناني; fa: لبنانی; he: לבנוני; ru: ливанск
yemeni | ar: يمني; fa: یمنی; he: תימני; ru: йеменск
palestinian | ar: فلسطيني; fa: فلسطینی; he: פלסטיני; ru: палестинск
saudi | ar: سعودي; fa: سعودی; he: סעודי; ru: саудовск
egyptian | ar: مصري; fa: مصری; he: מצרי; ru: египетск
sudanese | ar: سوداني; fa: سودانی; he: סודאני; ru: суданск
kurdish | ar: كردي, أكراد; he: כורדי; ru: курдск
greek | ar: يوناني; fa: یونانی; he: יווני; ru: греческ
houthi | ar: حوثي; fa: حوثی; he: חותי, חות'ים; ru: хусит
hamas | ar: حماس; fa: حماس; he: חמאס; ru: хамас
hezbollah | he: חיזבאללה, חזבאללה; ru: хезболл
taliban | ar: طالبان; fa: طالبان; he: טליבאן; ru: талибан
isis | ar: داعش; fa: داعش; he: דאע"ש; ru: игил
peshmerga | ar: بيشمركة, بيشمركه; fa: پیشمرگه; he: פשמרגה; ru: пешмерг
"""

# What is written in one with a word: before it the longest first, behind it the shortest.
_ARABIC_BEFORE = (
    "وال", "بال", "كال", "فال", "ولل", "لل", "ال", "وب", "ول", "و", "ب", "ل", "ف", "ك", "",
)  # fmt: skip
_ARABIC_BEHIND = ("ي", "ت", "ه", "ا", "هم", "ها", "ته", "يه", "ان", "ون", "ين", "ات", "يون", "يين")
_HEBREW_BEFORE = ("וה", "וב", "ול", "ומ", "שב", "שה", "ו", "ה", "ב", "ל", "מ", "ש", "כ", "")
_HEBREW_BEHIND = ("ה", "ת", "ית", "ות", "ים", "יים")
_LEAST = 3  # letters; shorter ones are known only as they stand
_OTHER_SCRIPT = re.compile("[\u0400-\u052f\u05d0-\u05ea\u0620-\u06ff]")


def english(word: str) -> str | None:
    """Return the English term that a folded word in another script is read as, or None."""
    if not _OTHER_SCRIPT.match(word):
        return None
    known, beginnings = _known()
    if word in known:
        return known[word]
    if "\u0400" <= word[0] <= "\u052f":
        starts = (word[:end] for end in range(len(word) - 1, _LEAST - 1, -1))
        return next((beginnings[each] for each in starts if each in beginnings), None)
    is_hebrew = "\u05d0" <= word[0] <= "\u05ea"
    before = _HEBREW_BEFORE if is_hebrew else _ARABIC_BEFORE
    behind = _HEBREW_BEHIND if is_hebrew else _ARABIC_BEHIND
    for rest in (word[len(first) :] for first in before if word.startswith(first)):
        if len(rest) >= _LEAST and rest in known:
            return known[rest]
        for bare in (rest[: -len(last)] for last in behind if rest.endswith(last)):
            # Not of numbers: an ending makes fifty out of five.
            if len(bare) >= _LEAST and not known.get(bare, "0").isdigit():
                return known[bare]
    return None


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Every base form, folded, and the Russian beginnings, with their English term; at first use."""
    known: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for line in _WORDS.strip().splitlines():
        term, listed = line.split(" | ")
        for part in listed.split(";"):
            language, forms = part.split(":")
            for form in forms.split(","):
                folded = fold(form.replace("\u200c", "")).replace(" ", "")
                known.setdefault(folded, term)
                # As it stands and without the ending that others take the place of.
                if language.strip() == "ar":
                    known.setdefault(folded.removeprefix("ال"), term)
                    if folded.endswith("ه"):
                        known.setdefault(folded[:-1], term)
                if language.strip() == "he" and folded.endswith("ה"):
                    known.setdefault(folded[:-1], term)
                if language.strip() == "ru" and not term.isdigit():
                    beginnings.setdefault(folded, term)
    return known, beginnings
