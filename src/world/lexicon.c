#include "world/lexicon.h"

#include "base/hash.h"

typedef struct topic_row {
  const char *name, *trade, *nouns, *verbs, *adjectives, *papers;
} topic_row;

static const topic_row rows[RT__TOPICS] = {
    {"dentistry", "a dental practice",
     "molar crown filling gum implant x-ray enamel root canal cavity bridge denture aligner "
     "anaesthetic plaque scaler veneer bite",
     "polish drill whiten extract seal numb rinse realign",
     "painful loose sensitive chipped inflamed temporary ceramic",
     "treatment plan,recall letter,chart entry,patient message,invoice query"},
    {"property letting", "a lettings office",
     "tenant lease deposit boiler landlord inventory viewing gutter damp rent guarantor flat "
     "balcony meter key notice radiator",
     "inspect renew repaint evict repair advertise let measure",
     "furnished leaking vacant overdue noisy draughty spacious",
     "repair request,viewing note,tenancy clause,complaint,check-out report"},
    {"freight", "a freight forwarder",
     "container pallet customs bill manifest port trailer demurrage consignee tariff vessel berth "
     "seal reefer wagon depot",
     "load clear reroute weigh stow dispatch unload insure",
     "delayed oversized bonded refrigerated hazardous mislabelled",
     "booking,arrival notice,claim,tracking update,customs query"},
    {"horticulture", "a plant nursery",
     "seedling compost orchid pruning hedge bulb mulch greenhouse aphid rootstock perennial "
     "trellis blossom soil canopy fern",
     "graft water prune repot fertilise transplant sow thin",
     "shady drought-tolerant wilted hardy evergreen variegated",
     "care sheet,order,pest report,catalogue entry,customer question"},
    {"tax advice", "a small tax office",
     "allowance deduction ledger invoice receipt dividend audit depreciation threshold refund "
     "surcharge payroll filing bracket return",
     "declare deduct reconcile amortise file appeal estimate withhold",
     "taxable quarterly exempt retroactive joint marginal",
     "assessment,client email,ledger extract,reminder,ruling"},
    {"software operations", "a hosting team",
     "container cluster latency rollback pod certificate queue replica disk alert cache deployment "
     "pipeline token gateway shard",
     "restart deploy scale patch throttle migrate drain revert",
     "flaky stale stateless degraded idempotent misconfigured",
     "incident ticket,stack trace,change request,runbook,log excerpt"},
    {"chemistry", "a laboratory",
     "reagent titration solvent catalyst buffer isomer yield precipitate beaker polymer enthalpy "
     "mole ligand spectrum pipette",
     "dilute distil oxidise reduce crystallise filter heat weigh",
     "aqueous volatile acidic saturated anhydrous stoichiometric",
     "lab note,procedure,safety sheet,result table,exercise"},
    {"number puzzles", "a tutoring club",
     "triangle fraction prime sequence remainder ratio polygon integer digit probability speed "
     "discount average area chord marble",
     "divide factor multiply round compare estimate prove count",
     "even consecutive positive distinct equilateral remaining",
     "word problem,proof,quiz item,homework sheet,contest question"},
    {"cookery", "a recipe magazine",
     "dough saffron oven casserole lentil broth garlic skillet yeast marinade pastry zest custard "
     "simmer herb shallot",
     "knead roast whisk fold braise caramelise chop season",
     "crispy tender smoky vegan salted overnight",
     "recipe,menu,reader letter,shopping list,review"},
    {"travel", "a travel desk",
     "itinerary hostel visa ferry luggage passport stopover excursion fare terminal resort "
     "guidebook shuttle reservation train",
     "book cancel board upgrade reschedule explore pack transfer",
     "scenic non-refundable coastal crowded overnight direct",
     "booking request,itinerary,complaint,trip report,quote"},
    {"employment law", "a law office",
     "clause contract dismissal tribunal grievance overtime settlement notice witness redundancy "
     "statute disclosure claimant hearing",
     "draft sue terminate disclose negotiate appeal cite waive",
     "unfair binding confidential statutory verbal prior",
     "contract,witness statement,memo,letter before action,judgment"},
    {"insurance", "a claims desk",
     "premium policyholder excess claim adjuster windscreen flood liability rider underwriter "
     "collision theft valuation exclusion",
     "insure assess settle reject renew quote subrogate inspect",
     "comprehensive lapsed fraudulent accidental partial third-party",
     "claim form,loss report,policy wording,call note,renewal"},
    {"music", "a music school",
     "chord tempo cello rehearsal melody scale choir rhythm concerto octave bow cadence overture "
     "quartet score tuning",
     "transpose practise harmonise conduct tune improvise record phrase",
     "minor staccato baroque slow syncopated muted",
     "lesson plan,programme note,review,practice diary,arrangement"},
    {"astronomy", "an observatory",
     "nebula telescope orbit comet parallax spectrum eclipse galaxy redshift mirror transit "
     "asteroid pulsar horizon exposure",
     "observe calibrate align track expose resolve model predict",
     "faint binary luminous retrograde distant variable",
     "observing log,abstract,press note,catalogue row,question"},
    {"retail", "an online shop",
     "parcel voucher size colour warehouse refund basket courier warranty sleeve catalogue "
     "delivery exchange zip stock label",
     "return ship exchange track restock discount wrap cancel",
     "faulty late wrong unopened seasonal missing",
     "order email,product page,return request,chat transcript,review"},
    {"veterinary care", "an animal clinic",
     "puppy vaccine paw flea leash kennel tumour collar rabbit fracture litter microchip hoof "
     "anaesthesia feed parrot",
     "vaccinate spay bandage weigh examine deworm groom sedate",
     "limping lethargic neutered feral itchy overweight",
     "case note,owner email,prescription,boarding form,discharge sheet"},
    {"energy", "a solar installer",
     "inverter panel kilowatt battery meter roof tariff grid cable mount yield heat-pump surge "
     "fuse shading export",
     "install rate inspect export charge rewire monitor size",
     "south-facing faulty three-phase partial off-grid peak",
     "site survey,quote,fault report,meter reading,permit"},
    {"football", "a sports paper",
     "midfielder penalty striker transfer season goalkeeper derby formation injury coach stadium "
     "offside substitute league draw",
     "score tackle defend dribble loan manage train equalise",
     "late away unbeaten suspended tactical veteran",
     "match report,transfer rumour,interview,preview,statistics"},
    {"textiles", "a clothing maker",
     "hem cotton loom dye seam pattern zipper wool bobbin lining collar thread linen button weave "
     "fibre",
     "stitch cut dye iron hem weave measure line",
     "woven shrunken organic striped waterproof stretch",
     "spec sheet,order,quality report,size chart,supplier email"},
    {"history", "an archive",
     "treaty manuscript dynasty parish census fortress charter plague archive merchant guild "
     "revolt siege letter coin migration",
     "date transcribe catalogue compare attribute preserve cite translate",
     "medieval anonymous disputed royal coastal undated",
     "catalogue entry,transcript,footnote,lecture,question"},
    {"automotive repair", "a garage",
     "brake clutch gearbox exhaust piston alternator tyre radiator gasket suspension odometer fuse "
     "bumper injector coolant belt",
     "replace grease diagnose tow align bleed weld tighten",
     "worn rusty noisy automatic leaking second-hand",
     "service record,estimate,customer email,recall notice,fault code"},
    {"schooling", "a secondary school",
     "essay pupil timetable worksheet exam grade homework lesson parent term syllabus detention "
     "library project quiz rubric",
     "mark revise teach enrol excuse plan present explain",
     "absent gifted late bilingual curious missing",
     "school report,letter home,lesson plan,essay,quiz"},
    {"medicine", "a medical practice",
     "dosage biopsy symptom prescription fever artery allergy scan referral antibiotic glucose "
     "ward rash lesion pulse vaccine",
     "diagnose prescribe refer monitor admit test inject discharge",
     "chronic benign acute elevated bilateral recurrent",
     "referral letter,discharge note,lab report,patient message,leaflet"},
    {"games", "a game studio",
     "quest dragon dungeon level boss inventory sprite potion shader guild loot map villain spell "
     "checkpoint dialogue",
     "spawn craft defeat render unlock balance animate loot",
     "legendary cursed procedural hidden turn-based isometric",
     "quest text,bug report,patch note,character sheet,player review"},
};

