/** Calls such as handlers report them, and as the ledger keeps them. */
import { Schema } from "effect"
import type { Entry, LoggedModel } from "../../src/internal/state/ledgerEntry.ts"
import { chargesOf } from "../../src/internal/state/ledgerPrices.ts"

export const nova3: LoggedModel = {
  uuid: "1b5d1f4c-0000-5000-8000-000000000001",
  name: "general-nova-3",
  version: "latest",
  arch: "nova-3",
  language: "en"
}

export const thalia: LoggedModel = {
  uuid: "1b5d1f4c-0000-5000-8000-000000000002",
  name: "aura-2-thalia-en",
  version: "latest",
  arch: "aura-2",
  language: "en"
}

/** 2026-01-30T00:00:00Z. */
export const epoch = 1_769_731_200_000

const whole = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))

/** Calls in six days that often have something in common. */
export const Calls = Schema.Array(Schema.Struct({
  endpoint: Schema.Literals(["listen", "speak", "read"]),
  method: Schema.Literals(["sync", "async", "streaming"]),
  key: Schema.Literals(["key-1", "key-2"]),
  arch: Schema.Literals(["nova-3", "aura-2", "unheard-of"]),
  tags: Schema.Array(Schema.Literals(["a", "b", "c"])),
  features: Schema.Array(Schema.Literals(["diarize", "punctuate", "redact"])),
  code: Schema.Literals([200, 400]),
  after: whole(6 * 86_400_000 - 1),
  milliseconds: whole(10_000_000),
  channels: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 })),
  tokens: whole(5000),
  characters: whole(2000)
}))

/** Distinct, and in the order of their names. */
const sorted = (names: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(names)].toSorted()

/** An entry with what does not matter filled in. */
export const entry = (of: Partial<Entry> = {}): Entry => {
  const made: Entry = {
    requestId: "request",
    projectId: "project",
    apiKeyId: "key-1",
    created: epoch,
    completed: epoch,
    path: "/v1/listen?model=nova-3",
    endpoint: "listen",
    method: "sync",
    features: [],
    tags: [],
    callback: undefined,
    code: 200,
    message: undefined,
    models: [nova3],
    seconds: 60,
    channels: 1,
    tokensIn: 0,
    tokensOut: 0,
    characters: 0,
    charges: [],
    ...of
  }
  return { ...made, charges: made.code < 300 ? chargesOf(made) : [] }
}

export const entriesOf = (calls: typeof Calls.Type): ReadonlyArray<Entry> =>
  calls.map((call, i) =>
    entry({
      requestId: `request-${i}`,
      apiKeyId: call.key,
      created: epoch + call.after,
      endpoint: call.endpoint,
      method: call.method,
      features: sorted(call.features),
      tags: sorted(call.tags),
      code: call.code,
      models: [{ ...nova3, uuid: `uuid-of-${call.arch}`, arch: call.arch }],
      seconds: call.milliseconds / 1000,
      channels: call.channels,
      tokensIn: call.tokens,
      tokensOut: call.tokens,
      characters: call.characters
    })
  )
