#include "world/phrases.h"

#include "base/base.h"
#include "world/grammar.h"

#define TABLE(t)                                                                                   \
  {                                                                                                \
    t, (uint32_t)RT__ARRAY_LEN(t)                                                                  \
  }
#define PUBLISH(name) const rt__phrases rt__phrases_##name = TABLE(name)

static const char *const sentence[] = {
    "The %a %n {was|is|will be} {checked|moved|replaced|noted} by %p {on|after} day %d.",
    "%p {asked|reminded|told} {us|the team|%p} to %v the %n before the %t {runs out|arrives|is "
    "signed}.",
    "{Our|Their|The} %n {needs|lacks|has} {a new|a second|no} %n, so {we|they} %v the %t "
    "{twice|once|again}.",
    "In %o {the|every|no} %a %n {costs|takes|holds} about %D, and the %t even more.",
    "{Please|We should|You may} %v the %n, then %v the %n {with care|without delay|as agreed}.",
    "{Since|Because} the %t was %a, %p could not %v {it|the %n} {in time|at all|on site}.",
    "A %n {of|from} %o came {late|early|damaged} {for the %d. time|this season}; the %n did not.",
    "{Nobody|Only %p|Each of the %d} {knew|wrote down} which %n {was|had been} %a.",
    "The %k {says|states|repeats} that a %n {may|must|cannot} be %a {when|unless} the %t is "
    "{open|closed|warm}.",
    "%c {offers|sent|keeps} %d {kinds of|boxes of|pages on} %n and {one|a single} %a %t.",
    "{Compared|Along} with the %n, the %t {grew|fell|stayed} {by %d percent|the same}.",
    "{It turned out|We found|The %k shows} that the %n {and the %n} {were|are} %a.",
    "%p from %o {will|would not} %v {any|the last} %n {until|unless} %p {agrees|calls|pays}.",
    "{First|Later|Last week} the %t {failed|was %a|changed hands}, {then|so} the %n had to be %a "
    "too.",
    "{How|Why} the %n became %a {is|remains} {unclear|open|a matter of %D}.",
    "No.%D: %n, %a, {see|with|without} %t; {contact|owner}: %p.",
};
PUBLISH(sentence);

static const char *const heading[] = {
    "%k no. %D",
    "%k, %o",
    "{Re|Subject|About}: %a %n",
    "%c: %k",
    "{To|From}: %p, {on|about} the %n",
    "== %n and %t ==",
};
PUBLISH(heading);

static const char *const question[] = {
    "{how do i|How can I|What's the best way to} %v {a|the|my} %a %n{?| without a %n?| on a small "
    "budget?}",
    "{why is|Why would} {my|a|the} %n %a {after|when} I %v {it|the %n}{?|? Is that normal?}",
    "{Explain|Can you explain|explain simply} {what a %t is|the difference between a %n and a "
    "%n|why the %n "
    "matters} {in %s|to a beginner|for my {mother|boss|class}}.",
    "{Write|Draft|pls write} {a short|a polite|an angry|a funny} {email|letter|note|poem} {to %p "
    "about|about} "
    "{the|a} %a %n{.| and ask for %D.}",
    "{give me|List|I need} %d {ideas|names|tips|questions} {for|about} {a %n|%s|a %k}{.| with one "
    "line each.}",
    "{Translate|Summarise|Shorten} this: the %a %n at %o {must be|was} {moved|paid|seen} by %p.",
    "{is it true that|Did you know|I read that} {a|the} %t can %v {a|the} %n? {source?|How?|I "
    "doubt it.}",
    "{Plan|Make} {a week|%d days|an evening} {in|around} %o {with|without} {a|any} %n{.|, please.}",
    "{I have|We have} %d %n and {only|about} %D {euros|dollars|hours}. {What should|How would} "
    "{I|we} {do first|%v}?",
    "{what does|What might} \\\"%t\\\" {mean|stand for} in {a|my} %k?",
    "{help|Help me}: {my|the} %n {broke|is %a|won't %v} and {%p|my boss|the landlord} {is "
    "waiting|blames me}.",
    "{Which is better|What would you pick}, {a|the} %a %n or {a|the} %a one{?|, and why?}",
};
PUBLISH(question);

