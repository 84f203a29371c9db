"""Provinces, towns, bases and crossings of Iraq, Syria, Lebanon and Yemen, with other spellings.

One place a line: code | name | other spellings. Source: general knowledge (any atlas), spellings as
news agencies print them. The same names stand in `rules/lists/middle-east-places.yaml` for rules;
tests keep the two in step.
"""

from __future__ import annotations

PLACES = """
IQ | Erbil | Irbil; Arbil; Hawler
IQ | Mosul | Mossul
IQ | Basra | Basrah
IQ | Kirkuk |
IQ | Fallujah | Falluja
IQ | Ramadi |
IQ | Tikrit |
IQ | Samarra |
IQ | Baquba | Baqubah; Ba'quba; Baqouba
IQ | Najaf |
IQ | Karbala | Kerbala
IQ | Nasiriyah | Nasiriya; Nassiriya
IQ | Hilla | Hillah
IQ | Kut |
IQ | Amara | Amarah
IQ | Diwaniyah | Diwaniya
IQ | Sulaymaniyah | Sulaimaniya; Sulaimaniyah; Sulaimani; Slemani
IQ | Dohuk | Duhok
IQ | Tal Afar | Tel Afar; Talafar
IQ | Sinjar | Shingal
IQ | Baiji | Bayji
IQ | Balad |
IQ | Haditha |
IQ | Hit |
IQ | Qaim | Al-Qaim; al-Qa'im; Al Qaim
IQ | Rutba | Rutbah
IQ | Anbar | Al-Anbar
IQ | Nineveh | Ninewa; Ninawa
IQ | Diyala |
IQ | Salahuddin | Salaheddin; Salah al-Din; Salahaddin; Saladin province
IQ | Babil |
IQ | Dhi Qar |
IQ | Maysan | Missan
IQ | Wasit |
IQ | Muthanna |
IQ | Khanaqin |
IQ | Jalawla | Jalula
IQ | Hawija | Hawijah
IQ | Tuz Khurmatu | Tuz Khormato; Tuz Khurmato
IQ | Taji |
IQ | Abu Ghraib |
IQ | Sadr City |
IQ | Green Zone |
IQ | Iraqi Kurdistan | Kurdistan Region; Kurdistan Regional
IQ | Ain al-Asad | Ayn al-Asad; Ain al-Assad; Ayn al-Assad; Al Asad air base; Al-Asad airbase; Ain Al Asad
IQ | Camp Taji |
IQ | Camp Victoria |
IQ | Balad air base | Balad airbase
IQ | Harir | Harir air base
IQ | Jurf al-Sakhar | Jurf al-Sakhr
IQ | Makhmour | Makhmur
IQ | Qandil | Kandil
IQ | Zakho |
IQ | Qayyarah | Qayyara
IQ | Amerli | Amirli
IQ | Muqdadiyah | Muqdadiya
IQ | Mahmudiyah | Mahmoudiya
IQ | Latifiyah | Latifiya
IQ | Khor Mor | Khor Mor gas field
SY | Aleppo | Halab
SY | Homs |
SY | Hama |
SY | Idlib | Idleb
SY | Latakia | Lattakia
SY | Tartus | Tartous
SY | Daraa | Deraa; Dera'a; Dara'a
SY | Deir ez-Zor | Deir al-Zor; Deir Ezzor; Deir el-Zour; Deir az-Zor; Deir al-Zour; Deir Azzour; Deir ez-Zour; Dayr az-Zawr
SY | Raqqa | Raqqah; Ar-Raqqah; al-Raqqa
SY | Hasakah | Hasaka; Hassakeh; al-Hasakah; Hasakeh; Hassakah
SY | Qamishli | Qamishlo
SY | Kobani | Kobane; Ayn al-Arab; Ain al-Arab
SY | Palmyra | Tadmur
SY | Al-Bukamal | Albu Kamal; Abu Kamal; Boukamal; al-Boukamal; Abu Kemal; Bukamal; Albukamal
SY | Mayadin | al-Mayadin; Mayadeen; al-Mayadeen town
SY | Quneitra | Qunaitra; Kuneitra
SY | Suwayda | Sweida; Suweida; As-Suwayda; Sueida
SY | Ghouta | Eastern Ghouta; East Ghouta
SY | Douma | Duma
SY | Harasta |
SY | Jobar |
SY | Daraya | Darayya
SY | Zabadani |
SY | Yarmouk | Yarmuk
SY | Qusayr | Qusair; al-Qusayr; Al-Qusair
SY | Rastan | al-Rastan
SY | Houla | Hula
SY | Manbij |
SY | Afrin |
SY | Jarabulus | Jarablus
SY | Azaz | A'zaz
SY | Al-Bab |
SY | Tal Abyad | Tel Abyad; Tell Abyad
SY | Ras al-Ayn | Ras al-Ain; Serekaniye
SY | Jisr al-Shughour | Jisr al-Shughur
SY | Maarat al-Numan | Maaret al-Numan; Maarrat al-Numan; Ma'arrat al-Nu'man
SY | Saraqib | Saraqeb
SY | Khan Sheikhoun | Khan Shaykhun; Khan Sheikhun
SY | Kafranbel | Kafr Nabl
SY | Rif Dimashq |
SY | Al-Tanf | al-Tanf; Tanf; At Tanf
SY | T4 air base | T4 airbase; Tiyas
SY | Khmeimim | Hmeimim; Hmeymim; Khmeimim air base; Hmeimeem
SY | Shayrat | al-Shayrat
SY | Dabiq |
SY | Taftanaz |
SY | Baniyas | Banias
SY | Marjah |
SY | Masyaf |
SY | Rojava |
SY | Conoco | Conoco gas field
SY | al-Omar oil field | Omar oil field
SY | Sayyida Zeinab | Sayeda Zeinab; Sayyidah Zaynab
SY | Ariha |
SY | Salamiyah |
SY | Mezzeh |
LB | Tripoli, Lebanon | Tripoli in Lebanon
LB | Sidon | Saida
LB | Tyre |
LB | Baalbek | Baalbeck
LB | Bekaa | Beqaa; Bekaa Valley
LB | Hermel |
LB | Nabatieh | Nabatiyeh
LB | Arsal | Ersal
LB | Dahiyeh | Dahieh; Dahiya
LB | Ain al-Hilweh | Ein el-Hilweh; Ain el-Hilweh
LB | Naqoura |
LB | Bint Jbeil | Bint Jbail
LB | Shebaa Farms | Shebaa
LB | Marjayoun |
LB | Khiam |
LB | Aitaroun |
LB | Zahle |
YE | Sana'a | Sanaa; Sana
YE | Aden |
YE | Taiz | Ta'izz; Taizz; Taez
YE | Hodeidah | Hudaydah; Hodeida; al-Hudaydah; Hudaida
YE | Marib | Ma'rib; Maarib
YE | Saada | Sa'dah; Saadah; Sa'ada
YE | Hajjah | Hajja
YE | Ibb |
YE | Dhamar | Dammar
YE | Amran |
YE | Jawf | al-Jawf; Al-Jouf
YE | Shabwa | Shabwah
YE | Abyan |
YE | Zinjibar |
YE | Jaar |
YE | Hadramawt | Hadhramaut; Hadramout; Hadramaut
YE | Mukalla | al-Mukalla
YE | Lahj | Lahij
YE | al-Bayda | Bayda; Baydah; al-Baida; al-Beidha
YE | Dhale | al-Dhale; Dali
YE | Mahra | al-Mahra; Mahrah
YE | Socotra |
YE | Bab al-Mandab | Bab el-Mandeb; Bab al-Mandeb
YE | Mokha | Mocha port; al-Makha
YE | Al-Anad | al-Anad; al Anad air base
YE | Rada'a | Radda; Rada
YE | Sirwah |
YE | Nihm | Nehm
YE | Harad | Haradh
"""
