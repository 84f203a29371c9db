"""The small vocabulary that casualty statements are made of.

Written by hand from how agencies write; data, no decisions. All lower case.
"""

from __future__ import annotations


def bag(words: str) -> frozenset[str]:
    """Return the words of a text as a set: tables read better as prose than as lists."""
    return frozenset(words.split())


UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12, "score": 20}

# Plurals without a number: the least that the word can mean. "Several" is two or more, not seven.
VAGUE = {
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2000,
    "several": 2,
    "multiple": 2,
    "many": 2,
    "numerous": 2,
}
VAGUE_PHRASES = {
    ("several", "dozen"): 24,
    ("a", "few", "dozen"): 24,
    ("several", "hundred"): 200,
    ("a", "few", "hundred"): 200,
    ("several", "thousand"): 2000,
    ("a", "few"): 2,
    ("a", "couple", "of"): 2,
    ("a", "number", "of"): 2,
    ("a", "handful", "of"): 2,
    ("tens", "of", "thousands", "of"): 20_000,
    ("hundreds", "of", "thousands", "of"): 200_000,
    ("tens", "of"): 20,
}

# Longest first; the value says how a number is read: ">=" at least, ">" more than, "<=" up to,
# "<" fewer than, "~<" nearly, "~" about.
QUALIFIERS: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(words.split()), kind)
    for words, kind in (
        ("no fewer than", ">="),
        ("no less than", ">="),
        ("not less than", ">="),
        ("not fewer than", ">="),
        ("as many as", "<="),
        ("a maximum of", "<="),
        ("a minimum of", ">="),
        ("a total of", "="),
        ("an estimated", "~"),
        ("at least", ">="),
        ("at the least", ">="),
        ("at most", "<="),
        ("more than", ">"),
        ("upwards of", ">"),
        ("in excess of", ">"),
        ("fewer than", "<"),
        ("less than", "<"),
        ("close to", "~<"),
        ("up to", "<="),
        ("well over", ">"),
        ("just over", ">"),
        ("some", "~"),
        ("about", "~"),
        ("around", "~"),
        ("roughly", "~"),
        ("approximately", "~"),
        ("estimated", "~"),
        ("over", ">"),
        ("nearly", "~<"),
        ("almost", "~<"),
        ("under", "<"),
        ("minimum", ">="),
        ("all", "="),
        ("another", "="),
        ("other", "="),
        ("the", "="),
        ("a further", "="),
        ("an additional", "="),
        ("only", "="),
        ("just", "="),
        ("exactly", "="),
        ("possibly", "~"),
        ("perhaps", "~"),
        ("these", "="),
        ("his", "="),
        ("her", "="),
        ("their", "="),
        ("its", "="),
        ("those", "="),
    )
)

# Who can be killed. Plurals are made by rule; irregular ones stand here.
PERSONS = bag(
    """
    cop jawan owner host tenant lodger barber butcher cook baker nomad beggar bride aide-de-camp activist adult aide airman ambassador american arab archbishop asylum-seeker attacker baby
    bandit bishop blogger body bodyguard bomber border-guard boy boyfriend bride brother
    brigadier builder businessman businesswoman bystander cadet cameraman campaigner candidate
    captain captive caretaker chief child children christian citizen civilian cleric clerk
    collaborator colleague colonel combatant commander commando commuter companion conscript
    constable contractor convict copt corporal councillor councilman couple cousin crewman
    crewmember criminal customer daughter deacon defector defender demonstrator deputy deserter
    detainee detective dignitary diplomat director dissident diver doctor driver drone-operator
    dweller economist editor elder employee engineer evacuee evangelist executive expert
    extremist family farmer father fighter firefighter fireman fisherman fishermen foreigner
    founder friend gangster general girl girlfriend governor grandfather grandmother grandson
    guard gunman gunmen guerrilla guerilla guest hajji herder herdsman herdsmen hijacker hostage
    housewife human husband imam immigrant individual infant infantryman inmate inspector
    instructor insurgent interpreter intruder iranian iraqi islamist israeli jihadist jihadi
    journalist judge juror justice kidnapper kurd laborer labourer landlord lawmaker lawyer
    leader legislator lebanese lieutenant lord magistrate major man marine marshal mayor
    mechanic mediator medic member men merchant migrant militant militia militiaman militiamen
    miner minister minor missionary monk mother motorcyclist motorist mourner mullah murderer
    muslim negotiator neighbor neighbour nephew newborn newspaperman niece nomad nun nurse
    occupant officer official operative operator orphan outlaw pakistani palestinian paramedic
    paramilitary paratrooper parent parliamentarian participant partisan partner passenger
    passer-by passers-by passerby passersby pastor patient patriarch patrolman peacekeeper
    peasant pedestrian people perpetrator person personnel pensioner photographer physician
    picnicker pilgrim pilot pirate player poet police policeman policemen policewoman politician
    porter preacher president priest principal prisoner producer professor prosecutor protester
    protestor pupil rabbi raider ranger rebel recruit refugee relative relief-worker reporter
    rescuer researcher reservist resident retiree rider rioter robber saboteur sailor schoolboy
    schoolchild schoolchildren schoolgirl scientist seaman seamen secretary seminarian senator
    separatist sergeant servant serviceman servicemen servicewoman settler sheikh shepherd
    shiite shia shi'ite shooter shopkeeper shopper sibling sister smuggler sniper soldier son
    soul spokesman spouse spy squatter staff staffer stranger student subject suspect sunni
    supporter survivor syrian tailor taliban teacher teen teenager terrorist toddler tourist
    trader trafficker translator traveler traveller tribesman tribesmen trooper troops troop
    tutor twin uncle unionist vendor veteran victim villager visitor volunteer voter waiter
    warden warlord watchman wedding-goer wife woman women worker workman workmen worshiper
    worshipper writer yemeni youngster youth servicemember inhabitant politician crew afghan
    turk turkish kenyan nigerian somali russian ukrainian egyptian libyan
    """
)