static const char *const follow_up[] = {
    "{ok|Thanks|thx}, {and|but} {what about|how about} the %n?",
    ("{Can you|could you|please} {make it|keep it} {shorter|longer|more formal|simpler}{?| and "
     "mention %p.}"),
    "{why|Why} {the %n|%a}? {I thought|Isn't it true} {it was %a|that one must %v}.",
    "{No|Not quite}, {I meant|I was thinking of} the {other|%a} %n.",
    "{Great|perfect|nice}. {Now|next} {do the same|write one} for {%p|the %t|%o}.",
    "{What if|and if} the %n is %a {instead|already}?",
    "{Give|show} me {an example|the numbers|a table} {with %d rows|please|for %o}.",
    "{Are you sure|really}? {It says|%p says} %D {here|in the %k}.",
    "{Go on|continue|yes please|the second one}",
};
PUBLISH(follow_up);

static const char *const rule[] = {
    "{Answer|Reply|Write} in {plain|formal|friendly} {language|words|English}.",
    "{Never|Do not} {mention|invent|quote} {prices|names|a %t} {that are not in the text|unless "
    "asked}.",
    "{Use|Give} {at most|no more than|about} %d {words|sentences|bullet points}.",
    "{Ask|Check} {back|first} when {the %n|something} is {unclear|missing}.",
    "{Return|Output} {only JSON|a table|valid markdown|one line} {with the keys %n and %n|and "
    "nothing else|}.",
    "{Keep|Leave} {names|numbers|dates} {as they are|unchanged}.",
    "{Mark|Flag} {anything|whatever} that is %a.",
    "{Prefer|Avoid} {the passive|long words|lists|abbreviations}.",
    "{If|When} the {reader|user|customer} is {upset|new|in a hurry}, {say so briefly|be kind|start "
    "with the answer}.",
    "{End|Start} with {a question|the next step|a summary of one line}.",
};
PUBLISH(rule);

static const char *const app[] = {
    "You are {%t|a helpful|an experienced|a patient} {assistant|guide|coach|editor} for {everyone "
    "who works "
    "with|people new to|lovers of} %s. {Follow|Stick to} these rules:",
    "{Act|Behave} as {a|an expert in} %s {teacher|consultant|reviewer} who {explains|checks} "
    "{every|each} "
    "%n {step by step|in detail|with an example}.",
    "{Your task|Your job} is to {improve|rate|rewrite|translate|extend} {what the user sends|texts "
    "on %s}. "
    "{Think|Consider} {first|carefully}, then {answer|reply}.",
    "# {Role|Purpose}\\n{Writer|Planner|Analyst|Helper} for %s.\\n# {Rules|How to work}",
    ("{I want you to|Please} {play|be} {a %a|the} %n {in a story|from %o}. {Stay in role|Answer as "
     "it would}."),
};
PUBLISH(app);

static const char *const own[] = {
    "You {answer|support|help} {customers|callers|staff} of %c, %r in %o. {The|Our} "
    "{manager|contact} is %p.",
    "{Assistant|Bot} of %c (%o). {We are|This is} %r. {Sort|Classify|Summarise|Answer} each %k{.| "
    "by %n, %n or %n.}",
    "%c {internal|back office}: {read|take} the %k and {extract|list} the %n, the %n and {the|any} "
    "%t.",
    "You {write|draft} {replies|texts|descriptions} for %c. {Tone|Style}: "
    "{warm|brief|exact|cheerful}. "
    "{Sign|Close} as %p.",
    "{Extract|Check|Convert} {fields|values|entries} of %c {papers|records}: %n, %n, %t.",
};
PUBLISH(own);

