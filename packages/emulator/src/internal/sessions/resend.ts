/** Requests as they are sent again: by whom, and with what. */
import { header as faultsHeader } from "../../Faults.ts"
import type { Part, RecordedCall } from "./format.ts"
import type { Names } from "./names.ts"
import { aliases } from "./secrets.ts"

/** What a replay goes by. */
export interface Surroundings {
  readonly url: string
  readonly apiKey: string
  readonly names: Names
  /** Milliseconds. */
  readonly timeout: number
  readonly isRecordedSpeed: boolean
}

/** The part of this type, if a call has one. */
export const partOf = <T extends Part["type"]>(
  { parts }: RecordedCall,
  type: T
): Extract<Part, { readonly type: T }> | undefined =>
  parts.find((part): part is Extract<Part, { readonly type: T }> => part.type === type)

export const partsOf = <T extends Part["type"]>(
  { parts }: RecordedCall,
  type: T
): ReadonlyArray<Extract<Part, { readonly type: T }>> =>
  parts.filter((part): part is Extract<Part, { readonly type: T }> => part.type === type)

/** What the client of now says in its own way. */
const own =
  /^(?:accept-encoding|authorization|connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|sec-websocket-.*)$/

const valueOf = ({ headers }: RecordedCall, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1]

const isUnknown = (text: string): boolean => text.match(aliases) !== null

/** Whether a call was refused because of who called. */
const wasNobody = (call: RecordedCall): boolean => partOf(call, "Answer")?.status === 401

const authorizationOf = (call: RecordedCall, { apiKey, names }: Surroundings): string | undefined => {
  const recorded = valueOf(call, "authorization")
  if (recorded === undefined && (wasNobody(call) || protocolsOf(call).length > 0)) return undefined
  const now = recorded === undefined ? undefined : names.rename(recorded)
  return now === undefined || (isUnknown(now) && !wasNobody(call)) ? `Token ${apiKey}` : now
}

const protocolsOf = (call: RecordedCall): ReadonlyArray<string> =>
  valueOf(call, "sec-websocket-protocol")?.split(", ").filter((name) => name !== "") ?? []

/** The subprotocols that the client offers; one of them may be its credential. */
export const protocols = (call: RecordedCall, { apiKey, names }: Surroundings): ReadonlyArray<string> =>
  protocolsOf(call).map((name) => {
    const now = names.rename(name)
    return isUnknown(now) && !wasNobody(call) ? apiKey : now
  })

/** The headers of a request. */
export const headers = (call: RecordedCall, surroundings: Surroundings): Readonly<Record<string, string>> => {
  const authorization = authorizationOf(call, surroundings)
  return {
    ...Object.fromEntries(
      call.headers.filter(([name]) => !own.test(name.toLowerCase()))
        .map(([name, value]) => [name.toLowerCase(), surroundings.names.rename(value)])
    ),
    ...(authorization === undefined ? undefined : { authorization }),
    ...(call.faults === undefined ? undefined : { [faultsHeader]: call.faults })
  }
}

/** Where a request goes. */
export const urlOf = (call: RecordedCall, { names, url }: Surroundings): string =>
  url.replace(/\/+$/, "") + names.rename(call.target)

/** How long something may take that took so long then, in milliseconds. */
export const patienceFor = (at: number, { timeout }: Surroundings): number => at + timeout

/** Bytes to be sent again, in the names of now. */
export const rename = (
  bytes: Uint8Array<ArrayBuffer>,
  text: string | undefined,
  names: Names
): Uint8Array<ArrayBuffer> => text === undefined ? bytes : new TextEncoder().encode(names.rename(text))