static void split(const char *list, char separator, rt__words *out)
{
  while (*list && out->n < RT__WORDS_MAX) {
    const char *end = strchr(list, separator);
    size_t n = end ? (size_t)(end - list) : strlen(list);
    out->w[out->n++] = rt__slice(list, n);
    list += n + (end ? 1 : 0);
  }
}

void rt__lexicon_init(rt__lexicon *l)
{
  memset(l, 0, sizeof *l);
  for (int i = 0; i < RT__TOPICS; i++) {
    rt__topic *t = &l->topics[i];
    t->name = rows[i].name;
    t->trade = rows[i].trade;
    split(rows[i].nouns, ' ', &t->nouns);
    split(rows[i].verbs, ' ', &t->verbs);
    split(rows[i].adjectives, ' ', &t->adjectives);
    split(rows[i].papers, ',', &t->papers);
  }
}

/* onsets, nuclei and codas; a flavour takes a window of each */
static const char *const onsets[] = {"b",  "br", "d",  "dr", "f", "fl", "g",  "gr", "h",  "k",
                                     "kl", "l",  "m",  "n",  "p", "pr", "qu", "r",  "s",  "sk",
                                     "st", "t",  "tr", "v",  "w", "z",  "th", "sh", "ch", "j"};
static const char *const nuclei[] = {"a", "e", "i", "o", "u", "ai", "ea", "ou", "io", "y"};
static const char *const codas[] = {"",  "n", "r", "l",  "s",  "t",  "m",  "x",
                                    "k", "d", "",  "nd", "rt", "sk", "lm", ""};

void rt__invent(rt__pen *p, uint64_t seed, uint32_t flavour, bool capital)
{
  uint64_t h = rt__mix2(seed, 0x1e71c0);
  uint32_t syllables = 2 + (uint32_t)(h & 7) / 3;
  for (uint32_t i = 0; i < syllables; i++) {
    h = rt__mix(h + i);
    uint32_t window = flavour % 6 * 4;
    const char *onset = onsets[(window + (uint32_t)(h & 0xff) % 12) % RT__ARRAY_LEN(onsets)];
    const char *nucleus = nuclei[(h >> 8 & 0xff) % RT__ARRAY_LEN(nuclei)];
    const char *coda = codas[(h >> 16 & 0xff) % RT__ARRAY_LEN(codas)];
    if (i == 0 && capital) {
      rt__pen_char(p, (char)(onset[0] - 'a' + 'A'));
      rt__pen_str(p, onset + 1);
    } else {
      rt__pen_str(p, onset);
    }
    rt__pen_str(p, nucleus);
    rt__pen_str(p, coda);
  }
}