static const char *const tool[] = {
    "{Summarise|Condense|Shorten} the {following|text below|given} {text|article|message} "
    "{in|into} {three|five|a "
    "few} {points|sentences|lines}.",
    "{Translate|Render} {the following|this} {text|message} into "
    "{German|Spanish|French|Polish|Japanese|plain "
    "English}{.| and keep the layout.}",
    "{Classify|Label|Sort} {the|this} {message|ticket|review} as {positive, negative or "
    "neutral|urgent, normal or "
    "spam|question, complaint or praise}.",
    "{Extract|List|Find} {all|the} {names|dates|actions|facts} {from|in} {the text below|what "
    "follows} "
    "{as JSON|as a list|one a line}.",
    "{Write|Create|Suggest} {a title|a subject line|tags|a meta description} for {this|the "
    "following} "
    "{post|page|note}.",
    "{Fix|Correct} {spelling and grammar|the style} {of|in} the {text|passage} {below|that "
    "follows}. {Change nothing "
    "else|Keep the meaning}.",
    "{Reply|Draft an answer} to {this|the following} {email|review|comment} {politely|in a "
    "friendly way|briefly}.",
    "{Think step by step|Reason carefully} and {answer|solve} the {question|problem} {below|that "
    "follows}. {Put|Write} "
    "the {result|answer} {last|on its own line}.",
    "{Rate|Score} the {text|answer} {below|that follows} from {1 to 5|1 to 10|A to E} and {say "
    "why|explain in a "
    "sentence}.",
    "{Turn|Rewrite} {this|the text} {into|as} {a tweet|a short post|a newsletter|meeting minutes}.",
};
PUBLISH(tool);

static const char *const maker[] = {
    "{Write|Invent|Generate} %d {different|realistic|varied} {customer "
    "messages|dialogues|questions|"
    "reviews} for {training a|testing our} {classifier|bot|search}, from the {outline|seed} below.",
    "{Create|Produce} {one|a} {labelled|synthetic} {example|record} {of|like} a %k. {Vary|Change} "
    "names, "
    "places and amounts. {Outline|Input} follows.",
    "You {make|write} test data for {our|a} %s {product|service}. {For|From} each {seed|line} "
    "{return|give} "
    "%d {paraphrases|variants|answers} {as JSON|one a line}.",
    "{Play|Simulate} the {caller|client|user} described below and {write|type} what {they|this "
    "person} "
    "would {say|ask} first.",
    "{Label|Annotate} the {line|text} below with {intent|topic|sentiment} and {entities|slots}; "
    "then "
    "{write|add} {two|three} {similar|contrasting} ones.",
};
PUBLISH(maker);

static const char *const function[] = {
    "function %v_%n(%t, {limit|count|unit}): {returns|gives} the %a %n {or nothing|of %o|as text}. "
    "{Takes|Needs} a "
    "%t and {a number|a date|an id}.",
    "%v_%n: {%v|find|set} the %n {for|of} {a|one} {user|order|%t}; {required|needed}: %t, %n.",
};
PUBLISH(function);

