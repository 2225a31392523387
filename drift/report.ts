/** The comparison of our contract with the vendor's documents, as text. */
import { compare, type Difference } from "./compare.ts"
import type { Kind } from "./compareTypes.ts"
import type { Description, Operation } from "./description.ts"
import { type Deliberate, explain, type Stale } from "./explain.ts"
import { applyMoves, type Move } from "./move.ts"
import type { Side } from "./show.ts"

/** What is known of the vendor's document. */
export interface Known {
  readonly differences: ReadonlyArray<Deliberate>
  readonly moves: ReadonlyArray<Move>
}

export interface Report {
  readonly unexplained: ReadonlyArray<Difference>
  /** Those of them that had been explained when their types were others. */
  readonly changed: ReadonlyArray<Difference>
  /** Entries that explain nothing any more, and moves of what is not there. */
  readonly stale: ReadonlyArray<Stale>
  readonly explained: number
  /** The vendor's. */
  readonly operations: ReadonlyArray<Operation>
}

export const makeReport = (here: Description, there: Description, known: Known): Report => {
  const moved = applyMoves(there, known.moves)
  const differences = compare(here, moved.description)
  const { changed, stale, unexplained } = explain(differences, known.differences, there)
  return {
    unexplained,
    changed,
    stale: [
      ...stale,
      ...moved.stale.map(({ from, operation, status }) => ({
        operation,
        place: `response ${status} ${from}`,
        kind: "moved" as const
      }))
    ],
    explained: differences.length - unexplained.length,
    operations: there.operations
  }
}

/** Nothing has changed that nobody knows of. */
export const isClean = ({ stale, unexplained }: Report): boolean => stale.length + unexplained.length === 0

const words: Readonly<Record<Kind | "moved", string>> = {
  missing: "missing here",
  extra: "extra here",
  type: "typed otherwise",
  required: "required otherwise",
  unread: "not understood",
  moved: "moved"
}

const width = Math.max(...Object.values(words).map(({ length }) => length))

const line = (kind: Kind | "moved", text: string): string => `  ${words[kind].padEnd(width)}  ${text}`

const showDifference = (difference: Difference, length: keyof Side): string => {
  const { kind, place } = difference
  const what = place === "" ? "the operation" : place
  const here = difference.here?.[length]
  const there = difference.there?.[length]
  const sides = here !== undefined && there !== undefined ? `${here} here, ${there} there` : here ?? there
  return line(kind, sides === undefined ? what : `${what}: ${sides}`)
}

const showStale = ({ kind, place }: Stale): string => line(kind, place === "" ? "the operation" : place)

const byOperation = <A extends { readonly operation: string }>(all: ReadonlyArray<A>, show: (one: A) => string) =>
  Array.from(
    Map.groupBy(all, ({ operation }) => operation),
    ([operation, group]) => [operation, ...group.map(show), ""]
  )
    .flat()

const plural = (count: number, word: string): string =>
  `${count} ${count === 1 ? word : word.replace(/y$/, "ie") + "s"}`

const countMessages = (operations: ReadonlyArray<Operation>): string =>
  plural(operations.reduce((sum, { messages: { client, server } }) => sum + client.size + server.size, 0), "message")

/** One line per difference, grouped by operation. */
const showDifferences = ({ changed, stale, unexplained }: Report): ReadonlyArray<string> => [
  ...byOperation(unexplained, (each) => showDifference(each, changed.includes(each) ? "full" : "text")),
  ...(stale.length === 0 ? [] : ["Entries in drift/ that explain nothing any more:", ""]),
  ...byOperation(stale, showStale)
]

const summary = (compared: string, { explained, stale, unexplained }: Report): string =>
  `${compared} of the vendor's: ${plural(unexplained.length, "unexplained difference")}, ${explained} explained, ` +
  `${plural(stale.length, "stale entry")}.`

/** The differences of each document, and a summary behind them. */
export const showReport = (requests: Report, sockets: Report): string =>
  [
    ...showDifferences(requests),
    summary(plural(requests.operations.length, "operation"), requests),
    ...showDifferences(sockets),
    summary(`${plural(sockets.operations.length, "channel")} with ${countMessages(sockets.operations)}`, sockets)
  ].join("\n")
