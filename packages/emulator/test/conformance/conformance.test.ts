/**
 * Every operation and every message by three witnesses against one running emulator. `docs/conformance.md` is what they
 * did; `UPDATE_CONFORMANCE=1` writes it anew.
 */
import { type DeepgramClient } from "@deepgram/sdk"
import { Emulator, Recognizer, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { DeepgramApi, DeepgramChannels } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { readFileSync, writeFileSync } from "node:fs"
import { accounts as ourAccounts } from "../operations/accounts.ts"
import { agents as ourAgents } from "../operations/agents.ts"
import type { RoundTrip } from "../operations/support.ts"
import { usage as ourUsage } from "../operations/usage.ts"
import { voice as ourVoice } from "../operations/voice.ts"
import * as Inbox from "../server/inbox.ts"
import { globalSocket, served, ws } from "../sessions/support.ts"
import { gaps } from "./channels/gaps.ts"
import { ours as ourDial } from "./channels/ours.ts"
import { plain as plainDial } from "./channels/plain.ts"
import { leaving, type Script, scripts, thinker } from "./channels/scripts.ts"
import { contract, type Dial, type Name, type Opening, type Traffic } from "./channels/talk.ts"
import { socketMethods, vendor as vendorDial } from "./channels/vendor.ts"
import { plainClient } from "./plain.ts"
import { accounts } from "./rows/accounts.ts"
import { agents } from "./rows/agents.ts"
import { usage } from "./rows/usage.ts"
import { voice } from "./rows/voice.ts"
import { type Rows, spansOf, stage, watchRequests } from "./support.ts"
import { file, type MessageRow, type OperationRow, render } from "./table.ts"
import { methodsOf, vendorClient } from "./vendor.ts"

const roundTrips: Readonly<Record<string, RoundTrip>> = { ...ourAccounts, ...ourAgents, ...ourUsage, ...ourVoice }
const rows: Rows = { ...accounts, ...agents, ...usage, ...voice }

/** The operations of the contract. */
const operations = Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ identifier, method, path }) => ({
    group: group.identifier,
    name: `${group.identifier}.${identifier}`,
    method,
    path
  }))
)

const witnesses = ["ours", "vendor", "plain"] as const

/** This SDK is there twice: over `fetch` and `WebSocket`, and over `@effect-deepgram/node`. */
const runners = ["ours", "node", "vendor", "plain"] as const

/** What was called for an operation, by witness; of the plain client, that its request was seen. */
const done = {
  ours: new Map<string, Set<string>>(),
  node: new Map<string, Set<string>>(),
  vendor: new Map<string, Set<string>>(),
  plain: new Set<string>()
}

/** Every method of the vendor's SDK that was called. */
const called = new Set<string>()

