/**
 * Every endpoint of the contract, enumerated: it has public functions, their documentation names the vendor's page, and
 * each makes a round trip over a socket. The compiler sees to it that none is left out.
 */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Sdk from "effect-deepgram"
import { DeepgramApi } from "effect-deepgram"
import type { HttpApiGroup } from "effect/http-api"
import * as Fs from "node:fs"
import { accounts } from "./operations/accounts.ts"
import { agents } from "./operations/agents.ts"
import type { RoundTrip } from "./operations/support.ts"
import { usage } from "./operations/usage.ts"
import { voice } from "./operations/voice.ts"
import * as Inbox from "./server/inbox.ts"

type Group = (typeof DeepgramApi.DeepgramApi)["groups"][keyof (typeof DeepgramApi.DeepgramApi)["groups"]]

/** As in `Keys.create`. */
type Operation = Group extends infer G ?
  G extends HttpApiGroup.Constraint ? `${G["identifier"]}.${HttpApiGroup.Endpoints<G>["identifier"]}`
  : never
  : never

const roundTrips: Readonly<Record<Operation, RoundTrip>> = { ...accounts, ...agents, ...usage, ...voice }

const modules: Readonly<Record<string, object>> = Sdk

/** The comment before a public function. */
const documentation = (module: string, name: string): string => {
  const source = Fs.readFileSync(new URL(`../../deepgram/src/${module}.ts`, import.meta.url), "utf8")
  const declared = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*(?:export (?:const|function) ${name}\\b|\\w+ as ${name}\\b)`
  )
  return declared.exec(source)?.[1] ?? ""
}

describe("every operation", () => {
  const endpoints = Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) =>
    Object.values(group.endpoints).map((endpoint) => ({ group: group.identifier, name: endpoint.identifier, endpoint }))
  )

  it("is in the contract once", () => {
    assert.strictEqual(endpoints.length, 50)
    assert.strictEqual(new Set(endpoints.map(({ endpoint: { method, path } }) => `${method} ${path}`)).size, 50)
    assert.sameMembers(Object.keys(roundTrips), endpoints.map(({ group, name }) => `${group}.${name}`))
  })

  for (const [operation, { functions, run }] of Object.entries<RoundTrip>(roundTrips)) {
    const [module = "", name = ""] = operation.split(".")

    it.each(functions ?? [name])(`${module}.%s is public and documented`, (name) => {
      assert.isFunction((modules[module] as Readonly<Record<string, unknown>>)[name])
      assert.match(documentation(module, name), /@see https:\/\/developers\.deepgram\.com\/\S+/)
    })

    it.live(`${operation} makes a round trip`, () =>
      run.pipe(Effect.scoped, Effect.provide([Emulator.layerSdk(), Inbox.layer])))
  }
})
