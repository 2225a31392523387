import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { known as knownOfChannels } from "../channelDifferences.ts"
import type { Operation } from "../description.ts"
import { known } from "../differences.ts"
import { readDocument } from "../document.ts"
import { fromAsyncApi } from "../fromAsyncApi.ts"
import { fromOpenApi } from "../fromOpenApi.ts"
import { isClean, makeReport } from "../report.ts"
import {
  channel,
  complaints,
  contract,
  edited,
  editedSockets,
  messages,
  operation,
  parameter,
  query,
  report,
  reportOfSockets
} from "./support/vendor.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** What `npm run drift` runs, called in a folder. */
const driftIn = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.callback<{ readonly code: number; readonly out: string; readonly err: string }>((resume) => {
    const child = execFile(
      execPath,
      ["--conditions=@effect-deepgram/source", "drift/main.ts", ...args],
      { cwd: root, env: { ...env, INIT_CWD: folder } },
      (error, out, err) => resume(Effect.succeed({ code: error === null ? 0 : Number(error.code), out, err }))
    )
    return Effect.sync(() => child.kill())
  })

const drift = (...args: ReadonlyArray<string>) => driftIn(root, ...args)

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "drift-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const file = Effect.fnUntraced(function*(name: string, content: string) {
  const path = join(yield* folder, name)
  yield* Effect.sync(() => writeFileSync(path, content))
  return path
})

describe("our contract", () => {
  it("differs from the vendor's document where it is meant to, and nowhere else", () => {
    assert.deepStrictEqual(complaints(report), [])
    assert.deepStrictEqual(complaints(reportOfSockets), [])
  })

  it("says of what it lacks what that is", () => {
    const missing = [...known.differences, ...knownOfChannels.differences].filter(({ kind }) => kind === "missing")
    const vague = missing.filter(({ at, there, values }) =>
      there === undefined && values === undefined && !Object.values(at).flat().every((place) => / as ".*"$/.test(place))
    )
    assert.isAbove(missing.length, 5)
    assert.deepStrictEqual(vague, [])
  })

  it("is compared in all operations", () => {
    assert.strictEqual(report.operations.length, 50)
    assert.isAbove(report.explained, 100)
    assert.strictEqual(reportOfSockets.operations.length, 5)
  })
})

describe("a report", () => {
  const nothing = { differences: [], moves: [] }
  const because = { reason: "because", evidence: "it is" }

  it("is clean where nothing differs", () => {
    assert.isTrue(isClean(makeReport(contract, contract, nothing)))
  })

  it("is not clean where something differs", () => {
    assert.isFalse(isClean(makeReport(contract, { ...contract, operations: contract.operations.slice(1) }, nothing)))
  })

  it("is not clean where an entry explains nothing", () => {
    const entry = { kind: "extra" as const, at: { "POST /v1/listen": ["query none"] }, ...because }
    assert.isFalse(isClean(makeReport(contract, contract, { ...nothing, differences: [entry] })))
  })

  it("is not clean where there is nothing to move", () => {
    const move = { operation: "POST /v1/listen", status: "200", from: "none.a", to: "a", ...because }
    assert.isFalse(isClean(makeReport(contract, contract, { ...nothing, moves: [move] })))
  })
})

const countMessages = (operations: ReadonlyArray<Operation>): number =>
  operations.reduce((sum, { messages: { client, server } }) => sum + client.size + server.size, 0)

const countOfSockets = (operations: ReadonlyArray<Operation>): string =>
  `${operations.length} channels with ${countMessages(operations)} messages`

