import { Emulator, Faults } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { Deepgram, Keys, Projects } from "effect-deepgram"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { existsSync, readFileSync, statSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { begin, forEmulator, run } from "./program.ts"
import { folder, lines } from "./support.ts"

const comment = "call centre"

interface Entries {
  readonly [projectId: string]: {
    readonly current?: { readonly id: string; readonly key: string }
    readonly retiring: ReadonlyArray<string>
  }
}

const entriesIn = (path: string): Entries => JSON.parse(readFileSync(path, "utf8"))

const project = Effect.map(Projects.list(), ({ projects: [first] }) => first?.project_id ?? "")

const createKey = Effect.flatMap(
  project,
  (id) => Keys.create(id, { comment, scopes: ["usage:write", "keys:read"], tags: ["telephone", "berlin"] })
)

/** The keys that belong to the program. */
const keys = Effect.gen(function*() {
  const { api_keys } = yield* Keys.list(yield* project)
  return api_keys.map(({ api_key }) => api_key).filter((key) => key.comment === comment)
})

const idsOf = Effect.map(keys, (all) => all.map(({ api_key_id }) => api_key_id))

/** Whether Deepgram knows a key. */
const isKnown = (key: Redacted.Redacted | string) =>
  Effect.gen(function*() {
    const { url } = yield* Emulator.Emulator
    const apiKey = Redacted.isRedacted(key) ? key : Redacted.make(key)
    return yield* Projects.list().pipe(
      Effect.as(true),
      Effect.catchTags({
        PermissionDenied: () => Effect.succeed(true),
        Unauthorized: () => Effect.succeed(false)
      }),
      Effect.provide(Deepgram.layer({ apiKey, baseUrl: url }))
    )
  })

/** Waits until something has gone wrong. */
const injected = Effect.gen(function*() {
  const { faults } = yield* Emulator.Emulator
  while ((yield* faults.injected).length === 0) yield* Effect.sleep("10 millis")
})

/** The first call of the program lists projects, the second one tries the new key. */
const stallsTheTry = Faults.plan([{
  when: { method: "GET", path: "/v1/projects" },
  skip: 1,
  faults: [{ type: "Stall" }]
}])

const stallsTheEnd = Faults.plan([{ when: { method: "DELETE" }, faults: [{ type: "Stall" }] }])

/** Begins a rotation that comes so far and no further, and ends it with a signal. */
const interrupted = Effect.fnUntraced(function*(plan: Faults.Plan, signal: NodeJS.Signals, file: string) {
  const { faults } = yield* Emulator.Emulator
  const env = yield* forEmulator
  yield* faults.set(plan)
  const program = yield* begin("rotation", [comment, file], env)
  yield* injected
  yield* faults.clear
  yield* program.kill(signal)
  return yield* program.code
})

const emulator = Emulator.layerSdk()

describe("rotation.ts", () => {
  it.live("puts a new key in the place of the old one", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "keys.json")
      const env = yield* forEmulator
      const projectId = yield* project
      const first = yield* createKey

      const dry = yield* run("rotation", [comment, file, "--dry-run"], env)
      assert.strictEqual(dry.code, 0, dry.err)
      assert.include(dry.out, `would replace ${first.api_key_id}, of the scopes usage:write keys:read\n`)
      assert.isFalse(existsSync(file))
      assert.deepStrictEqual(yield* idsOf, [first.api_key_id])

      const once = yield* run("rotation", [comment, file], env)
      assert.strictEqual(once.err, "")
      assert.strictEqual(once.code, 0)
      const [made, ...others] = yield* keys
      assert.deepStrictEqual(others, [])
      assert.notStrictEqual(made?.api_key_id, first.api_key_id)
      assert.deepStrictEqual(made?.scopes, ["usage:write", "keys:read"])
      assert.deepStrictEqual(made?.tags, ["telephone", "berlin"])
      assert.match(once.out, new RegExp(`^✓ .*: ${made?.api_key_id} has taken the place of ${first.api_key_id}\n$`))
      const { current, retiring } = entriesIn(file)[projectId] ?? assert.fail("no entry")
      assert.strictEqual(current?.id, made?.api_key_id)
      assert.deepStrictEqual(retiring, [])
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      assert.isFalse(yield* isKnown(first.key))
      assert.isTrue(yield* isKnown(current?.key ?? ""))
      assert.notInclude(once.out, current?.key ?? "")

      // The next month.
      const twice = yield* run("rotation", [comment, file], env)
      assert.strictEqual(twice.code, 0, twice.err)
      assert.include(twice.out, `has taken the place of ${made?.api_key_id}`)
      assert.deepStrictEqual(yield* idsOf, [entriesIn(file)[projectId]?.current?.id])
      assert.isFalse(yield* isKnown(current?.key ?? ""))
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("takes back a key that it could not finish with", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "keys.json")
      const first = yield* createKey
      assert.strictEqual(yield* interrupted(stallsTheTry, "SIGINT", file), 130)
      assert.deepStrictEqual(yield* idsOf, [first.api_key_id])
      assert.isTrue(yield* isKnown(first.key))
      const { code, out } = yield* run("rotation", [comment, file], yield* forEmulator)
      assert.strictEqual(code, 0)
      assert.include(out, `has taken the place of ${first.api_key_id}`)
      assert.strictEqual((yield* idsOf).length, 1)
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("clears up a key that nobody knows, after a crash", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "keys.json")
      const first = yield* createKey
      assert.strictEqual(yield* interrupted(stallsTheTry, "SIGKILL", file), "SIGKILL")
      const [, lost = ""] = yield* idsOf
      assert.strictEqual((yield* idsOf).length, 2)
      assert.isTrue(yield* isKnown(first.key))
      const { code, out } = yield* run("rotation", [comment, file], yield* forEmulator)
      assert.strictEqual(code, 0)
      assert.include(out, `has taken the place of ${first.api_key_id}`)
      const [made, ...others] = yield* idsOf
      assert.deepStrictEqual(others, [])
      assert.strictEqual(entriesIn(file)[yield* project]?.current?.id, made)
      assert.isFalse([first.api_key_id, lost].includes(made ?? ""))
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("goes on where it was, after a crash, and makes no other key", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "keys.json")
      const first = yield* createKey
      assert.strictEqual(yield* interrupted(stallsTheEnd, "SIGKILL", file), "SIGKILL")
      const { current } = entriesIn(file)[yield* project] ?? assert.fail("no entry")
      assert.isTrue(yield* isKnown(current?.key ?? ""))
      const dry = yield* run("rotation", [comment, file, "--dry-run"], yield* forEmulator)
      assert.include(dry.out, `would finish what was interrupted: ${current?.id} is in use`)
      const { code, out } = yield* run("rotation", [comment, file], yield* forEmulator)
      assert.strictEqual(code, 0)
      assert.include(out, `finished what was interrupted: ${current?.id} is in use`)
      assert.deepStrictEqual(yield* idsOf, [current?.id])
      assert.isFalse(yield* isKnown(first.key))
      assert.deepStrictEqual(entriesIn(file)[yield* project]?.retiring, [])
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("does every project, with the key of each", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "keys.json")
      // Two accounts behind one address, as Deepgram's are. Their projects have the same id: the second gets another.
      const accounts = yield* Effect.forEach(["key-one", "key-two"], (key) =>
        Effect.map(Layer.build(Layer.fresh(Emulator.layerSdk({ apiKeys: [key] }))), (context) => ({
          context,
          url: Context.get(context, Emulator.Emulator).url
        })))
      const [one, two] = accounts
      if (one === undefined || two === undefined) {
        return assert.fail()
      }
      const id = yield* Effect.provide(project, one.context)
      const otherId = `2${id.slice(1)}`
      const olds = yield* Effect.forEach(accounts, ({ context }) =>
        Effect.provide(createKey, context))
      yield* HttpServer.serveEffect(Effect.gen(function*() {
        const { headers: { authorization = "" }, method, text, url } = yield* HttpServerRequest.HttpServerRequest
        const body = method === "POST" ? yield* text : null
        const from = (base: string, ownId: string) =>
          Effect.promise(() =>
            fetch(base + url.replace(ownId, id), {
              method,
              headers: { authorization, "content-type": "application/json" },
              body
            })
              .then(async (response) => ({
                status: response.status,
                body: (await response.text()).replaceAll(id, ownId)
              }))
          )
        const first = url.includes(otherId) ? undefined : yield* from(one.url, id)
        const { body: said, status } = first === undefined || first.status === 401
          ? yield* from(two.url, otherId)
          : first
        return HttpServerResponse.text(said, { status, contentType: "application/json" })
      }))
      const server = yield* HttpServer.HttpServer
      const { code, err, out } = yield* run("rotation", [comment, file], {
        DEEPGRAM_ADMIN_KEYS: "key-one, key-two,key-of-nobody,key-one",
        DEEPGRAM_BASE_URL: HttpServer.formatAddress(server.address)
      })
      // What is wrong with one does not keep the others from it.
      assert.strictEqual(code, 1)
      const [refused, closing, ...more] = lines(err)
      assert.match(refused ?? "", /^✗ administrative key 3: .*401 Unauthorized/)
      assert.strictEqual(closing, "✗ some keys were not rotated: run it again")
      assert.deepStrictEqual(more, [])
      assert.strictEqual(lines(out).length, 2)
      for (const [index, projectId] of [id, otherId].entries()) {
        const { current } = entriesIn(file)[projectId] ?? assert.fail(projectId)
        const { context } = accounts[index] ?? assert.fail()
        assert.include(
          lines(out)[index],
          `(${projectId}): ${current?.id} has taken the place of ${olds[index]?.api_key_id}`
        )
        assert.deepStrictEqual(yield* Effect.provide(idsOf, context), [current?.id])
        assert.isTrue(yield* Effect.provide(isKnown(current?.key ?? ""), context))
      }
    }).pipe(Effect.scoped, Effect.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))))

  it.live("does nothing where it cannot know what to do, and says so", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "keys.json")
      const env = yield* forEmulator
      const none = yield* run("rotation", [comment, file], env)
      assert.strictEqual(none.code, 1)
      assert.match(none.err, /^✗ .*: no key has the comment "call centre"\n✗ some keys were not rotated/)
      yield* createKey
      yield* createKey
      const several = yield* run("rotation", [comment, file], env)
      assert.strictEqual(several.code, 1)
      assert.match(several.err, /^✗ .*: 2 keys have the comment "call centre": delete those that are not in use\n/)
      assert.strictEqual((yield* idsOf).length, 2)
      for (const args of [[comment], [comment, file, "--wrong"]]) {
        const { code, err, out } = yield* run("rotation", args, env)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, /^✗ [^]*rotation \[flags\] <comment> <file>/)
      }
    }).pipe(Effect.scoped, Effect.provide(emulator)))
})
