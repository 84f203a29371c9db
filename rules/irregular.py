"""Words whose forms no rule gives, as news on war and disaster uses them; folded."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LINES = """
strike strikes striking struck stricken
shoot shoots shooting shootings shot
fight fights fighting fought
hit hits hitting
kill kills killing killings killed
die dies dying died
bear bears bearing bore borne
beat beats beating beaten
become becomes becoming became
begin begins beginning began begun
blow blows blowing blew blown
break breaks breaking broke broken
bring brings bringing brought
build builds building built
buy buys buying bought
catch catches catching caught
choose chooses choosing chose chosen
come comes coming came
cut cuts cutting
deal deals dealing dealt
dig digs digging dug
do does doing did done
draw draws drawing drew drawn
drive drives driving drove driven
eat eats eating ate eaten
fall falls falling fell fallen
feed feeds feeding fed
feel feels feeling felt
find finds finding found
flee flees fleeing fled
fly flies flying flew flown
forbid forbids forbidding forbade forbidden
freeze freezes freezing froze frozen
get gets getting got gotten
give gives giving gave given
go goes going went gone
grow grows growing grew grown
hang hangs hanging hanged hung
have has having had
hear hears hearing heard
hide hides hiding hid hidden
hold holds holding held
hurt hurts hurting
keep keeps keeping kept
know knows knowing knew known
lay lays laying laid
lead leads leading led
leave leaves leaving left
lie lies lying lied lay lain
lose loses losing lost
make makes making made
mean means meaning meant
meet meets meeting met
pay pays paying paid
put puts putting
quit quits quitting
read reads reading
ride rides riding rode ridden
rise rises rising rose risen
run runs running ran
say says saying said
see sees seeing saw seen
seek seeks seeking sought
sell sells selling sold
send sends sending sent
set sets setting
shake shakes shaking shook shaken
shut shuts shutting
sink sinks sinking sank sunk sunken
sit sits sitting sat
sleep sleeps sleeping slept
speak speaks speaking spoke spoken
spend spends spending spent
split splits splitting
spread spreads spreading
stand stands standing stood
steal steals stealing stole stolen
stick sticks sticking stuck
swear swears swearing swore sworn
sweep sweeps sweeping swept
take takes taking took taken
teach teaches teaching taught
tear tears tearing tore torn
tell tells telling told
think thinks thinking thought
throw throws throwing threw thrown
understand understands understanding understood
overthrow overthrows overthrowing overthrew overthrown
overrun overruns overrunning overran
withdraw withdraws withdrawing withdrew withdrawn
win wins winning won
wind winds winding wound
wound wounds wounding wounded
write writes writing wrote written
bomb bombs bombing bombings bombed
raid raids raiding raided
attack attacks attacking attacked
airstrike airstrikes
militia militias militiaman militiamen
person persons people
child children
foot feet
tooth teeth
mouse mice
crisis crises
hypothesis hypotheses
analysis analyses
basis bases
awake awakes awaking awoke awoken
arise arises arising arose arisen
bend bends bending bent
bet bets betting
bid bids bidding
bind binds binding bound
bite bites biting bit bitten
bleed bleeds bleeding bled
bound bounds bounding bounded
breed breeds breeding bred
broadcast broadcasts broadcasting
burn burns burning burned burnt
burst bursts bursting
cast casts casting
cling clings clinging clung
cost costs costing
creep creeps creeping crept
dream dreams dreaming dreamed dreamt
drink drinks drinking drank drunk
dye dyes dyeing dyed
echo echoes echoing echoed
fling flings flinging flung
forecast forecasts forecasting
forget forgets forgetting forgot forgotten
forgive forgives forgiving forgave forgiven
grind grinds grinding ground
ground grounds grounding grounded
kneel kneels kneeling knelt kneeled
learn learns learning learned learnt
lean leans leaning leaned leant
leap leaps leaping leaped leapt
lend lends lending lent
let lets letting
light lights lighting lit lighted
prove proves proving proved proven
relay relays relaying relayed
ring rings ringing rang rung
saw saws sawing sawed sawn
sew sews sewing sewed sewn
shed sheds shedding
shine shines shining shone
show shows showing showed shown
shrink shrinks shrinking shrank shrunk
sing sings singing sang sung
singe singes singeing singed
slay slays slaying slew slain
slide slides sliding slid
slit slits slitting
smell smells smelling smelled smelt
speed speeds speeding sped speeded
spell spells spelling spelled spelt
spill spills spilling spilled spilt
spin spins spinning spun
spit spits spitting spat
spoil spoils spoiling spoiled spoilt
spring springs springing sprang sprung
sting stings stinging stung
strive strives striving strove striven
swell swells swelling swelled swollen
swim swims swimming swam swum
swing swings swinging swung
thrust thrusts thrusting
tread treads treading trod trodden
upset upsets upsetting
uphold upholds upholding upheld
wake wakes waking woke woken
wear wears wearing wore worn
weave weaves weaving wove woven
weep weeps weeping wept
wring wrings wringing wrung
calf calves
criterion criteria
phenomenon phenomena
goose geese
loaf loaves
bacterium bacteria
index indexes indices
appendix appendices
axis axes
diagnosis diagnoses
oasis oases
medium media mediums
datum data
cactus cacti
nucleus nuclei
alumnus alumni
stimulus stimuli
quiz quizzes
cargo cargoes cargos
human humans
german germans
roman romans
norman normans
ottoman ottomans
shaman shamans
talisman talismans
turkman turkmans
knife knives knifed knifing
wife wives
life lives
thief thieves
leaf leaves
half halves
wolf wolves
shelf shelves
hero heroes
potato potatoes
torpedo torpedoes torpedoed torpedoing
veto vetoes vetoed vetoing
embargo embargoes embargoed embargoing
volcano volcanoes
be is are was were been being
drone drones
صاروخ صواريخ
قنبله قنابل
قذيفه قذايف
لغم الغام
هجوم هجمات هجومات
سلاح اسلحه
مدفع مدافع
جندي جنود
ضابط ضباط
قايد قاده
قتيل قتلي
جريح جرحي
شهيد شهداء
رهينه رهاين
جيش جيوش
حزب احزاب
حرب حروب
قاعده قواعد
سفينه سفن
день дни дня дню днем дне дней дням днями днях
"""


def _families() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _LINES.split("\n"):
        family = tuple(line.split())
        # A form can belong to two words (wound, lay, left): the word that is spelt so comes first.
        for form in family:
            if form not in found or form == family[0]:
                found[form] = family
    return MappingProxyType(found)


FAMILIES = _families()
# The verb behind them keeps its forms: overthrow, retake, mislead.
PREFIXES = ("re", "over", "under", "out", "up", "with", "mis", "fore", "un")
PLURALS = (("man", "men"),)
INVARIABLE = frozenset(
    [
        "aircraft",
        "spacecraft",
        "hovercraft",
        "watercraft",
        "troops",
        "police",
        "military",
        "personnel",
        "news",
        "series",
        "species",
        "sheep",
        "fish",
        "deer",
        "headquarters",
        "barracks",
        "crossroads",
    ]
)
