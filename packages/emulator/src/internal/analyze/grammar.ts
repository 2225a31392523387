/** The little that the analysis knows of English grammar. */
import type { Written } from "../transcribe/words.ts"
import { stem } from "./stem.ts"

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "))

/** In front of nouns. */
export const determiners = set(
  "a an the this that these those my your his her its our their some any no every each another all both"
)

/** Stand for nouns. */
export const pronouns = set(
  "i you he she it we they me him us them myself yourself himself herself itself ourselves themselves mine yours " +
    "hers ours theirs who someone anyone everyone nobody something anything everything nothing one"
)

const auxiliaries = set(
  "am is are was were be been being do does did done have has had having will would can could shall should may " +
    "might must ought cannot gonna wanna gotta"
)

/** Before `not`, or with it in one word. */
const contraction = /^(?:.+n't|(?:i|you|he|she|it|we|they|that|there|here|what|who|where|how|let)'(?:m|re|s|ve|ll|d))$/u

const prepositions = set(
  "of in to for with on at from by about as into like through after over between out against during without " +
    "before under around among off above near until till since behind beyond across along within towards toward " +
    "upon per via despite except"
)

/** Whether nothing ends with it: `get back to` misses something, `call back` does not. */
export const isDangling = (key: string): boolean => prepositions.has(key) || auxiliaries.has(key)

/** Begin a new part of a sentence. */
export const conjunctions = set(
  "and but or nor so yet because if when while although though unless whether that which whose whom than then " +
    "else once whereas"
)

/** Ask. */
export const questionWords = set("what which who whom whose when where why how")

/** May stand nearly anywhere and say nothing of what a sentence is about. */
export const fillers = set(
  "um uh er ah oh hmm mhm like well so just really actually basically literally also too only even still already " +
    "please kindly maybe perhaps simply honestly now then very quite rather right okay ok yeah yes"
)

const others = set(
  "not no nope never there here up down more most much many few less least other others such own same back away " +
    "again ever almost always often sometimes usually later soon ago today tomorrow yesterday tonight mr mrs ms dr " +
    "hi hello hey bye goodbye thanks thank sorry welcome etc uh-huh lot lots kind sort bit couple instead however " +
    "therefore anyway together zero two three four five six seven eight nine ten hundred thousand million first " +
    "second third last next"
)

/** Whether it belongs to the grammar of a sentence, and not to what it is about. */
export const isFunctionWord = (key: string): boolean =>
  determiners.has(key) || pronouns.has(key) || auxiliaries.has(key) || prepositions.has(key) ||
  conjunctions.has(key) || questionWords.has(key) || fillers.has(key) || others.has(key) || contraction.test(key)

const stems = (words: string): ReadonlySet<string> => new Set(words.split(" ").map(stem))

/** Verbs, adjectives and nouns that say little by themselves. */
const vague = stems(
  "die break broke fail work get got go went gone make made take took give gave say said tell told know knew " +
    "think thought want need see saw look come came use find found feel felt try ask let keep kept put mean become " +
    "begin start seem help show hear heard happen believe bring brought hold held set leave left turn follow stop " +
    "speak spoke talk allow add spend appreciate enjoy expect wish hope love hate like wait stay remain understand " +
    "understood explain worry guess suppose decide consider include continue provide receive contain announce " +
    "discuss describe mention call good bad great big small new old long short high low little large next early " +
    "young important different able sure happy sad nice fine easy hard difficult possible certain true false real " +
    "whole full free recent quick ready late best better worst worse several enough various specific particular " +
    "general main major similar common terrible horrible awful wonderful excellent amazing perfect beautiful " +
    "fantastic lovely poor wrong send sent buy bought sell sold pay paid write wrote meant met spoken written given " +
    "taken shown seen done chosen thing stuff way time times day week month year hour minute moment people person " +
    "man woman guy folks part place point case fact reason example something number lot end side area today"
)

/** Whether a word says little by itself, given its stem too. Nouns may say more than their verbs, like `settings`. */
export const isVague = (key: string, stem: string): boolean => vague.has(stem) && !/.{3}(?:ings|ments?)$/u.test(key)

/** What follows is a verb: `to pay`, `I paid`, `could pay`. */
const beforeVerbs = set(
  "to i you he she it we they who please let's lets not never cannot will would can could shall should may might " +
    "must do does did gonna wanna"
)

const isBeforeVerb = (key: string): boolean => beforeVerbs.has(key) || /(?:n't|'ll|'ve|'d)$/u.test(key)

/** A participle may follow: `is paying`, `we're paying`. */
const isBeforeParticiple = (key: string): boolean => auxiliaries.has(key) || /'(?:m|re|s)$/u.test(key)

/**
 * Whether a word is used as a verb: by what stands in front of it, by a determiner behind it, or by its form. English
 * leaves much open, so this is a good guess.
 */
export const isVerb = (word: Written, previous: Written | undefined, next: Written | undefined): boolean => {
  const before = previous?.key ?? ""
  if (isBeforeVerb(before)) return true
  if (word.key.endsWith("ing") && isBeforeParticiple(before)) return true
  if (determiners.has(before)) return false
  if (next !== undefined && word.suffix === "" && determiners.has(next.key)) return true
  return /.{3}(?:(?<!e)ed|(?<!fami|rep|supp|assemb)ly)$/u.test(word.key)
}

/** Whether it can be in a name of something: letters, at least three of them or capitals. */
export const isNameable = ({ core, key }: Written): boolean =>
  /^\p{L}[\p{L}\p{M}\p{N}'’.&-]*$/u.test(core) && (key.length > 2 || /^\p{Lu}{2}$/u.test(core)) &&
  !isFunctionWord(key)
