/**
 * Compares what our contract says ("here") with what the vendor's document says ("there"), in both directions.
 *
 * The rules, which hold everywhere and are therefore no entries in `differences.ts`:
 *
 * - A set of names that is open here is the vendor's enumeration: only the names are compared. It is a difference when
 *   a set is closed here and open there.
 * - Path, query and headers are text: `"true" | "false"` is a boolean, an enumeration of figures is one of numbers, and
 *   a list is a key that is repeated, so that one value is a list too. `"8000" | "auto"` differs from a number by `"auto"`.
 * - Whole numbers only is a difference when we say so and the vendor does not, not the other way round.
 * - Answers are read tolerantly: optional here and required there is no difference, nor is `null`, which stands for
 *   absence (`internal/decode.ts` of the SDK). One object here reads all variants there, by all of their fields.
 * - Variants there with the same `type` are one, if there are fewer of it here: ours reads them by all of their fields.
 * - An object without fields takes any.
 * - Servers that are named for an operation, or for its path, are where we send it. Those of the whole document serve one
 *   operation or another: ours is one of them, and each is one of ours. Where none are named, none are compared.
 * - What newer documents print as text with the title `float` is a number.
 * - What is not compared at all, and why, is in `vendor/keys.ts`.
 *
 * A channel over WebSocket is an operation that has messages: those of the server are answers.
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
import {
  bodyName,
  type Content,
  type Description,
  type Messages,
  type Operation,
  operationName,
  type Servers,
  shapeOf
} from "./description.ts"
import { sideOfContent, sideOfType } from "./show.ts"

export interface Difference extends Found {
  /** `POST /v1/listen`, or `the document`. */
  readonly operation: string
}

/** Where differences are that are of no operation. */
const theDocument = "the document"

type All = ReadonlyArray<Found>

/** The bodies of a request or of an answer, by media type; JSON is not named. */
const compareContent = (here: Content, there: Content, section: string, answer: boolean): All => {
  const placeOf = (mediaType: string): Place => ({
    section: bodyName(section, mediaType),
    path: "",
    answer
  })
  return compareMaps(
    here,
    there,
    (mediaType, theirs) => missing(nameOf(placeOf(mediaType)), sideOfType(theirs)),
    (mediaType, ours) => extra(nameOf(placeOf(mediaType)), sideOfType(ours)),
    (mediaType, ours, theirs) => compareTypes(ours, theirs, placeOf(mediaType))
  )
}

const compareMessages = (here: Content, there: Content, side: keyof Messages): All =>
  compareMaps(
    here,
    there,
    (type, theirs) => missing(`${side} ${type}`, sideOfType(theirs)),
    (type, ours) => extra(`${side} ${type}`, sideOfType(ours)),
    (type, ours, theirs) =>
      compareTypes(ours, theirs, { section: `${side} ${type}`, path: "", answer: side === "server" })
  )

const compareServers = (kind: Kind, servers: Servers, others: Servers): All =>
  servers.filter((url) => !others.includes(url)).map((url) => ({ place: `server as ${JSON.stringify(url)}`, kind }))

const unreadAt = (place: string): Found => ({ place, kind: "unread" })

/** `anywhere` is where the vendor's operations are of which nothing is said. */
const compareOperations = (here: Operation, there: Operation, anywhere: Servers): All => [
  ...[...here.unread, ...there.unread].map(unreadAt),
  ...compareServers("missing", there.servers ?? [], here.servers ?? []),
  ...compareServers("extra", here.servers ?? [], there.servers ?? anywhere),
  ...(["path", "query", "header"] as const).flatMap((section) =>
    compareNames(here.parameters[section], there.parameters[section], { section, path: "", answer: false }, true)
  ),
  ...compareContent(here.body, there.body, "body", false),
  ...compareMaps(
    here.responses,
    there.responses,
    (status, theirs) => missing(`response ${status}`, sideOfContent(theirs)),
    (status, ours) => extra(`response ${status}`, sideOfContent(ours)),
    (status, ours, theirs) => compareContent(ours, theirs, `response ${status}`, true)
  ),
  ...(["client", "server"] as const).flatMap((side) => compareMessages(here.messages[side], there.messages[side], side))
]

const byShape = ({ operations }: Description): ReadonlyMap<string, Operation> =>
  new Map(operations.map((operation) => [shapeOf(operationName(operation)), operation]))

/** Every difference between our contract and the vendor's document, in the order of the vendor's. */
export const compare = (here: Description, there: Description): ReadonlyArray<Difference> => {
  const whole = (kind: Kind) => (_: string, operation: Operation): ReadonlyArray<Difference> => [
    { operation: operationName(operation), place: "", kind }
  ]
  const ours = here.operations.flatMap(({ servers }) => servers ?? [])
  const ofDocument = [
    ...[...here.unread, ...there.unread].map(unreadAt),
    ...compareServers("missing", there.servers, ours)
  ]
  // Where nothing is said, it is as we have it.
  const anywhere = there.servers.length === 0 ? ours : there.servers
  return [
    ...Array.from(ofDocument, (found) => ({ operation: theDocument, ...found })),
    ...compareMaps(
      byShape(here),
      byShape(there),
      whole("missing"),
      whole("extra"),
      (_, ours, theirs) =>
        Array.from(compareOperations(ours, theirs, anywhere), (found) => ({
          operation: operationName(ours),
          ...found
        }))
    )
  ]
}