# Persons whose singular may stand for many, or for no person at all.
MASS = bag(
    """
    people police troops personnel staff family crew children men women militia taliban
    palestinian israeli iraqi syrian iranian yemeni american russian turkish afghan sunni shia
    shiite islamist arab fishermen human youth body infant schoolchildren victim individual head
    driver-less
    """
)

# Singulars that name someone who leads: "kills commander" may have killed others too.
LEADERS = bag(
    """
    chief commander leader head deputy mastermind spokesman warlord general minister official
    """
)

# What is counted in such texts, but is not killed.
THINGS = bag(
    """
    acre aircraft airplane airstrike ambulance animal apartment area assault attack authority
    barge base battalion battle bid blast boat bomb bombing bottle brigade building bullet bus
    bystreet camel camp car case cash cattle cent charge checkpoint chicken church city clash
    company convoy copy country cow crash crate crime day decade defeat degree demand district
    dog dollar donkey door drone email episode euro event explosion factory feet film fire flat
    flight floor foot game gallon goal goat grenade group gun gunshot hectare helicopter hill
    home horse hospital hotel hour house incident inch injury item jet job kilo kilogram
    kilogramme kilometer kilometre km kg language law letter line litre location lorry loss
    market match meter metre mile millimetre million mine minute missile mission month mortar
    mosque motorbike motorcycle murder nation night object occasion office operation
    organization organisation ounce page part party patrol percent percentage period phone piece
    place plane platoon point position post pound problem province prize provision question
    quarter race raid rate reason region rifle rocket round rouble ruble run rupee sanction
    school season seat second sector sheep shell ship shop shot site sortie speech square state
    step stone store strike suburb suicide-bombing tank target tent thing threat ticket time
    times ton tonne town train trial truck tunnel unit vehicle vessel village volley vote
    warhead warning warplane warship way week wound year yard yen rial lira barrel bombings
    deaths death fatality injuries front side round wave series set type kind street road
    kilometres miles cell network hideout militias faction tribe block storey story bird fish
    elephant rhino cow dolphin whale term count sentence shot sector percent per
    """
)

KILL = bag(
    """
    kill kills killed killing slay slays slain slew slaying murder murders murdered murdering
    massacre massacres massacred massacring assassinate assassinates assassinated assassinating
    execute executes executed executing behead beheads beheaded beheading lynched martyred
    slaughter slaughtered slaughtering decapitated butchered
    """
)
INJURE = bag(
    """
    wound wounds wounded wounding injure injures injured injuring hurt hurts hurting maimed
    maiming
    """
)
# Forms that only ever take an object, and those that may be a passive participle.
ACTIVE_ONLY = bag(
    """
    kill kills killing slay slays slew slaying murder murders murdering massacre massacres
    massacring assassinate assassinates assassinating execute executes executing behead beheads
    beheading slaughter slaughtering wound wounds wounding injure injures injuring hurts hurting
    maiming
    """
)
DIE = bag("die dies died dead perish perishes perished dying drown drowned drowns suffocated")
BE = bag("was were been be being is are has have had get gets got s re ve")
PASSIVE_BE = bag("was were been be being are is got")
ADVERBS = bag(
    """
    also reportedly later then allegedly both all each either instantly immediately seriously
    badly critically severely slightly lightly still now already previously apparently reported
    confirmed believed feared thought said presumed gravely mortally fatally found left to have
    apparently themselves deliberately either since known declared brutally further inside there
    dead-or
    """
)
STOP = bag(
    """
    in on at by of for from to with after before when while as that which who whom whose where
    during and or but nor near outside inside into over under against between among including
    than since until because if though although amid around across along off up down out about
    according was were is are be been being has have had will would could may might must did
    does do not said says told say reported it its he she they them this these those there then
    so too yet aboard since following via per toward towards through throughout despite without
    within following also however we i you his her their our my what how why
    """
)
# Nouns that count the harmed: "three deaths", "16 suffered injuries".
HARM_NOUNS = bag(
    "deaths fatalities injuries casualties lives bodies suffered sustained needed required kia wia"
)
