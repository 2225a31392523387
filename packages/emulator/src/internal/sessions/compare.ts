/** What is not as it was. */
import * as Option from "effect/Option"
import { isObject } from "effect/Predicate"
import type { Difference } from "../../Sessions.ts"
import { textOf } from "./content.ts"
import type { Names } from "./names.ts"

/** How long something took. */
const isMeasured = (key: string): boolean => key.endsWith("_latency")

/** What is about the connection. */
const unimportant = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "sec-websocket-accept",
  "server",
  "transfer-encoding",
  "upgrade"
])

const member = (path: string, key: string): string =>
  /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

/** Compares values of JSON; what only one of them has is a difference. */
export const json = (recorded: unknown, replayed: unknown, path: string, names: Names): ReadonlyArray<Difference> => {
  if (Array.isArray(recorded) && Array.isArray(replayed)) {
    return Array.from(
      { length: Math.max(recorded.length, replayed.length) },
      (_, i) => json(recorded[i], replayed[i], `${path}[${i}]`, names)
    ).flat()
  }
  if (isObject(recorded) && isObject(replayed) && !Array.isArray(recorded) && !Array.isArray(replayed)) {
    const before: Readonly<Record<string, unknown>> = { ...recorded }
    const now: Readonly<Record<string, unknown>> = { ...replayed }
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) =>
      isMeasured(key) && key in before && key in now ? [] : json(before[key], now[key], member(path, key), names)
    )
  }
  const isSame = typeof recorded === "string" && typeof replayed === "string"
    ? names.isSame(recorded, replayed)
    : recorded === replayed
  return isSame ? [] : [{ path, recorded, replayed }]
}

/** Compares texts: as JSON, if they are. */
export const text = (recorded: string, replayed: string, path: string, names: Names): ReadonlyArray<Difference> =>
  Option.getOrElse(
    Option.zipWith(parse(recorded), parse(replayed), (before, now) => json(before, now, path, names)),
    () => names.isSame(recorded, replayed) ? [] : [{ path, recorded, replayed }]
  )

const described = (bytes: Uint8Array, at: number): string => `${bytes.length} bytes, another one from byte ${at} on`

/** Compares bytes, one by one; of `part`s only as far as both go. */
export const bytes = (
  recorded: Uint8Array,
  replayed: Uint8Array,
  path: string,
  part = false
): ReadonlyArray<Difference> => {
  const length = Math.min(recorded.length, replayed.length)
  if (Buffer.compare(recorded.subarray(0, length), replayed.subarray(0, length)) === 0) {
    return part || recorded.length === replayed.length
      ? []
      : [{ path, recorded: `${recorded.length} bytes`, replayed: `${replayed.length} bytes` }]
  }
  const at = recorded.findIndex((byte, i) => byte !== replayed[i])
  return [{ path, recorded: described(recorded, at), replayed: described(replayed, at) }]
}

/** Compares bodies: texts as such, all else by its bytes. */
export const body = (
  recorded: Uint8Array,
  replayed: Uint8Array,
  path: string,
  names: Names
): ReadonlyArray<Difference> =>
  Option.getOrElse(
    Option.zipWith(textOf(recorded), textOf(replayed), (before, now) => text(before, now, path, names)),
    () => bytes(recorded, replayed, path)
  )

/** Compares headers. New ones are none: servers in between add theirs. */
export const headers = (
  recorded: ReadonlyArray<readonly [string, string]>,
  replayed: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>,
  names: Names
): ReadonlyArray<Difference> =>
  recorded.flatMap(([name, value]) => {
    const key = name.toLowerCase()
    if (unimportant.has(key)) return []
    return json(value, replayed[key]?.toString(), member("$.headers", key), names)
  })
