"""Words that are names too, names that stand for names, and words that announce one. Lower case, without accents."""

COMMON = frozenset(
    """
    a about above abroad across act action add after again against age ago agree air all allow almost alone along also
    always am among amount an and angel animal answer any anyone apple april area arm army around art as ask at august
    autumn aunt away baby back bad baker ball band bank bar barn base basil bass bay be bean bear beat because bed bee
    been before began begin behind bell belong below best better between big bill bird bishop bit black blank blue board
    boat bob body book born both bow box boy branch bread break bridge bright bring broke brook brooks brother brown
    buck build burn burns bush but butler buy by call came camp can cane car card care carol carpenter carry carter case
    cash castle cat catch cause center chance chancellor change chapel chapter charity chase check chip christian church
    city clark class clay clean clear cliff clock close coal coast cole cold color come common constant cook cookie cool
    cooper copy could count country course court cover crane cross crystal cut dale dance dark data date dawn day days
    deal dean dear december deep did diamond different do does dog dollar don done door down draw dream drew drive drop
    dry duke during dusty each early earn earth east easy eat edge egg eight either else end engineer english enough
    era even ever every everyone exam example eye face fact faith fall family far farm farmer farmers fast father fault
    favor fear february feed feel feet felt few field fields fifth fig file fill final find fine finger finish fire
    first fish fisher fishes five flag floor flora flower floyd fly follow food foot for force ford forest form forrest
    foster found four fox frank free fresh freshman friend from front frost full fun gale game garden gardener gas gate
    gates gay gene get giant ginger girl give glad glass glen go god gold golden good goods got grace grade graham grand
    grant grass gray great green grey grim groom ground group grow guess guest guide gun guy had hair half hall ham hand
    happy harbor hard hardy harmony harper harvest has hat have haven hazel he head heal hear heart heat heath heather
    heaven heavy height held help hem her here hero high hill hills him his hit hobby hold hole holiday home honey hood
    hook hope horn horse hot hour house how huge human hundred hunt hunter hurry i ice idea if image in inch into iris
    iron is island it item ivory ivy jack jade jam january jasmine jay jet jewel job joe join joy judge july june junior
    just keen keep key kid kind king kit kitchen knight know lab lake lamb lance land lane language large last late
    laurel law lawn lay lead leaf learn least leave led left leg less lesson let letter level library life light like
    lily line list listen little live living loan local logan long look lord lot love loved low lucky luck lunch mad
    made mail main major make male man many map maple march mark marks marsh martial mason mass master math max may
    maybe me mean meet melody men mercy mere merry met mice middle might mike mild mile miles mill miller million mind
    mine mint minute miss misty mix model modest moment monday money month moon moor more morning most mother mount
    mountain mouse mouth move much music must my name near neat neck need never new next nice nick night nine no noble
    noise none noon nor norm normal north nose not note nothing november now number oak object ocean october of off
    offer office often oil old olive on once one only open opal or orange order other our out oven over own ox pace
    pacific page paint pair palm pan paper park parker part pass past pat path pay pea peace peach pearl peer pen penny
    people pepper perfect person pet phone pick pie piece pike pine pink pit place plain plan plant play plum point pole
    pond pool poor pope poppy port porter post pot potter power pratt precious present press pretty price pride prince
    princess prior problem professor proper public pull pure purple push put quarry queen question quick quiet quiz
    rabbit race rain rainbow raise ran ray reach read ready real reason record red reed remember rest rich ride right
    ring rise river road rob robin rock rocky rod roman room root rope rose rosemary round row royal ruby rule run rush
    rusty sad sage said sail saint salt same sand sandy sat saturday save saw say scarlet school science sea season seat
    second see seed seem self sell send senior sense sent september serene serve set seven shade shadow shall shape
    share sharp she shell shepherd shine ship shoe shop shore short should show side sierra sight sign silver simple
    since sing singer single sir sister sit six size skill skip skipper sky slate sleep slow small smile smith snow so
    soft soil some son song soon sort soul sound south space spade spark speak special speed spring square staff stage
    stand star stark start state station stay steel step sterling still stone stood stop store storm story stout
    straight strange stream street strong student study such sue sugar suit sum summer sun sunday sunny sure swan sweet
    swift swim table tail take talk tall tan tanner tape task taylor teach teacher team tell temple ten term terry test
    text than thank thanks that the their them then there these they thin thing think third this those though thought
    three through thursday tide tie tiger tim time tin to today together told tom tone too took tool top total touch
    toward tower town track trade train tree trial trinity trip true trust truth try tuesday tune turn turner tutor two
    type uncle under unit until up upon us use usual vale valley van vary verb very vet victor view vine viola violet
    virgin visit voice wade wait walk walker wall walls war ward wards warm warner was wash watch water waters wave way
    we weak wealth wear weather weaver web webster wednesday week weight well wells went were west wheel when where
    which while white who whole why wide wild will willow win wind window wing winner winter wise wish with wolf woman
    won wood woods word words work worker world worth would wren write wrong yard year years yes yet york you young your
    zero zone
    africa america asia austin berlin boston brazil brooklyn canada carolina charlotte chelsea chester china dakota
    dallas denver devon england europe florence france georgia germany holland india ireland israel italy jamaica japan
    jordan kent kenya kerry korea lincoln london madison mexico milan montana orlando oxford paris phoenix savannah
    scotland sidney spain sydney troy vienna virginia wales washington wellington
    """.split()  # noqa: SIM905 - a list of a thousand quoted words is harder to read
)
"""Words that are said without anybody being meant. A name among them counts with a word that announces it, or as half
of a whole name."""

