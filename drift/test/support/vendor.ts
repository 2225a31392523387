/** The vendor's document as it is, and changed. */
import { Result } from "effect"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as DeepgramChannels from "effect-deepgram/DeepgramChannels"
import * as Yaml from "effect/encoding/Yaml"
import { readFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { known as knownOfChannels } from "../../channelDifferences.ts"
import type { Description } from "../../description.ts"
import { known } from "../../differences.ts"
import { fromAsyncApi } from "../../fromAsyncApi.ts"
import { fromChannels } from "../../fromChannels.ts"
import { fromContract } from "../../fromContract.ts"
import { fromOpenApi } from "../../fromOpenApi.ts"
import { makeReport, type Report } from "../../report.ts"
import type { Side } from "../../show.ts"

export const specification = (name: string): unknown =>
  Yaml.parse(readFileSync(new URL(`../../spec/${name}`, import.meta.url), "utf8"))

/** A document as a description; it must be one. */
export const described = (document: unknown): Description =>
  Result.getOrThrowWith(fromOpenApi(document), (message) => new Error(message))

export const describedSockets = (document: unknown): Description =>
  Result.getOrThrowWith(fromAsyncApi(document), (message) => new Error(message))

export const contract = fromContract(DeepgramApi)
export const channels = fromChannels(DeepgramChannels)

/** The way to a part of a document: keys, indices, and in a list of parameters or messages the name of one. */
export type Path = ReadonlyArray<string | number>

export const operation = (method: string, path: string, ...rest: Path): Path => ["paths", path, method, ...rest]

export const channel = (path: string, ...rest: Path): Path => ["channels", path, ...rest]

/** The messages of the server (`publish`) or of the client (`subscribe`). */
export const messages = (path: string, side: "publish" | "subscribe", ...rest: Path): Path =>
  channel(path, side, "message", "oneOf", ...rest)

/** The query of a channel. */
export const query = (path: string, ...rest: Path): Path =>
  channel(path, "bindings", "ws", "query", "properties", ...rest)

export const parameter = (method: string, path: string, name: string, ...rest: Path): Path =>
  operation(method, path, "parameters", name, ...rest)

export const schema = (name: string, ...rest: Path): Path => ["components", "schemas", name, ...rest]

/** A change of a document: a new value, or what makes one of the old; `undefined` removes. */
export type Edit = readonly [path: Path, value: unknown]

/** With one more in the list. */
export const plus = (item: unknown) => (list: unknown): unknown => [...list as ReadonlyArray<unknown>, item]

/** Without one in the list. */
export const minus = (item: unknown) => (list: unknown): unknown =>
  (list as ReadonlyArray<unknown>).filter((each) => each !== item)

type Holder = Record<string | number, unknown>

const step = (holder: unknown, key: string | number): string | number => {
  if (typeof holder !== "object" || holder === null) throw new Error(`nothing has ${key}`)
  if (!Array.isArray(holder) || typeof key !== "string") return key
  // Messages are references that end with the name.
  return holder.findIndex(({ $ref = "", name }) => name === key || $ref.endsWith(`-${key}`))
}

const edit = (document: unknown, [path, change]: Edit): void => {
  let holder = document
  for (const key of path.slice(0, -1)) holder = (holder as Holder)[step(holder, key)]
  const last = step(holder, path.at(-1) ?? "")
  const old = (holder as Holder)[last]
  const value = typeof change === "function" ? change(old) : change
  if (isDeepStrictEqual(old, value)) throw new Error(`${path.join("/")} is so already`)
  if (value !== undefined) (holder as Holder)[last] = value
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete (holder as Holder)[last]
}

/** A copy of a document with changes. */
const withEdits = (document: unknown, edits: ReadonlyArray<Edit>): unknown => {
  const copy = structuredClone(document)
  edits.forEach((each) => edit(copy, each))
  return copy
}

const sides = (here: Side | undefined, there: Side | undefined): string =>
  here === undefined && there === undefined ? "" : ` (${here?.text ?? "-"}; ${there?.text ?? "-"})`

/** What a report complains of, on short lines. */
export const complaints = ({ stale, unexplained }: Report): ReadonlyArray<string> => [
  ...unexplained.map(({ here, kind, operation, place, there }) =>
    `${kind} ${operation} ${place}`.trimEnd() + sides(here, there)
  ),
  ...stale.map(({ kind, operation, place }) => `stale ${kind} ${operation} ${place}`.trimEnd())
]

const original = specification("openapi.yml")
const originalOfSockets = specification("asyncapi.yml")

export const vendor = described(original)
export const sockets = describedSockets(originalOfSockets)

/** The vendor's document of requests with changes. */
export const edited = (...edits: ReadonlyArray<Edit>): unknown => withEdits(original, edits)

/** The vendor's document of sockets with changes. */
export const editedSockets = (...edits: ReadonlyArray<Edit>): unknown => withEdits(originalOfSockets, edits)

/** What is complained of because of changes, when reports are made in this way. */
const makeNoticed = (report: (...edits: ReadonlyArray<Edit>) => Report) => {
  const before = new Set(complaints(report()))
  return (...edits: ReadonlyArray<Edit>): ReadonlyArray<string> =>
    complaints(report(...edits)).filter((line) => !before.has(line))
}

/** The reports of the documents as they are. */
export const report = makeReport(contract, vendor, known)
export const reportOfSockets = makeReport(channels, sockets, knownOfChannels)

export const noticed = makeNoticed((...edits) => makeReport(contract, described(edited(...edits)), known))

export const noticedOfSockets = makeNoticed((...edits) =>
  makeReport(channels, describedSockets(editedSockets(...edits)), knownOfChannels)
)