describe("npm run drift", { timeout: 60_000 }, () => {
  it.live("finds nothing in the copies of the vendor's documents", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* drift(), {
        code: 0,
        err: "",
        out:
          `50 operations of the vendor's: 0 unexplained differences, ${report.explained} explained, 0 stale entries.\n` +
          `${countOfSockets(reportOfSockets.operations)} of the vendor's: 0 unexplained differences, ` +
          `${reportOfSockets.explained} explained, 0 stale entries.\n`
      })
    }))

  it.live("tells what is new in other documents", () =>
    Effect.gen(function*() {
      const openApi = yield* file(
        "openapi.yml",
        // JSON is YAML.
        JSON.stringify(edited(
          [["paths", "/v3/listen"], { post: {} }],
          [parameter("get", "/v1/models", "include_outdated", "schema"), { type: "number" }],
          [operation("post", "/v1/speak", "responses", "200"), undefined]
        ))
      )
      const asyncApi = yield* file(
        "asyncapi.yml",
        JSON.stringify(editedSockets(
          [channel("/v3/listen"), {}],
          [query("/v1/listen", "numerals"), { type: "string", format: "binary" }],
          [messages("/v1/listen", "subscribe", "ListenV1Media"), undefined]
        ))
      )
      const { code, err, out } = yield* drift(openApi, asyncApi)
      assert.strictEqual(err, "")
      assert.strictEqual(code, 1)
      const lines = out.split("\n")
      const models = lines.indexOf("GET /v1/models")
      assert.deepStrictEqual(lines.slice(models, models + 3), [
        "GET /v1/models",
        "  typed otherwise     query include_outdated: boolean here, number there",
        ""
      ])
      const at = lines.indexOf("POST /v3/listen")
      assert.deepStrictEqual(lines.slice(at, at + 3), [
        "POST /v3/listen",
        "  missing here        the operation",
        ""
      ])
      const speak = lines.indexOf("POST /v1/speak")
      assert.deepStrictEqual(lines.slice(speak, speak + 3), [
        "POST /v1/speak",
        "  extra here          response 200: { request_id } | (application/octet-stream) bytes",
        ""
      ])
      const stale = lines.indexOf("Entries in drift/ that explain nothing any more:")
      const summary = lines[stale + 6] ?? ""
      assert.match(
        summary,
        /^51 operations of the vendor's: \d+ unexplained differences, \d+ explained, 2 stale entries\.$/
      )
      const count = reportOfSockets.operations.length + 1
      assert.deepStrictEqual(lines.slice(stale + 1), [
        "",
        "POST /v1/speak",
        "  extra here          response 200 (application/octet-stream)",
        "  typed otherwise     response 200",
        "",
        summary,
        "WS /v1/listen",
        "  typed otherwise     query numerals: boolean here, bytes there",
        "",
        "WS /v3/listen",
        "  missing here        the operation",
        "",
        "Entries in drift/ that explain nothing any more:",
        "",
        "WS /v1/listen",
        "  missing here        client (binary)",
        "",
        `${count} channels with ${countMessages(reportOfSockets.operations) - 1} messages of the vendor's: ` +
        `2 unexplained differences, ${reportOfSockets.explained - 1} explained, 1 stale entry.`,
        ""
      ])
    }))

  it.live("fails for what is new in either", () =>
    Effect.gen(function*() {
      const asyncApi = yield* file("asyncapi.yml", JSON.stringify(editedSockets([channel("/v3/listen"), {}])))
      const { code, out } = yield* drift(join(root, "drift/spec/openapi.yml"), asyncApi)
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(out.split("\n").slice(1, 4), ["WS /v3/listen", "  missing here        the operation", ""])
    }))

  it.live("says in full what has changed where an entry explains something else", () =>
    Effect.gen(function*() {
      const edits = edited([
        operation("get", "/v1/models", "responses", "400", "content", "application/json", "schema"),
        {
          oneOf: [{ type: "integer" }, { type: "object", properties: { err_code: { type: "integer" } } }]
        }
      ])
      const { out } = yield* drift(yield* file("openapi.yml", JSON.stringify(edits)))
      assert.deepStrictEqual(out.split("\n").slice(0, 3), [
        "GET /v1/models",
        "  missing here        response 400: integer | { err_code?: integer }",
        ""
      ])
    }))

  it.live("names what is not of an operation", () =>
    Effect.gen(function*() {
      const { out } = yield* drift(yield* file("openapi.yml", JSON.stringify(edited([["webhooks"], {}]))))
      assert.deepStrictEqual(out.split("\n").slice(0, 3), ["the document", "  not understood      webhooks", ""])
    }))

  it.live("finds files from where it is called", () =>
    Effect.gen(function*() {
      const path = yield* file("openapi.yml", JSON.stringify(edited([["webhooks"], {}])))
      const { err, out } = yield* driftIn(dirname(path), "openapi.yml", join(root, "drift/spec/asyncapi.yml"))
      assert.strictEqual(err, "")
      assert.match(out, /not understood {6}webhooks\n/)
    }))

  it.live("says what it cannot use", () =>
    Effect.gen(function*() {
      const path = join(root, "drift/spec/none.yml")
      assert.deepStrictEqual(yield* drift("drift/spec/none.yml"), {
        code: 1,
        err: `✗ ${path} cannot be read: ENOENT: no such file or directory, open '${path}'\n`,
        out: ""
      })
    }))

  it.live("takes no more than two files", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* drift("a.yml", "b.yml", "c.yml"), {
        code: 1,
        err: "✗ takes an OpenAPI and an AsyncAPI document, not 3 files\n",
        out: ""
      })
    }))
})

describe("a document", () => {
  const spec = (name: string) => fileURLToPath(new URL(`../spec/${name}`, import.meta.url))

  const complaint = <A>(path: string, from: (document: unknown) => Result.Result<A, string>) =>
    readDocument(path, from).pipe(
      Effect.flip,
      Effect.map(({ message }) => message),
      Effect.provide(NodeFileSystem.layer)
    )

  it.live("is YAML", () =>
    Effect.gen(function*() {
      const path = yield* file("broken.yml", "a: [")
      assert.match(yield* complaint(path, fromOpenApi), /broken\.yml is no YAML: ./)
    }))

  it.live("is a file", () =>
    Effect.gen(function*() {
      assert.match(yield* complaint(root, fromOpenApi), / cannot be read: EISDIR: illegal operation on a directory/)
    }))

  it.live("has paths", () =>
    Effect.gen(function*() {
      const texts = ["just words", "paths:", "paths: []", "[paths]", "paths: words"]
      const files = yield* Effect.forEach(texts, (text, i) => file(`${i}.yml`, text))
      for (const path of [...files, spec("asyncapi.yml")]) {
        assert.strictEqual(
          yield* complaint(path, fromOpenApi),
          `${path} is no OpenAPI document: it has no paths`
        )
      }
    }))

  it.live("has channels", () =>
    Effect.gen(function*() {
      const path = spec("openapi.yml")
      assert.strictEqual(
        yield* complaint(path, fromAsyncApi),
        `${path} is no AsyncAPI document: it has no channels`
      )
    }))
})