static const char *const maths[] = {
    "%p {has|buys|sells} %d %n {and|while} %p {has|buys} %d more. {If|When} each %n costs %d "
    "{coins|euros}, {how much|what "
    "sum} do they {spend|hold} {together|in all}?",
    "A {%n|box|train} {covers|holds} %D {units|litres|metres} {in|within} %d {hours|steps}. {How "
    "many|What number of} "
    "{units|metres} {after|in} %d?",
    "{Find|Compute} the {sum|product|remainder} of {the first %d odd numbers|%D and %D|all "
    "divisors of %D}{.| and show "
    "why.}",
    "{Of|Out of} %D %n at %o, %d percent are %a. {Half|A third|A quarter} of {those|the rest} "
    "{belong to %p|are "
    "lost}. How many {remain|are left}?",
    "{Solve|Determine} x: %dx + %d = %D{.|, then check.}",
    "%p {walks|cycles} %d km {on each of|in} %d days, {resting|pausing} {on day %d|twice}. {What "
    "is|Give} the "
    "{mean|total} distance?",
};
static const char *const code[] = {
    "{Write|Implement} a {Python|C++|Java|Go|Rust|SQL|JavaScript} {function|program|class} that "
    "{%vs|counts|sorts|groups} "
    "{a list of %n|%n by %n|every %n} {in linear time|without recursion|with tests}.",
    "{Given|You get} %d {strings|intervals|integers|records}, {return|print} the "
    "{longest|smallest|%d. largest} "
    "{run|gap|pair} {whose|such that} the {sum|index} is {even|below %D}.",
    "{Refactor|Debug|Explain} {code|a script} that %vs a %n {table|queue|tree} and {leaks|fails "
    "at|is slow for} %D "
    "{rows|users|nodes}.",
    "{Design|Sketch} a {schema|REST interface|data model} for {%r|a %n shop|%s} with {%n and "
    "%n|users and %n}.",
    "{Create|Build} a {regex|parser|command-line tool} {for|that reads} {%k files|lines like "
    "'%t-%D'}.",
};
static const char *const exam[] = {
    "{Which|Select which} {statement|of these} about {the %n|a %t} in %s is {true|false}? A) it is "
    "%a B) it can %v C) it "
    "{costs|weighs} %D D) {none|all} of them",
    "{Define|Describe} %t and {name|give} %d {causes|kinds|uses} {of it|in %s}.",
    ("{True or false|Decide}: {a|every} %a %n {must|can} be {moved|measured|sold} before the %n. "
     "{Justify|Explain}."),
    "{In|During} %s, {who|what} {first|usually} %vs the %n, and {why|when}?",
    "{Order|Rank} these: %n, %n, %n, %n by {age|size|cost} {as in|at} %o.",
};
static const char *const role[] = {
    "{Imagine|Pretend} {you are|to be} {a %a %n|%p, who runs %r|the last %n of %o}. "
    "{Describe|Tell} {your day|what you "
    "see|why you %v}.",
    "{Write|Compose} {a dialogue|a monologue|a diary page} in which %p and %p {argue over|search "
    "for|find} the %a %n.",
    "{You play|Your role is} {%p|a detective|a guide} in %o; {the reader|a visitor} {lost|wants} "
    "{a %n|the "
    "%t}. {Begin|Open the scene}.",
    "{Tell|Write} {a story|a tale} of {%d|about %d} {words|lines} {on|about} {a %n that could "
    "%v|the %t of %o}.",
};
static const char *const toolcall[] = {
    "{Available|You can call}: %v_%n(id), find_%n(name), {send_%n(to)|list_%n()}. {Request|User}: "
    "{%v|get} the %a %n of "
    "%p {at|in} %o. {Answer with|Give} the {call|calls} only.",
    "{Find|Recommend} {an API|a tool|a library} that can %v {a|any} %n {from|given} {a|one} %k{.| "
    "and show a call.}",
    "{Decide|Choose} {which call|what to run}: {search|calc|calendar|%t}. {Input|Text}: {%p|who} "
    "{has|paid} %D for %d "
    "%n {in|at} %o?",
};
static const char *const analysis[] = {
    "{Data|Figures}: %n %D, %n %D, %n %D. {What drives|Explain} the {change|gap} {in|of} %o?",
    "{Assess|Judge} {the risk|the plan}: %c wants to %v its %n {within|in} %d {weeks|months} for "
    "%D.",
    "{Compare|Weigh} {a|the} %n {against|with} {a|the} %t for {%r|a town such as %o} {under|given} "
    "{a budget|costs} of %D.",
    "{Review|Criticise} {this|the} {claim|finding}: %d percent of %n are %a because {of the "
    "%t|they %v}.",
};

const rt__phrases rt__phrases_task[RT__GENRES] = {
    [RT__GENRE_MATHS] = TABLE(maths),   [RT__GENRE_CODE] = TABLE(code),
    [RT__GENRE_EXAM] = TABLE(exam),     [RT__GENRE_ROLE] = TABLE(role),
    [RT__GENRE_TOOL] = TABLE(toolcall), [RT__GENRE_ANALYSIS] = TABLE(analysis),
};