/** The vendor's page of a public function. */
const pageOf = (module: string, name: string): string | undefined => {
  const source = readFileSync(new URL(`../../../deepgram/src/${module}.ts`, import.meta.url), "utf8")
  const comment = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*(?:export (?:const|function) ${name}\\b|\\w+ as ${name}\\b)`
  ).exec(source)?.[1]
  return /@see (https:\/\/\S+)/.exec(comment ?? "")?.[1]
}

it("every operation of the contract has a row", () => {
  assert.lengthOf(operations, 50)
  assert.sameMembers(Object.keys(rows), operations.map(({ name }) => name))
})

for (const { group, method, name, path } of operations) {
  const row = rows[name]!
  const pattern = new RegExp(`^${method} ${path.replaceAll(/:\w+/g, "[^/]+")}$`)

  /** Runs a witness; `seen` is called for each request of this operation that goes out. */
  const watched = Effect.fnUntraced(function*<E, R>(self: Effect.Effect<void, E, R>, seen: () => void = () => {}) {
    let requests = 0
    yield* watchRequests((request) => {
      if (!pattern.test(request)) return
      requests++
      seen()
    })
    yield* self
    assert.isAbove(requests, 0, `${method} ${path} was not sent`)
  })

  const by = (runner: "ours" | "node") =>
    watched(Effect.gen(function*() {
      const { functions = [name.slice(group.length + 1)], run } = roundTrips[name]!
      const spans = yield* spansOf(run)
      const known = functions.map((one) => `${group}.${one}`).filter((one) => spans.has(one))
      assert.isNotEmpty(known)
      done[runner].set(name, new Set(known))
    }))

  const runs = {
    ours: by("ours"),
    vendor: Effect.flatMap(stage, (told) => {
      const methods = new Set<string>()
      let last = ""
      const record = (one: string) => {
        last = one
        called.add(one)
      }
      return watched(
        Effect.gen(function*() {
          const another = (options: Parameters<typeof vendorClient>[1]) => vendorClient(told.url, options, record)
          yield* Effect.promise(() => row.official(another({ apiKey: told.key }), { ...told, another }))
          done.vendor.set(name, methods)
        }),
        // One after the other: a request is of the method that was called last.
        () => methods.add(last)
      )
    }),
    plain: Effect.flatMap(stage, (told) =>
      watched(Effect.gen(function*() {
        yield* Effect.promise(() => row.plain(plainClient(told.url, `Token ${told.key}`), told))
        done.plain.add(name)
      })))
  }

  // Some look at what was done before: it has an emulator of its own.
  it.live(`${name} over Node`, () => by("node").pipe(Effect.scoped, Effect.provide([served(ws), Inbox.layer])))

  if (row.alone === true) {
    describe(name, () => {
      for (const witness of witnesses) {
        it.live(witness, () => runs[witness].pipe(Effect.scoped, Effect.provide([Emulator.layerSdk(), Inbox.layer])))
      }
    })
  } else {
    layer(Emulator.layerSdk(), { excludeTestServices: true })(name, (it) => {
      for (const witness of witnesses) {
        it.effect(witness, () => runs[witness].pipe(Effect.scoped, Effect.provide(Inbox.layer)))
      }
    })
  }
}

/** A voice that does not come to an end with a text that begins so. */
const endless = Layer.succeed(Synthesizer.Synthesizer, {
  speak: (text, { sampleRate, ...options }) =>
    text.startsWith("Endless")
      ? Stream.forever(Stream.sync(() => new Float32Array(sampleRate / 2)))
      : Stream.make(Synthesizer.speak(text, { sampleRate, ...options }))
})

const emulator = Layer.provideMerge(
  Emulator.layerClient,
  Layer.provide(Emulator.layerNoDeps(), [Recognizer.layer, FetchHttpClient.layer, thinker, endless])
)

const dials: Readonly<Record<(typeof runners)[number], Dial>> = {
  ours: ourDial(globalSocket),
  node: ourDial(ws),
  vendor: vendorDial((method) => called.add(method)),
  plain: plainDial
}

const channels = Object.keys(scripts) as ReadonlyArray<Name>

const traffic = new Map<string, Traffic>()

layer(emulator)("channels", (it) => {
  for (const channel of channels) {
    for (const witness of runners) {
      it.effect(`${channel} by ${witness}`, () =>
        Effect.gen(function*() {
          const told = yield* stage
          const wire: Traffic = { said: new Set(), heard: new Set() }
          let first: Partial<Opening> = {}
          const open: Parameters<Script>[0] = (opening = first) => {
            first = opening
            return dials[witness]({ query: {}, ...opening, channel }, told, wire)
          }
          yield* Effect.scoped(scripts[channel](open, told))
          yield* Effect.scoped(leaving(open, told))
          traffic.set(`${channel} ${witness}`, wire)
        }).pipe(Effect.scoped, Effect.provide(Inbox.layer)))
    }
  }

  it.effect("the vendor's SDK passes other requests on", () =>
    Effect.gen(function*() {
      const told = yield* stage
      const sdk = vendorClient(told.url, { apiKey: told.key }, (method) => called.add(method))
      const response = yield* Effect.promise(() => sdk.fetch("/v1/projects"))
      assert.include(yield* Effect.promise(() => response.text()), told.project)
    }).pipe(Effect.scoped, Effect.provide(Inbox.layer)))
})

it.effect("every method of the vendor's SDK was called", () =>
  Effect.gen(function*() {
    const sdk: DeepgramClient = vendorClient("http://127.0.0.1", { apiKey: "none" }, () => {})
    const methods = [...methodsOf(sdk), ...yield* socketMethods(sdk)]
    assert.isAbove(methods.length, 100)
    assert.deepStrictEqual(methods.filter((method) => !called.has(method)), [])
  }))

/** Who had a message on the wire. */
const messageRow = (channel: Name, side: "client" | "server", type: string): MessageRow => {
  const had = (witness: string): boolean =>
    traffic.get(`${channel} ${witness}`)?.[side === "client" ? "said" : "heard"].has(type) === true
  return {
    channel,
    path: contract[channel].path,
    side,
    type,
    ours: had("ours") && had("node"),
    vendor: had("vendor"),
    plain: had("plain"),
    note: gaps[`${channel}.${type}`]?.note
  }
}

const messageRows = (): ReadonlyArray<MessageRow> =>
  channels.flatMap((name) => {
    const { client, server, speaks } = { speaks: false, ...contract[name] }
    return [
      ...(name.startsWith("speak") ? [] : [messageRow(name, "client", "Audio")]),
      ...Object.keys(client).map((type) => messageRow(name, "client", type)),
      ...(speaks ? [messageRow(name, "server", "Audio")] : []),
      ...Object.keys(server).map((type) => messageRow(name, "server", type))
    ]
  })

it("every message of the contract went over the wire, by everyone who can cause it", () => {
  assert.sameMembers(
    channels.map((name) => contract[name].path),
    Object.values(DeepgramChannels).flatMap((value) => typeof value === "object" && "path" in value ? [value.path] : [])
  )
  const missing = messageRows().flatMap((row) => {
    const by = witnesses.filter((witness) => !row[witness])
    return by.length === 0 ? [] : [[`${row.channel}.${row.type}`, by] as const]
  })
  assert.deepStrictEqual(
    missing,
    Object.entries(gaps).map(([message, { by }]) => [message, by] as const)
  )
})

it("docs/conformance.md is what was done", () => {
  const rendered = render(
    operations.map(({ group, method, name, path }): OperationRow => {
      const ours = [...done.ours.get(name) ?? []].filter((one) => done.node.get(name)?.has(one))
      return {
        name,
        request: `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`,
        page: pageOf(group, ours[0]?.slice(group.length + 1) ?? ""),
        ours,
        vendor: [...done.vendor.get(name) ?? []],
        plain: done.plain.has(name),
        note: rows[name]?.note
      }
    }),
    messageRows()
  )
  if (process.env["UPDATE_CONFORMANCE"] === "1") writeFileSync(file, rendered)
  assert.strictEqual(readFileSync(file, "utf8"), rendered)
})
