"""Countries: ISO 3166 alpha-2 code, names, demonyms, and cities that stand for them in datelines.

One country a line: code | names | demonyms and adjectives | capital and well-known cities.
Source: ISO 3166-1 for codes; names, demonyms and cities are general knowledge (any atlas).
Names that are also common words or first names (Chad, Jordan, Georgia, Reading) are handled by
`rules.facts.places`, not left out.
"""

from __future__ import annotations

COUNTRIES = """
AF | Afghanistan | Afghan Afghans | Kabul; Kandahar; Herat; Jalalabad; Mazar-i-Sharif; Kunduz; Lashkar Gah; Helmand; Nangarhar; Ghazni; Kunar; Paktika; Paktia; Khost; Farah; Uruzgan; Logar; Wardak; Badakhshan; Zabul; Baghlan; Faryab
AL | Albania | Albanian Albanians | Tirana
DZ | Algeria | Algerian Algerians | Algiers; Oran; Constantine; Tizi Ouzou; In Amenas; Tamanrasset; Boumerdes
AD | Andorra | Andorran | Andorra la Vella
AO | Angola | Angolan Angolans | Luanda; Cabinda; Huambo
AG | Antigua and Barbuda; Antigua | Antiguan |
AR | Argentina | Argentine Argentines Argentinian | Buenos Aires; Rosario; La Plata; Mendoza; La Tablada
AM | Armenia | Armenian Armenians | Yerevan; Gyumri
AU | Australia | Australian Australians | Canberra; Sydney; Melbourne; Brisbane; Perth; Adelaide; Darwin; Queensland; New South Wales; Tasmania
AT | Austria | Austrian Austrians | Vienna; Salzburg; Graz
AZ | Azerbaijan | Azerbaijani Azerbaijanis Azeri Azeris | Baku; Ganja; Nagorno-Karabakh; Stepanakert
BS | Bahamas | Bahamian | Nassau
BH | Bahrain | Bahraini Bahrainis | Manama; Sitra
BD | Bangladesh | Bangladeshi Bangladeshis | Dhaka; Chittagong; Sylhet; Khulna; Cox's Bazar; Gazipur
BB | Barbados | Barbadian | Bridgetown
BY | Belarus | Belarusian Belarusians | Minsk; Brest-Litovsk
BE | Belgium | Belgian Belgians | Brussels; Antwerp; Liege; Ghent; Charleroi
BZ | Belize | Belizean | Belmopan; Belize City
BJ | Benin | Beninese | Porto-Novo; Cotonou
BT | Bhutan | Bhutanese | Thimphu
BO | Bolivia | Bolivian Bolivians | La Paz; Cochabamba; Santa Cruz de la Sierra; Sucre; Oruro; El Alto; Chapare
BA | Bosnia; Bosnia and Herzegovina; Bosnia-Herzegovina | Bosnian Bosnians | Sarajevo; Mostar; Banja Luka; Srebrenica
BW | Botswana | Botswanan | Gaborone
BR | Brazil | Brazilian Brazilians | Brasilia; Rio de Janeiro; Sao Paulo; Salvador da Bahia; Recife; Manaus; Porto Alegre; Belo Horizonte; Fortaleza
BN | Brunei | Bruneian | Bandar Seri Begawan
BG | Bulgaria | Bulgarian Bulgarians | Sofia; Burgas; Plovdiv
BF | Burkina Faso | Burkinabe | Ouagadougou; Djibo
BI | Burundi | Burundian Burundians | Bujumbura; Gitega
KH | Cambodia; Kampuchea | Cambodian Cambodians | Phnom Penh; Preah Vihear; Siem Reap
CM | Cameroon | Cameroonian Cameroonians | Yaounde; Douala; Maroua; Bamenda; Kolofata
CA | Canada | Canadian Canadians | Ottawa; Toronto; Montreal; Vancouver; Quebec; Ontario; Alberta; Calgary; British Columbia; Saskatchewan; Manitoba
CV | Cape Verde | Cape Verdean | Praia
CF | Central African Republic; CAR | Central African | Bangui; Bambari; Bossangoa; Bria
TD | Chad | Chadian Chadians | N'Djamena; Ndjamena; Bol
CL | Chile | Chilean Chileans | Santiago; Valparaiso; Concepcion; Temuco; Vina del Mar; Antofagasta
CN | China; People's Republic of China; PRC | Chinese | Beijing; Shanghai; Hong Kong; Guangzhou; Xinjiang; Urumqi; Tibet; Lhasa; Shenzhen; Chongqing; Tianjin; Sichuan; Kunming; Yunnan; Kashgar
CO | Colombia | Colombian Colombians | Bogota; Medellin; Cali; Barranquilla; Cartagena; Bucaramanga; Barrancabermeja; Arauca; Antioquia; Cucuta; Villavicencio; Santander; Caqueta; Cauca; Choco; Uraba; Popayan; Pasto; Putumayo; Meta; Magdalena; Apartado; Monteria; Norte de Santander; Neiva; Narino; Guaviare; Huila; Tolima; Cesar; Itagui; Envigado; Valle del Cauca; Cundinamarca
KM | Comoros | Comorian | Moroni
CG | Republic of the Congo; Congo-Brazzaville | | Brazzaville; Pointe-Noire
CD | Democratic Republic of the Congo; Democratic Republic of Congo; DR Congo; DRC; Congo; Zaire | Congolese | Kinshasa; Goma; Bukavu; Lubumbashi; Beni; North Kivu; South Kivu; Ituri; Bunia; Kisangani; Katanga
CR | Costa Rica | Costa Rican Costa Ricans | San Jose; Limon; Puntarenas
HR | Croatia | Croatian Croatians Croat Croats | Zagreb; Split; Dubrovnik; Vukovar
CU | Cuba | Cuban Cubans | Havana; Santiago de Cuba; Guantanamo
CY | Cyprus | Cypriot Cypriots | Nicosia; Limassol; Larnaca
CZ | Czech Republic; Czechia; Czechoslovakia | Czech Czechs Czechoslovak | Prague; Brno
DK | Denmark | Danish Dane Danes | Copenhagen; Aarhus
DJ | Djibouti | Djiboutian |
DM | Dominica | |
DO | Dominican Republic | Dominican Dominicans | Santo Domingo
EC | Ecuador | Ecuadorian Ecuadorians Ecuadoran | Quito; Guayaquil; Cuenca; Esmeraldas
EG | Egypt | Egyptian Egyptians | Cairo; Alexandria; Giza; Sinai; North Sinai; El-Arish; Arish; Al-Arish; Rafah crossing; Suez; Port Said; Luxor; Aswan; Minya; Ismailia; Sheikh Zuweid; Sharm el-Sheikh; Asyut
SV | El Salvador | Salvadoran Salvadorans Salvadorean Salvadoreans | San Salvador; Santa Ana; San Miguel; Chalatenango; Morazan; Usulutan; Soyapango; San Vicente; Cuscatlan; Sonsonate; La Libertad; La Union; Guazapa; Santa Tecla; Zacatecoluca; Ahuachapan; Ilopango; Mejicanos; Zacamil; Perquin; Cabanas; Apopa; Ayutuxtepeque; Cuscatancingo; San Francisco Gotera
GQ | Equatorial Guinea | Equatoguinean | Malabo
ER | Eritrea | Eritrean Eritreans | Asmara
EE | Estonia | Estonian Estonians | Tallinn
SZ | Eswatini; Swaziland | Swazi | Mbabane
ET | Ethiopia | Ethiopian Ethiopians | Addis Ababa; Tigray; Mekelle; Amhara; Oromia; Gambella; Afar
FJ | Fiji | Fijian Fijians | Suva
FI | Finland | Finnish Finn Finns | Helsinki; Turku
FR | France | French Frenchman Frenchmen | Paris; Marseille; Lyon; Toulouse; Nice; Strasbourg; Corsica; Bordeaux; Lille; Nantes
GA | Gabon | Gabonese | Libreville
GM | Gambia | Gambian Gambians | Banjul
GE | Georgia | Georgian Georgians | Tbilisi; South Ossetia; Tskhinvali; Abkhazia; Sukhumi; Batumi
DE | Germany; West Germany; East Germany | German Germans | Berlin; Munich; Hamburg; Frankfurt; Cologne; Bonn; Stuttgart; Dresden; Leipzig; Hanover; Bavaria
GH | Ghana | Ghanaian Ghanaians | Accra; Kumasi
GR | Greece | Greek Greeks | Athens; Thessaloniki; Crete; Lesbos
GD | Grenada | Grenadian |
GT | Guatemala | Guatemalan Guatemalans | Guatemala City; Quetzaltenango; Quiche; Peten; Escuintla; Suchitepequez; San Marcos; Solola; Chimaltenango; Huehuetenango; Santiago Atitlan; Retalhuleu
GN | Guinea | Guinean Guineans | Conakry; Nzerekore
GW | Guinea-Bissau | Bissau-Guinean | Bissau
GY | Guyana | Guyanese |
HT | Haiti | Haitian Haitians | Port-au-Prince; Cap-Haitien; Gonaives
HN | Honduras | Honduran Hondurans | Tegucigalpa; San Pedro Sula; La Ceiba; Comayagua; El Paraiso; Palmerola
HU | Hungary | Hungarian Hungarians | Budapest
IS | Iceland | Icelandic Icelander | Reykjavik
IN | India | Indian Indians | New Delhi; Delhi; Mumbai; Kolkata; Calcutta; Chennai; Bangalore; Bengaluru; Hyderabad; Kashmir; Srinagar; Jammu; Assam; Manipur; Gujarat; Ahmedabad; Punjab state; Chhattisgarh; Jharkhand; Bihar; Orissa; Odisha; Uttar Pradesh; Maharashtra; West Bengal; Nagaland; Tripura; Kerala; Tamil Nadu; Telangana; Andhra Pradesh; Rajasthan; Pathankot; Pulwama; Imphal; Guwahati; Lucknow; Meghalaya
ID | Indonesia | Indonesian Indonesians | Jakarta; Bali; Aceh; Papua; West Papua; Sulawesi; Poso; Surabaya; Sumatra; Java
IR | Iran; Islamic Republic of Iran | Iranian Iranians | Tehran; Isfahan; Esfahan; Mashhad; Tabriz; Shiraz; Natanz; Ahvaz; Bandar Abbas; Qom; Chabahar; Zahedan; Fordow; Bushehr; Kermanshah; Kerman; Karaj; Sistan-Baluchestan; Urmia; Parchin
IQ | Iraq | Iraqi Iraqis | Baghdad
IE | Ireland; Republic of Ireland | Irish Irishman | Dublin; Cork; Galway
IL | Israel | Israeli Israelis | Jerusalem; Tel Aviv; Haifa; Ashkelon; Ashdod; Beersheba; Beersheva; Sderot; Eilat; Negev; Galilee; Kiryat Shmona; Safed; Nahariya; Metula; Tiberias; Netanya; Golan Heights; Golan; Metula; Nahariya; Dimona
IT | Italy | Italian Italians | Rome; Milan; Naples; Turin; Palermo; Genoa; Sicily; Venice; Florence; Lampedusa; Brindisi
CI | Ivory Coast; Cote d'Ivoire | Ivorian Ivorians | Abidjan; Yamoussoukro; Bouake; Duekoue; Grand-Bassam
JM | Jamaica | Jamaican Jamaicans | Kingston
JP | Japan | Japanese | Tokyo; Osaka; Fukushima; Okinawa; Hiroshima; Nagasaki; Kyoto; Sendai
JO | Jordan | Jordanian Jordanians | Amman; Zarqa; Irbid; Karak; Aqaba; Mafraq
KZ | Kazakhstan | Kazakh Kazakhs Kazakhstani | Astana; Nur-Sultan; Almaty; Aktobe; Zhanaozen; Taraz
KE | Kenya | Kenyan Kenyans | Nairobi; Mombasa; Garissa; Mandera; Lamu; Wajir; Westgate; Kisumu; Dadaab; Mpeketoni
KP | North Korea; DPRK | North Korean North Koreans | Pyongyang
KR | South Korea; Republic of Korea | South Korean South Koreans | Seoul; Busan; Incheon; Yeonpyeong; Kwangju
XK | Kosovo | Kosovar Kosovan Kosovars | Pristina; Mitrovica
KW | Kuwait | Kuwaiti Kuwaitis | Kuwait City
KG | Kyrgyzstan | Kyrgyz Kyrgyzstani | Bishkek; Osh; Jalal-Abad
LA | Laos | Lao Laotian | Vientiane
LV | Latvia | Latvian Latvians | Riga
LB | Lebanon | Lebanese | Beirut
LS | Lesotho | Basotho | Maseru
LR | Liberia | Liberian Liberians | Monrovia
LY | Libya | Libyan Libyans | Tripoli; Benghazi; Misrata; Misurata; Sirte; Zawiya; Derna; Ajdabiya; Brega; Ras Lanuf; Sabha; Zintan; Bani Walid; Tobruk; Zuwara; Tarhuna; Bin Jawad; Sabratha; Kufra; Gharyan; Nafusa
LI | Liechtenstein | | Vaduz
LT | Lithuania | Lithuanian Lithuanians | Vilnius
LU | Luxembourg | Luxembourgish |
MG | Madagascar | Malagasy | Antananarivo
MW | Malawi | Malawian | Lilongwe; Blantyre
MY | Malaysia | Malaysian Malaysians | Kuala Lumpur; Sabah; Lahad Datu; Penang; Johor; Sarawak
MV | Maldives | Maldivian | Male
ML | Mali | Malian Malians | Bamako; Gao; Timbuktu; Kidal; Mopti; Konna; Tessalit; Menaka; Sevare; Segou; Douentza
MT | Malta | Maltese | Valletta
MR | Mauritania | Mauritanian Mauritanians | Nouakchott; Bassikounou
MU | Mauritius | Mauritian | Port Louis
MX | Mexico | Mexican Mexicans | Mexico City; Guadalajara; Monterrey; Ciudad Juarez; Juarez; Tijuana; Acapulco; Michoacan; Sinaloa; Culiacan; Guerrero; Veracruz; Tamaulipas; Chihuahua; Oaxaca; Nuevo Leon; Iguala; Ayotzinapa; Durango; Coahuila; Reynosa; Nuevo Laredo; Chiapas; Jalisco; Morelos; Zacatecas
MD | Moldova | Moldovan Moldovans | Chisinau; Transnistria
MC | Monaco | |
MN | Mongolia | Mongolian | Ulan Bator; Ulaanbaatar
ME | Montenegro | Montenegrin | Podgorica
MA | Morocco | Moroccan Moroccans | Rabat; Casablanca; Marrakesh; Marrakech; Tangier; Fez
MZ | Mozambique | Mozambican | Maputo; Cabo Delgado; Palma; Pemba
MM | Myanmar; Burma | Burmese | Naypyidaw; Yangon; Rangoon; Mandalay; Rakhine; Kachin; Shan State; Sittwe; Maungdaw; Laukkai; Meiktila
NA | Namibia | Namibian | Windhoek
NP | Nepal | Nepalese Nepali | Kathmandu; Pokhara
NL | Netherlands; Holland | Dutch Dutchman | Amsterdam; The Hague; Rotterdam; Utrecht
NZ | New Zealand | New Zealander New Zealanders | Wellington; Auckland; Christchurch
NI | Nicaragua | Nicaraguan Nicaraguans | Managua; Leon; Matagalpa; Jinotega; Esteli; Chontales; Rio San Juan; Zelaya; Chinandega; Nueva Guinea; Rio Blanco; Boaco
NE | Niger | Nigerien Nigeriens | Niamey; Diffa; Agadez; Bosso; Arlit; Tillaberi; Inates
NG | Nigeria | Nigerian Nigerians | Abuja; Lagos; Maiduguri; Borno; Borno State; Yobe; Adamawa; Kano; Kaduna; Jos; Chibok; Bauchi; Damaturu; Potiskum; Baga; Gombe; Bama; Gwoza; Konduga; Mubi; Plateau State; Benue; Zamfara; Yola; Niger Delta; Biu; Port Harcourt; Zaria; Damboa; Katsina; Sokoto
MK | North Macedonia; Macedonia | Macedonian Macedonians | Skopje; Kumanovo
NO | Norway | Norwegian Norwegians | Oslo; Utoya; Bergen
OM | Oman | Omani Omanis | Muscat; Gulf of Oman; Salalah
PK | Pakistan | Pakistani Pakistanis | Islamabad; Karachi; Lahore; Peshawar; Quetta; North Waziristan; South Waziristan; Waziristan; Rawalpindi; Khyber; Khyber Agency; Balochistan; Baluchistan; Swat; Miranshah; Mir Ali; Bajaur; Khyber Pakhtunkhwa; Orakzai; Kurram; Sindh; Parachinar; Bannu; Mohmand; Charsadda; Mardan; Kohat; Hangu; Swabi; Sukkur; Multan; Faisalabad; Dera Ismail Khan; Tank; Shikarpur; Abbottabad; Datta Khel; Wana; Gilgit; Mastung; Chaman; Punjab
PS | Palestine; Palestinian territories; Palestinian Territories; State of Palestine; West Bank | Palestinian Palestinians Gazan Gazans | Gaza; Gaza Strip; Gaza City; Ramallah; Hebron; Nablus; Jenin; Rafah; Khan Younis; Khan Yunis; Jabalia; Jabaliya; Bethlehem; Tulkarm; Tulkarem; Deir al-Balah; Beit Hanoun; Beit Lahiya; Jericho; Qalqilya; Nuseirat; East Jerusalem; Huwara; Shejaiya; Tubas
PA | Panama | Panamanian Panamanians | Panama City; Colon; Darien
PG | Papua New Guinea | Papua New Guinean | Port Moresby; Bougainville
PY | Paraguay | Paraguayan Paraguayans | Asuncion
PE | Peru | Peruvian Peruvians | Lima; Ayacucho; Huancayo; Trujillo; Cusco; Cuzco; Puno; Junin; Huanuco; Tingo Maria; Arequipa; Callao; Huancavelica; Cajamarca; Huallaga; Upper Huallaga; San Martin; Ancash; Chimbote; Apurimac; Tarapoto; Pucallpa; Piura; Cerro de Pasco; Ica; Uchiza; Tocache; Huanta; Andahuaylas; Chiclayo; Iquitos; Bagua
PH | Philippines | Filipino Filipinos Philippine | Manila; Mindanao; Zamboanga; Basilan; Jolo; Sulu; Cotabato; Maguindanao; Davao; Marawi; Mamasapano; Cebu; Quezon City; Luzon; Palawan; Tawi-Tawi
PL | Poland | Polish Pole Poles | Warsaw; Krakow; Gdansk
PT | Portugal | Portuguese | Lisbon; Porto
QA | Qatar | Qatari Qataris | Doha; Al Udeid
RO | Romania | Romanian Romanians | Bucharest; Timisoara
RU | Russia; Russian Federation; Soviet Union; USSR | Russian Russians Soviet Soviets | Moscow; St. Petersburg; St Petersburg; Saint Petersburg; Chechnya; Grozny; Dagestan; Makhachkala; Ingushetia; Nalchik; Kabardino-Balkaria; North Ossetia; Vladikavkaz; Volgograd; Stavropol; Belgorod; Rostov; Kursk; Beslan; Sochi; Siberia; Vladivostok; Bryansk; Rostov-on-Don; Engels; Buynaksk; Nazran; Pyatigorsk; Khasavyurt
RW | Rwanda | Rwandan Rwandans | Kigali
SA | Saudi Arabia | Saudi Saudis Saudi Arabian | Riyadh; Jeddah; Mecca; Medina; Najran; Jizan; Jazan; Abha; Khamis Mushait; Abqaiq; Khurais; Ras Tanura; Dhahran; Qatif; Dammam; Awamiya; Yanbu; Al-Ahsa; Asir; Taif; Arar
SN | Senegal | Senegalese | Dakar; Casamance
RS | Serbia; Yugoslavia | Serbian Serb Serbs Serbians | Belgrade; Novi Sad
SC | Seychelles | |
SL | Sierra Leone | Sierra Leonean | Freetown
SG | Singapore | Singaporean Singaporeans |
SK | Slovakia | Slovak Slovaks | Bratislava
SI | Slovenia | Slovenian Slovene | Ljubljana
SB | Solomon Islands | | Honiara
SO | Somalia | Somali Somalis | Mogadishu; Kismayo; Baidoa; Beledweyne; Garowe; Bosaso; Galkayo; Puntland; Somaliland; Hargeisa; Afgoye; Barawe; Beledwayne; Lower Shabelle; Merca; Marka; Jowhar; Gedo; Galgadud; Luuq; Las Anod; Baraawe; Bulo Burde; Dinsoor
ZA | South Africa | South African South Africans | Pretoria; Johannesburg; Cape Town; Durban; Marikana; Soweto
SS | South Sudan | South Sudanese | Juba; Bor; Bentiu; Malakal; Jonglei; Upper Nile; Unity State; Pibor; Leer
ES | Spain | Spanish Spaniard Spaniards | Madrid; Barcelona; Catalonia; Basque Country; Bilbao; Valencia; Seville; Ceuta; Melilla; Malaga; Majorca
LK | Sri Lanka | Sri Lankan Sri Lankans | Colombo; Jaffna; Batticaloa; Kandy; Trincomalee
SD | Sudan | Sudanese | Khartoum; Darfur; North Darfur; South Darfur; West Darfur; El Fasher; El-Fasher; Nyala; South Kordofan; Blue Nile; Abyei; Heglig; Omdurman; Port Sudan; Kadugli; El Geneina; El Obeid; Wad Madani; Merowe; Gezira
SR | Suriname | Surinamese | Paramaribo; Moengo
SE | Sweden | Swedish Swede Swedes | Stockholm; Malmo; Gothenburg
CH | Switzerland | Swiss | Bern; Geneva; Zurich; Basel
SY | Syria; Syrian Arab Republic | Syrian Syrians | Damascus
TW | Taiwan | Taiwanese | Taipei; Kaohsiung
TJ | Tajikistan | Tajik Tajiks | Dushanbe; Khorog; Gorno-Badakhshan
TZ | Tanzania | Tanzanian Tanzanians | Dodoma; Dar es Salaam; Zanzibar; Arusha
TH | Thailand | Thai Thais | Bangkok; Pattani; Yala; Narathiwat; Songkhla; Chiang Mai; Phuket; Hat Yai; Surin; Trat
TL | East Timor; Timor-Leste | Timorese | Dili
TG | Togo | Togolese | Lome
TT | Trinidad and Tobago; Trinidad | Trinidadian | Port of Spain
TN | Tunisia | Tunisian Tunisians | Tunis; Sousse; Sfax; Kasserine; Sidi Bouzid; Ben Gardane; Ben Guerdane; Gafsa; Jendouba; Chaambi; Bardo
TR | Turkey; Turkiye | Turkish Turk Turks | Ankara; Istanbul; Diyarbakir; Izmir; Hakkari; Sirnak; Cizre; Gaziantep; Suruc; Mardin; Reyhanli; Adana; Nusaybin; Batman province; Tunceli; Hatay; Bingol; Incirlik; Kilis; Sanliurfa; Yuksekova; Silvan; Semdinli; Siirt; Silopi; Akcakale; Trabzon; Van province; Cukurca; Daglica; Antalya
TM | Turkmenistan | Turkmen | Ashgabat
UG | Uganda | Ugandan Ugandans | Kampala; Entebbe; Kasese
UA | Ukraine | Ukrainian Ukrainians | Kyiv; Kiev; Kharkiv; Donetsk; Luhansk; Lugansk; Mariupol; Odessa; Odesa; Lviv; Dnipro; Dnipropetrovsk; Zaporizhzhia; Kherson; Bakhmut; Avdiivka; Sloviansk; Slovyansk; Kramatorsk; Debaltseve; Ilovaisk; Crimea; Sevastopol; Simferopol; Horlivka; Donbas; Donbass; Volnovakha; Mykolaiv; Chernihiv; Sumy; Kryvyi Rih; Pokrovsk; Severodonetsk; Izium; Bucha; Irpin; Krasnoarmiysk; Artemivsk; Shchastia; Marinka; Debaltsevo; Vinnytsia; Poltava; Snake Island; Melitopol; Zaporozhye
AE | United Arab Emirates; UAE | Emirati Emiratis | Abu Dhabi; Dubai; Sharjah; Fujairah
GB | United Kingdom; UK; U.K.; Britain; Great Britain; England; Scotland; Wales; Northern Ireland | British Briton Britons English Scottish Welsh | London; Belfast; Manchester; Glasgow; Edinburgh; Birmingham; Liverpool; Cardiff; Leeds; Derry; Londonderry; Armagh; Salisbury; Woolwich
US | United States; United States of America; USA; U.S.A.; US; U.S.; America | American Americans | Washington; New York; Los Angeles; Chicago; Houston; Boston; San Francisco; Miami; Dallas; Texas; California; Florida; Colorado; Arizona; Ohio; Michigan; Pennsylvania; Connecticut; Virginia; Oregon; Tennessee; Louisiana; Missouri; Illinois; Massachusetts; Wisconsin; Alabama; South Carolina; North Carolina; Baltimore; Maryland; Seattle; Las Vegas; Nevada; Oklahoma; Kansas; Minnesota; Utah; Philadelphia; New Jersey; Detroit; Atlanta; New Orleans; San Diego; Charleston; Hawaii; Alaska; Indiana; Kentucky; Mississippi; Arkansas; Iowa; Nebraska; Idaho; Montana; Georgia Tech; Ferguson; San Bernardino; Orlando; Tucson; Aurora; Phoenix; Denver; Cleveland; Milwaukee
UY | Uruguay | Uruguayan Uruguayans | Montevideo
UZ | Uzbekistan | Uzbek Uzbeks | Tashkent; Andijan; Samarkand
VU | Vanuatu | | Port Vila
VA | Vatican; Holy See; Vatican City | |
VE | Venezuela | Venezuelan Venezuelans | Caracas; Maracaibo; Tachira; Apure; San Cristobal; Zulia; Merida; Ciudad Bolivar
VN | Vietnam; Viet Nam | Vietnamese | Hanoi; Ho Chi Minh City; Saigon; Danang
EH | Western Sahara | Sahrawi Saharawi | Laayoune
YE | Yemen | Yemeni Yemenis | Sanaa
ZM | Zambia | Zambian Zambians | Lusaka
ZW | Zimbabwe | Zimbabwean Zimbabweans | Harare; Bulawayo
PR | Puerto Rico | Puerto Rican Puerto Ricans |
"""
