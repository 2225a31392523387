/** How intents are worded in English. */

/** Words in a row, each one of several. */
export type Pattern = ReadonlyArray<ReadonlySet<string>>

const pattern = (text: string): Pattern => text.split(" ").map((place) => new Set(place.split("|")))

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "))

/** What an intent follows. */
export interface Rule {
  readonly pattern: Pattern
  /** 0 to 1: how plainly it says what is wanted. */
  readonly confidence: number
}

const rules = (confidence: number, ...patterns: ReadonlyArray<string>): ReadonlyArray<Rule> =>
  patterns.map((text) => ({ pattern: pattern(text), confidence }))

/** In front of a verb that says what is to be done. */
export const verbRules: ReadonlyArray<Rule> = [
  ...rules(
    0.9,
    "i|we want|wanted|need|needed|wish|hope|prefer|have|had|plan to",
    "i'd|we'd|would like|love|prefer|want to",
    "calling|writing|emailing|here|trying|looking|hoping|going|planning|ready to",
    "can|could|will|would you",
    "can|could|may i|we"
  ),
  ...rules(0.8, "please", "kindly", "let me|us", "let's"),
  ...rules(0.7, "i'll|we'll", "i|we will|shall|can", "happy|glad|pleased to"),
  ...rules(0.6, "you can|could|should|must", "you need|have|want to", "sure|forget|hesitate to")
]

/** In front of something wanted. */
export const objectRules: ReadonlyArray<Rule> = rules(
  0.8,
  "i|we want|wanted|need|needed|require",
  "i'd|we'd|would like|love|prefer",
  "am|are|i'm|we're looking for"
)

/** In front of something asked about. */
export const aboutRules: ReadonlyArray<Rule> = rules(
  0.8,
  "calling|writing|asking|wondering|inquiring|ask|inquire|question|questions|information about|regarding|concerning"
)

/** What is said when one meets. */
export const greetings: ReadonlyArray<Pattern> = [
  pattern("good morning|afternoon|evening|day"),
  pattern("hello|hi|hey|greetings")
]

/** What is said when one parts. */
export const farewells: ReadonlyArray<Pattern> = [
  pattern("have a good|great|nice|lovely|wonderful day|night|evening|afternoon|morning|weekend|one|time"),
  pattern("talk to you later|soon|then|tomorrow"),
  pattern("see you later|soon|then|tomorrow"),
  pattern("good night"),
  pattern("take care"),
  pattern("goodbye|bye|farewell")
]

/** What is said for something given. */
export const thanks: ReadonlyArray<Pattern> = [
  pattern("no thank you"),
  pattern("no thanks"),
  pattern("thank you"),
  pattern("thanks")
]

/** What is said for something done wrong. */
export const apologies: ReadonlyArray<Pattern> = [pattern("sorry|apologize|apologise|apologies"), pattern("excuse me")]

/** Begin a question, in front of a pronoun or a determiner. */
export const inversions = set(
  "is are was were do does did have has can could will would should may am isn't aren't don't doesn't didn't " +
    "haven't hasn't can't couldn't won't wouldn't shouldn't"
)

/** Say that something is not as it should be. */
export const complaints = set(
  "problem problems issue issues complaint error errors broken damaged defective faulty wrong incorrect missing " +
    "late delayed disappointed disappointing unhappy dissatisfied unacceptable frustrated frustrating terrible " +
    "horrible awful worst ridiculous rude useless complain overcharged unreliable fails failed failing crashes " +
    "crashed stuck ruined"
)

/** What does not happen in a complaint: `it doesn't work`, `I never received it`. */
export const expected = set(
  "work works working worked arrive arrived received receive load loads start starts open opens connect connects " +
    "help helped respond responded reply replied"
)

/** Stand between the words of a pattern. */
export const between = set(
  "also just really actually still only even honestly basically simply currently definitely certainly absolutely " +
    "probably now then again very um uh"
)
