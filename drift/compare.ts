/**
 * Compares what our contract says ("here") with what the vendor's document says ("there"), in both directions.
 *
 * The rules, which hold everywhere and are therefore no entries in `differences.ts`:
 *
 * - A set of names that is open here is the vendor's enumeration: only the names are compared. It is a difference when
 *   a set is closed here and open there.
 * - Path, query and headers are text: `"true" | "false"` is a boolean, an enumeration of figures is one of numbers, and
 *   a list is a key that is repeated, so that one value is a list too.
 * - Whole numbers only is a difference when we say so and the vendor does not, not the other way round.
 * - Answers are read tolerantly: optional here and required there is no difference, nor is `null`, which stands for
 *   absence (`internal/decode.ts` of the SDK). One object here reads all variants there, by all of their fields.
 * - An object without fields takes any. Whether a body as a whole may be left out is not compared: the vendor's document
 *   never says.
 */
import {
  compareMaps,
  compareNames,
  compareTypes,
  extra,
  type Found,
  type Kind,
  missing,
  nameOf,
  type Place
} from "./compareTypes.ts"
import { type Content, type Description, json, type Operation, operationName, shapeOf, show } from "./description.ts"

export interface Difference extends Found {
  /** `POST /v1/listen` */
  readonly operation: string
}

type All = ReadonlyArray<Found>

/** The bodies of a request or of an answer, by media type; JSON is not named. */
const compareContent = (here: Content, there: Content, section: string, answer: boolean): All => {
  const placeOf = (mediaType: string): Place => ({
    section: mediaType === json ? section : `${section} (${mediaType})`,
    path: "",
    answer
  })
  return compareMaps(
    here,
    there,
    (mediaType, theirs) => missing(nameOf(placeOf(mediaType)), show(theirs)),
    (mediaType, ours) => extra(nameOf(placeOf(mediaType)), show(ours)),
    (mediaType, ours, theirs) => compareTypes(ours, theirs, placeOf(mediaType))
  )
}

const showContent = (content: Content): string =>
  content.size === 0 ? "nothing" : Array.from(content.values(), show).join(" | ")

const compareOperations = (here: Operation, there: Operation): All => [
  ...(["path", "query", "header"] as const).flatMap((section) =>
    compareNames(here.parameters[section], there.parameters[section], { section, path: "", answer: false }, true)
  ),
  ...compareContent(here.body, there.body, "body", false),
  ...compareMaps(
    here.responses,
    there.responses,
    (status, theirs) => missing(`response ${status}`, showContent(theirs)),
    (status, ours) => extra(`response ${status}`, showContent(ours)),
    (status, ours, theirs) => compareContent(ours, theirs, `response ${status}`, true)
  )
]

const byShape = ({ operations }: Description): ReadonlyMap<string, Operation> =>
  new Map(operations.map((operation) => [shapeOf(operationName(operation)), operation]))

/** Every difference between our contract and the vendor's document, in the order of the vendor's. */
export const compare = (here: Description, there: Description): ReadonlyArray<Difference> => {
  const whole = (kind: Kind) => (_: string, operation: Operation): ReadonlyArray<Difference> => [
    { operation: operationName(operation), place: "", kind }
  ]
  return compareMaps(
    byShape(here),
    byShape(there),
    whole("missing"),
    whole("extra"),
    (_, ours, theirs) =>
      Array.from(compareOperations(ours, theirs), (found) => ({ operation: operationName(ours), ...found }))
  )
}
