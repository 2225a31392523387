import { Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { WebSocket } from "ws"
import { version } from "../../src/internal/version.ts"
import { readText, temporaryDirectory, write } from "./files.ts"
import { get, linesOf, run, start, startJson } from "./process.ts"

const listenPath = "/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000"

/** Has a live session hear something, and ends it; the texts that it said. */
const hears = (url: string, key: string) =>
  Effect.callback<string>((resume) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}${listenPath}`, ["token", key])
    let text = ""
    socket.on("open", () => {
      socket.send(Recording.raw("Good morning."))
      socket.send(JSON.stringify({ type: "CloseStream" }))
    })
    socket.on("message", (data) => text += String(data))
    socket.on("close", () => resume(Effect.succeed(text)))
    socket.on("error", (error) => resume(Effect.die(error)))
    return Effect.sync(() => socket.terminate())
  })

/** A port that is taken as long as the scope is open. */
const takenPort = Effect.map(
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  ),
  (server) => (server.address() as AddressInfo).port
)

describe("the command", () => {
  it.live("answers by REST and WebSocket, logs each call without a key, and ends in good order", () =>
    Effect.gen(function*() {
      const emulator = yield* startJson("--key", "first-key", "--key", "second-key")
      const { apiKeys, environment, statusPage, url } = emulator
      assert.deepStrictEqual(apiKeys, ["first-key", "second-key"])
      assert.strictEqual(environment, `DEEPGRAM_BASE_URL=${url} DEEPGRAM_API_KEY=first-key`)
      for (const key of apiKeys) assert.strictEqual((yield* get(`${url}/v1/projects`, key)).status, 200)
      assert.strictEqual((yield* get(`${url}/v1/projects`, "third-key")).status, 401)
      assert.include((yield* get(statusPage)).text, "<title>Deepgram emulator</title>")
      assert.include((yield* hears(url, "second-key")).toLowerCase(), "good morning")
      // The line of the session comes when its connection is gone on this side too.
      yield* emulator.says("stderr", "messagesReceived")
      yield* emulator.signal("SIGTERM")
      const { code, stderr, stdout } = yield* emulator.ended
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stdout.trimEnd().split("\n").length, 1, stdout)
      assert.notMatch(stderr, /first-key|second-key|third-key/)
      const lines = linesOf(stderr)
      assert.deepStrictEqual(
        lines.map(({ message }) => message).slice(0, -1),
        ["GET /v1/projects 200", "GET /v1/projects 200", "GET /v1/projects 401", `GET ${listenPath} 101`]
      )
      assert.include(lines.at(-1)?.message, "Stopping")
      const [first, , , session] = lines
      assert.hasAllKeys(first?.annotations, [
        "requestId",
        "method",
        "path",
        "status",
        "durationMs",
        "bytesReceived",
        "bytesSent"
      ])
      assert.deepInclude(session?.annotations, { messagesReceived: 2, status: 101, path: listenPath })
    }))

  it.live("takes every call with --no-auth, on the port that it is told, with the faults of a file", () =>
    Effect.gen(function*() {
      const directory = yield* temporaryDirectory
      const plan = join(directory, "plan.json")
      yield* write(plan, `{"rules":[{"name":"busy","faults":[{"type":"Answer","status":503}],"times":1}]}`)
      const emulator = yield* startJson("--no-auth", "--faults", plan)
      assert.deepStrictEqual(emulator.apiKeys, [])
      assert.strictEqual((yield* get(`${emulator.url}/v1/projects`, "", { headers: {} })).status, 503)
      assert.strictEqual((yield* get(`${emulator.url}/v1/projects`, "", { headers: {} })).status, 200)
      yield* emulator.signal("SIGINT")
      const { code, stderr } = yield* emulator.ended
      assert.strictEqual(code, 0)
      assert.strictEqual(linesOf(stderr)[0]?.annotations["faults"], "Answer")
    }))

  it.live("tells people where it is and what is called, a line for each call", () =>
    Effect.gen(function*() {
      const emulator = yield* start("--port", "0", "--log", "pretty", "--key", "test")
      const said = yield* emulator.says("stdout", "DEEPGRAM_API_KEY=test\n")
      const url = /is at (\S+)/.exec(said)?.[1] ?? ""
      assert.include(said, `status page  ${url}/\n`)
      yield* get(`${url}/v1/none%1B[2J?callback=${encodeURIComponent("http://me:s3cret@example.com/")}`)
      yield* emulator.says("stderr", /GET \/v1\/none\S+ 404 .*durationMs=\d+.*\n/)
      yield* emulator.signal("SIGTERM")
      const { code, stderr } = yield* emulator.ended
      assert.strictEqual(code, 0)
      assert.notInclude(stderr, "s3cret")
      assert.strictEqual(stderr.trimEnd().split("\n").length, 2, stderr)
    }))

  it.live("says nothing with --log none", () =>
    Effect.gen(function*() {
      const emulator = yield* start("--port", "0", "--log", "none")
      const url = /is at (\S+)/.exec(yield* emulator.says("stdout", "DEEPGRAM_API_KEY"))?.[1] ?? ""
      assert.strictEqual((yield* get(`${url}/v1/projects`, "emulator-key")).status, 200)
      yield* emulator.signal("SIGTERM")
      assert.deepInclude(yield* emulator.ended, { code: 0, stderr: "" })
    }))

  it.live("records what clients send, and replays it", () =>
    Effect.gen(function*() {
      const file = join(yield* temporaryDirectory, "calls.jsonl")
      const emulator = yield* startJson("--record", file, "--key", "first-key")
      yield* get(`${emulator.url}/v1/projects`, "first-key")
      yield* get(`${emulator.url}/v1/none`, "first-key")
      yield* emulator.signal("SIGTERM")
      assert.strictEqual((yield* emulator.ended).code, 0)
      assert.deepStrictEqual(yield* run("replay", file), {
        code: 0,
        stdout: "GET /v1/projects: the same\nGET /v1/none: the same\nAll went as they did then: 2.\n",
        stderr: ""
      })
      const otherwise = yield* run("replay", file, "--url", (yield* startJson("--key", "other-key")).url)
      assert.strictEqual(otherwise.code, 1)
      assert.include(otherwise.stdout, "GET /v1/projects: not the same\n  $.status was 200, is 401\n")
      assert.strictEqual(otherwise.stderr, "Of 2 calls 1 went otherwise.\n")
      const none = yield* run("replay", `${file}.none`)
      assert.deepInclude(none, { code: 1, stdout: "" })
      assert.match(none.stderr, /^.*calls\.jsonl\.none: .*\n$/)
    }))

  it.live("replays nothing when nobody called, and says so", () =>
    Effect.gen(function*() {
      const file = join(yield* temporaryDirectory, "calls.jsonl")
      const emulator = yield* startJson("--record", file)
      yield* emulator.signal("SIGTERM")
      yield* emulator.ended
      assert.deepStrictEqual(yield* run("replay", file), {
        code: 1,
        stdout: "",
        stderr: `There are no calls in ${file}: nothing was sent.\n`
      })
    }))

  it.live("goes on when nobody reads any more what it says", () =>
    Effect.gen(function*() {
      const emulator = yield* startJson()
      yield* emulator.leave("stdout")
      yield* emulator.leave("stderr")
      for (let i = 0; i < 5; i++) {
        assert.strictEqual((yield* get(`${emulator.url}/v1/projects`, "emulator-key")).status, 200)
      }
      yield* emulator.signal("SIGTERM")
      assert.strictEqual((yield* emulator.ended).code, 0)
    }))

  it.live("prints its help and its version", () =>
    Effect.gen(function*() {
      const [help, answer] = yield* Effect.all([run("--help"), run("--version")], { concurrency: 2 })
      assert.deepInclude(help, { code: 0, stderr: "" })
      for (const option of ["--port", "--host", "--key", "--no-auth", "--model", "--credits", "--faults", "--record"]) {
        assert.include(help.stdout, option)
      }
      assert.deepInclude(answer, { code: 0, stderr: "", stdout: `deepgram-emulator v${version}\n` })
    }))

  it.live("says in one line why it cannot start", () =>
    Effect.gen(function*() {
      const directory = yield* temporaryDirectory
      const plan = join(directory, "plan.json")
      yield* write(plan, `{"rules":[{"faults":[{"type":"Latency","dely":3}]}]}`)
      const port = yield* takenPort
      const problems: ReadonlyArray<readonly [args: ReadonlyArray<string>, message: string]> = [
        [["--port", `${port}`], `Port ${port} of 127.0.0.1 is taken: choose another one, or 0 for any that is free`],
        [["--port", "65536"], "There is no port 65536: choose one from 0 to 65535"],
        [
          ["--port", "0", "--faults", plan],
          `There is something wrong with the plan in ${plan}: rules[0].faults[0].dely: Expected no excess property`
        ],
        [
          ["--port", "0", "--faults", join(directory, "none")],
          `The plan of --faults ${join(directory, "none")} cannot be read: NotFound`
        ],
        [["--port", "0", "--faults", directory], `The plan of --faults ${directory} cannot be read: it is a folder`],
        [["--port", "0", "--no-auth", "--key", "a"], "--key and --no-auth exclude each other: choose one of them"],
        [["--port", "0", "--host="], "There is no interface without a name: `host` is empty"],
        [["replay", "calls.jsonl", "--url", "nonsense"], "--url is no URL of a server: \"nonsense\""]
      ]
      for (const [args, message] of problems) {
        assert.deepStrictEqual(yield* run(...args), { code: 1, stdout: "", stderr: `${message}\n` })
      }
    }))

  it.live("shows the usage to whoever asks wrongly", () =>
    Effect.gen(function*() {
      const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, message: string]> = [
        [["--prot", "8080"], "--prot"],
        [["--idle-timeout", "soon"], "Expected a duration, such as 500ms, 30s or \"2 minutes\", got: soon"],
        [["--log", "loud"], "\"pretty\" | \"json\" | \"none\""]
      ]
      for (const [args, message] of mistakes) {
        const { code, stderr, stdout } = yield* run(...args)
        assert.deepStrictEqual({ code, stdout }, { code: 1, stdout: "" })
        assert.include(stderr, "USAGE")
        assert.include(stderr, message)
      }
    }))
})

describe("the version", () => {
  it.effect("is that of package.json", () =>
    Effect.gen(function*() {
      const text = yield* readText(new URL("../../package.json", import.meta.url))
      const packageJson = yield* Schema.decodeUnknownEffect(
        Schema.fromJsonString(Schema.Struct({ version: Schema.String }))
      )(text)
      assert.strictEqual(packageJson.version, version)
    }))
})