_NICKNAMES = """
abigail abby gail; abraham abe bram; albert al bert bertie; alexander alex alec sandy xander sasha; alexandra
alex sandra sasha lexi; alfred alf alfie fred; alice ali allie; alison ali allie; amanda mandy; amelia amy
millie mia; andrew andy drew; angela angie; ann annie nan; anna annie ania; anthony tony ant; antonio tony
toni; arthur art artie; barbara barb babs; bartholomew bart; beatrice bea trixie; benjamin ben benji benny;
bernard bernie; bradley brad; caroline carrie caz lina; cassandra cass cassie; catherine cathy cat kate katie
kitty; cecilia cece cissy; charles charlie chuck chas; charlotte charlie lottie lotte; christian chris;
christina chris tina chrissy; christine chris tina chrissy; christopher chris kit topher; cynthia cindy;
daniel dan danny; danielle dani; david dave davey; deborah deb debbie; dennis den denny; dominic dom nick;
donald don donnie; dorothy dot dottie dolly; douglas doug; edmund ed eddie ned; edward ed eddie ted teddy ned;
eleanor ellie nell nora; elizabeth liz lizzie beth betty eliza libby lisa elsie bess; ellen ellie nell; emily
em emmy millie; emma em; emmanuel manny; eugene gene; evelyn evie eve; ezekiel zeke; florence flo florrie;
frances fran frankie; francis frank fran; francisco paco pancho; franklin frank; frederick fred freddie;
gabriel gabe; gabriella gabby ella; gareth gary; geoffrey geoff; george georgie; gerald gerry jerry; gilbert
gil bert; giovanni gianni; gregory greg; guillermo memo; gwendolyn gwen; harold harry hal; harriet hattie
harry; helen nell; henry harry hank hal; herbert herb bert; howard howie; ignacio nacho; isaac ike zac;
isabella bella izzy; isabel izzy bel; jacob jake; jacqueline jackie; james jim jimmy jamie; jane janie; janet
jan; jason jay; jeffrey jeff; jennifer jen jenny; jeremiah jerry; jeremy jem; jessica jess jessie; joanna jo;
john johnny jack; jonathan jon jonny nathan; jose pepe; joseph joe joey; josephine jo josie; joshua josh;
judith judy; julia jules; julian jules; katherine kathy kate katie kit kat; kathleen kathy kath; kenneth ken
kenny; kimberly kim; kristina kris tina; laura laurie; lawrence larry laurie; leonard len lenny leo; leonardo
leo; lillian lily lil; louis lou louie; louise lou; lucas luke; lucille lucy; luis lucho; madeleine maddie;
madison maddie; magdalena magda lena; margaret maggie meg peggy marge rita greta; maria mia; mariana mari;
mark marky; martha marty; martin marty; mary molly polly; matilda tilly mattie; matthew matt matty; maximilian
max; maxwell max; megan meg; melanie mel; melissa mel lissa; michael mike mick mikey misha; michelle shelly;
mikhail misha; miranda mandy; mohammed mo; muhammad mo; nancy nan; natalie nat; natasha tasha; nathan nat
nate; nathaniel nat nate; nicholas nick nicky; nicole nicky; nikolai kolya; olivia liv livvy; oliver ollie;
pamela pam; patricia pat patty tricia trish; patrick pat paddy; penelope penny; peter pete; philip phil pip;
phillip phil; priscilla prissy cilla; rachel rach; ralph ralphie; randolph randy; raymond ray; rebecca becky
becca; reginald reg reggie; richard rick richie dick rich ricky; robert rob bob bobby robbie bert; roberta
bobbie; roberto beto; rodney rod; roger rog; ronald ron ronnie; rosemary rosie; russell russ; samantha sam
sammy; samuel sam sammy; sandra sandy; sarah sally sadie; sebastian seb bas; sergei seryozha; sharon shaz;
sheila she; sidney sid; simon si; sofia sophie; solomon sol; sophia sophie; stanley stan; stephanie steph
stevie; stephen steve; steven steve; stuart stu; susan sue susie; suzanne sue suzy; sylvia syl; tabitha tabby;
terence terry; teresa terry tess; theodore ted teddy theo; theresa terry tess; thomas tom tommy; timothy tim
timmy; tobias toby; valentina val; valerie val; vanessa nessa; veronica ronnie; victor vic; victoria vicky
tori; vincent vince vinnie; virginia ginny; vladimir vova; walter walt wally; wendy wen; wilhelmina mina
billie; william will bill billy liam willie; winifred winnie; yevgeny zhenya; zachary zach zack
"""


def _by_nickname() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for entry in _NICKNAMES.split(";"):
        name, *nicknames = entry.split()
        for nickname in nicknames:
            found.setdefault(nickname, []).append(name)
    return {nickname: tuple(names) for nickname, names in found.items()}


NAMES_OF = _by_nickname()
"""The names that a nickname stands for."""

ANNOUNCING = frozenset(
    """
    mr mrs ms miss mx dr prof professor sir madam teacher tutor coach student pupil classmate hi hello hey dear thanks
    cheers regards sincerely im iam named called name herr frau monsieur madame senor senora signor signora
    """.split()  # noqa: SIM905
)
"""A name may follow these, whatever else it means. (`my name is` ends in `name` once its verb is passed over.)"""

PARTICLES = frozenset(
    """
    van von der den de del della di da dos das du la le el al bin ibn bint ter ten af av zu y e san
    """.split()  # noqa: SIM905
)
"""Words between the parts of a name, and no names by themselves."""
