"""Parties named on an alert card: armed groups, forces and states, as they are printed in English.

One party a line: canonical name | what is printed (case matters; `~` at the end: any case). The names are
those of `rules/lists/middle-east.yaml`, which has more spellings and other scripts for rules.
"""

from __future__ import annotations

PARTIES = """
Islamic State | Islamic State; ISIS; ISIL; Daesh; IS militants; IS fighters
al-Qaeda | al-Qaeda; Al-Qaeda; al-Qaida; Al-Qaida; al Qaeda; Al Qaeda; AQAP
Jabhat al-Nusra | al-Nusra; Al-Nusra; Nusra Front; Jabhat al-Nusra
Hayat Tahrir al-Sham | Hayat Tahrir al-Sham; Tahrir al-Sham; HTS
Hezbollah | Hezbollah; Hizbullah; Hizballah; Hezbullah; Hizbollah
Kata'ib Hezbollah | Kata'ib Hezbollah; Kataib Hezbollah; Kata'ib Hizballah; Kataib Hizbullah; Kataeb Hezbollah; Kata'ib Hizbullah
Asa'ib Ahl al-Haq | Asa'ib Ahl al-Haq; Asaib Ahl al-Haq; Asaib Ahl al-Haqq
Popular Mobilization Forces | Popular Mobilization Forces; Popular Mobilisation Forces; Popular Mobilization Units; Hashd al-Shaabi; Hashed al-Shaabi; PMF
Harakat Hezbollah al-Nujaba | Harakat Hezbollah al-Nujaba; al-Nujaba; Harakat al-Nujaba
Kata'ib Sayyid al-Shuhada | Kata'ib Sayyid al-Shuhada; Kataib Sayyid al-Shuhada
Houthis | Houthi; Houthis; Huthi; Huthis; Ansar Allah; Ansarullah
Hamas | Hamas; Qassam Brigades
Palestinian Islamic Jihad | Islamic Jihad
Syrian Democratic Forces | Syrian Democratic Forces; SDF
YPG | YPG; People's Protection Units
PKK | PKK; Kurdistan Workers' Party; Kurdistan Workers Party
Peshmerga | Peshmerga; peshmerga; Pesh Merga
Free Syrian Army | Free Syrian Army; FSA
Ahrar al-Sham | Ahrar al-Sham; Ahrar ash-Sham
Taliban | Taliban; Taleban
Haqqani network | Haqqani
Boko Haram | Boko Haram
al-Shabaab | al-Shabaab; Al-Shabaab; al-Shabab; Al-Shabab; al Shabaab; Al Shabaab; Shabaab
FARC | FARC; Revolutionary Armed Forces of Colombia
Abu Sayyaf | Abu Sayyaf
Islamic Revolutionary Guard Corps | Revolutionary Guard; Revolutionary Guards; IRGC; Quds Force
Israel Defense Forces | Israel Defense Forces; Israel Defence Forces; Israeli army; Israeli military; Israeli forces; Israeli troops; IDF; Israeli warplanes; Israeli jets; Israeli air force; Israeli aircraft; Israeli soldiers
US military | US military; U.S. military; US forces; U.S. forces; American forces; US troops; U.S. troops; Pentagon; CENTCOM; US Central Command; US strikes; U.S. strikes; US airstrikes; US air strikes; US drone; U.S. drone; US warplanes
Russian military | Russian military; Russian forces; Russian warplanes; Russian jets; Russian air force; Russian troops; Russian army
Turkish military | Turkish military; Turkish army; Turkish forces; Turkish warplanes; Turkish jets; Turkish troops; Turkish soldiers
Syrian army | Syrian army; Syrian Army; Syrian forces; Syrian military; Syrian troops; Syrian government forces; Syrian air force; government forces in Syria
Iraqi army | Iraqi army; Iraqi Army; Iraqi forces; Iraqi security forces; Iraqi military; Iraqi troops; Iraqi air force
Saudi-led coalition | Saudi-led coalition; Saudi-led; Arab coalition; Saudi coalition
US-led coalition | US-led coalition; U.S.-led coalition; international coalition; US-led; Coalition forces
NATO | NATO; Nato; ISAF
United States | United States; Washington
Iran-backed militias | Iran-backed militia~; Iranian-backed militia~; pro-Iran militia~; pro-Iranian militia~; Iran-backed militias~; Iranian-backed militias~; pro-Iran militias~; pro-Iranian militias~; Iran-backed fighters~; pro-Iranian fighters~; Iran-aligned militias~; Shia militia~; Shiite militia~; Shia militias~; Shiite militias~
"""

# What carried the attack: the word shown, stems one of which must stand in the text, and a pattern
# of our own for lower-case text.
PLATFORMS = (
    (
        "drone",
        "drone uav unmanned quadcopter shahed mq- loitering",
        r"\b(?:drones?|uavs?|unmanned (?:aerial|aircraft)|quadcopters?|shahed|mq-9|mq-1|loitering munitions?)\b",
    ),
    (
        "aircraft",
        "air jet plane copter gunship bomber f-1 f-35",
        r"\b(?:air ?-?strikes?|air ?-?raids?|warplanes?|fighter jets?|jets|helicopters?|gunships?|bombers|f-1[5-8]|f-35|aircraft)\b",
    ),
    ("missile", "missile tomahawk scud", r"\b(?:missiles?|tomahawks?|scuds?)\b"),
    ("rocket", "rocket katyusha grad", r"\b(?:rockets?|katyushas?|grad)\b"),
    (
        "artillery",
        "artillery mortar shell howitzer tank",
        r"\b(?:artillery|mortars?|shelling|shelled|howitzers?|tank fire)\b",
    ),
    (
        "car bomb",
        "bomb vbied laden",
        r"\b(?:(?:car|truck|lorry|vehicle|van)[ -]bomb(?:s|ing|ings)?|vbied|explosives-laden (?:car|truck|vehicle))\b",
    ),
    ("suicide bomber", "suicide", r"\bsuicide (?:bomb\w*|attack\w*|blast\w*|vest\w*)\b"),
    (
        "bomb",
        "bomb mine ied explosive",
        r"\b(?:roadside bombs?|ieds?|improvised explosive|landmines?|land mines?|bombs?|bombings?)\b",
    ),
    (
        "firearm",
        "gun shoot shot sniper fire",
        r"\b(?:gunm[ae]n|gunfire|shooting|shot dead|snipers?|opened fire|gun attack)\b",
    ),
)
