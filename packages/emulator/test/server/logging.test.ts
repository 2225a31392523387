import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { DeepgramApi } from "effect-deepgram"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { CurrentAccount } from "../../src/internal/server/accounts.ts"
import { type Call, logged, loggingUnread } from "../../src/internal/server/logging.ts"
import { RequestId } from "../../src/internal/server/requestContext.ts"
import * as Ledger from "../../src/internal/state/ledger.ts"
import { badRequest, internalError } from "../../src/internal/vendorError.ts"
import { nova3, thalia } from "../state/calls.ts"

const request = (target: string, scopes: ReadonlyArray<string> = ["member"]) =>
  Layer.mergeAll(
    Layer.sync(
      HttpServerRequest.HttpServerRequest,
      () => HttpServerRequest.fromWeb(new Request(`http://localhost${target}`, { method: "POST" }))
    ),
    Layer.succeed(
      HttpServerRequest.ParsedSearchParams,
      Object.fromEntries(new URL(target, "http://localhost").searchParams)
    ),
    Layer.succeed(CurrentAccount, {
      projectId: "project",
      apiKeyId: "key",
      memberId: "member",
      scopes,
      tags: ["night"]
    }),
    Layer.succeed(RequestId, "request")
  )

const read = request("/v1/read?language=en")

const rich = Ledger.layer({ credits: 1 })

/** What the ledger knows of the call that was made. */
const entry = Effect.flatMap(Ledger.Ledger, ({ find }) => find("project", "request"))

const call: Call = { endpoint: "read", query: {} }

const empty = HttpServerResponse.empty({ status: 200 })

describe("a call", () => {
  it.effect("used what its handler reported, added up", () =>
    Effect.gen(function*() {
      yield* logged(call)(Effect.fnUntraced(function*(report) {
        yield* report({ models: [nova3], tokensIn: 1, tokensOut: 10, seconds: 1, characters: 100, channels: 2 })
        yield* report({ models: [thalia], tokensIn: 2, tokensOut: 20, seconds: 2, characters: 200 })
        yield* report({ models: [{ ...nova3, language: "fr" }], tokensIn: undefined })
        return empty
      }))
      assert.deepInclude(yield* entry, {
        models: [{ ...nova3, language: "fr" }, thalia],
        tokensIn: 3,
        tokensOut: 30,
        seconds: 3,
        characters: 300,
        channels: 2,
        code: 200,
        message: undefined,
        method: "sync",
        tags: ["night"]
      })
    }).pipe(Effect.provide([rich, read])))

  it.effect("has the features that usage can be filtered by, whatever their values, unless they are off", () =>
    Effect.gen(function*() {
      const query = Object.fromEntries(DeepgramApi.usageFeatures.map((name, i) => [name, [true, "x", 0, ["x"]][i % 4]]))
      yield* logged({ ...call, query: { ...query, model: "nova-3", mip_opt_out: true } })(() => Effect.succeed(empty))
      assert.deepStrictEqual((yield* entry)?.features, DeepgramApi.usageFeatures.toSorted())
      const off = { punctuate: false, redact: "false", keyterm: [], diarize: undefined, diarize_model: "v1" }
      yield* logged({ ...call, query: off })(() => Effect.succeed(empty))
      assert.deepStrictEqual((yield* entry)?.features, ["diarize"])
    }).pipe(Effect.provide([rich, read])))

  it.effect("that fails keeps its models, and used nothing", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(
        logged(call)((report) =>
          Effect.andThen(report({ models: [nova3], tokensIn: 5 }), Effect.fail(badRequest("No.")))
        )
      )
      assert.deepStrictEqual(exit, Exit.fail(badRequest("No.")))
      assert.deepInclude(yield* entry, { models: [nova3], tokensIn: 0, charges: [], code: 400, message: "No." })
    }).pipe(Effect.provide([rich, read])))

  it.effect("that breaks is a failure of the server", () =>
    Effect.gen(function*() {
      yield* Effect.exit(logged(call)(() => Effect.die("secret")))
      assert.deepInclude(yield* entry, { code: 500, message: internalError.err_msg })
    }).pipe(Effect.provide([rich, read])))

  it.effect("that is given up is not charged", () =>
    Effect.gen(function*() {
      const fiber = yield* logged(call)((report) => Effect.andThen(report({ tokensIn: 5 }), Effect.never)).pipe(
        Effect.forkChild({ startImmediately: true })
      )
      yield* Fiber.interrupt(fiber)
      assert.deepInclude(yield* entry, { code: 499, charges: [] })
    }).pipe(Effect.provide([rich, read])))

  it.effect("without permission or credit is refused and logged before its handler does anything", () =>
    Effect.gen(function*() {
      const run = (scopes: ReadonlyArray<string>, credits: number) =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(logged(call)(() => Effect.die("the handler was run")))
          assert.strictEqual((yield* entry)?.code, error.status)
          return error.status
        }).pipe(Effect.provide([Ledger.layer({ credits }), request("/v1/read", scopes)], { local: true }))
      assert.strictEqual(yield* run(["usage:read"], 1), 403)
      assert.strictEqual(yield* run(["usage:write"], 0), 402)
      assert.strictEqual(yield* run(["usage:read"], 0), 403)
    }))
})

describe("what no handler gets to see", () => {
  const unread = loggingUnread((cause) => Cause.hasDies(cause) ? internalError : badRequest("It cannot be read."))

  it.effect("is logged if it is of the voice API, and answered as it would be", () =>
    Effect.gen(function*() {
      for (
        const [target, endpoint] of [
          ["/v1/listen", "listen"],
          ["/v1/read", "read"],
          ["/v1/speak", "speak"],
          ["/v2/speak", "speak"]
        ] as const
      ) {
        yield* Effect.gen(function*() {
          const error = yield* Effect.flip(unread(Effect.fail("unreadable")))
          assert.deepStrictEqual<unknown>(error, badRequest("It cannot be read."))
          assert.deepInclude(yield* entry, {
            endpoint,
            code: 400,
            message: "It cannot be read.",
            features: ["diarize"],
            tags: ["a", "night"]
          })
        }).pipe(
          Effect.provide([rich, request(`${target}?punctuate=false&diarize=true&tag=a`)], { local: true })
        )
      }
    }))

  it.effect("passes if it is of another part, or broken, or no failure", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* Effect.exit(unread(Effect.fail("unreadable"))).pipe(Effect.provide(request("/v1/projects"))),
        Exit.fail("unreadable")
      )
      assert.deepStrictEqual(yield* Effect.exit(unread(Effect.die("broken"))), Exit.die("broken"))
      assert.strictEqual(yield* unread(Effect.succeed(empty)), empty)
      assert.isUndefined(yield* entry)
    }).pipe(Effect.provide([rich, read])))
})
