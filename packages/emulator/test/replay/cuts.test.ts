/** Calls that did not come to their end: who broke them off, and that they are broken off again. */
import { Emulator, Faults, Recording, Sessions } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Scope, Stream } from "effect"
import { ListenV1, SpeakV1 } from "effect-deepgram"
import { readFileSync, writeFileSync } from "node:fs"
import { connect } from "../server/socket.ts"
import { breakOff, send } from "./client.ts"
import { assertSame, differing, recorded, secrets, sessions, temporary } from "./support.ts"

const withKey = { authorization: `Token ${secrets.apiKey}` }
const upload = Recording.wav("Some words that are sent.")

/** Asks the emulator until so many calls are going on. */
const ongoing = (url: string, count: number) =>
  Effect.gen(function*() {
    let text = ""
    while (!text.includes(`"active":${count},`)) {
      text = (yield* send(`${url}/_emulator/status`, { method: "GET" })).text
    }
  })

/** Sends a file again to an emulator that records what comes. */
const replayed = (path: string, again: string) =>
  recorded(
    again,
    Effect.gen(function*() {
      const { apiKey, url } = yield* Emulator.Emulator
      const result = yield* Sessions.replay(path, { url, apiKey })
      // It has noticed who has gone.
      yield* ongoing(url, 0)
      return result
    })
  )

/** How a call went, as far as it can be the same again. */
const outline = ({ calls }: Sessions.Recorded) =>
  calls.map(({ method, parts, target }) => ({
    method,
    target,
    received: parts.flatMap((part) => part.type === "Received" ? [part.text ?? part.base64] : []),
    request:
      parts.flatMap((part) => part.type === "RequestBody" ? [part.text ?? part.base64 ?? ""] : []).join("").length,
    isWhole: parts.some(({ type }) => type === "RequestEnd"),
    status: parts.flatMap((part) => part.type === "Answer" ? [part.status] : []),
    closed: parts.flatMap((part) => part.type === "Closed" ? [`${part.by} ${part.code} ${part.reason}`] : []),
    cut: parts.flatMap((part) => part.type === "CallEnd" ? [part.cut] : [])
  }))

/** Records, sends again, and looks that both went the same way. */
const again = <A, E>(calls: Parameters<typeof recorded<A, E>>[1]) =>
  Effect.gen(function*() {
    const path = yield* temporary
    const copy = yield* temporary
    yield* recorded(path, calls)
    assertSame(yield* replayed(path, copy))
    const before = outline(yield* Sessions.read(path))
    assert.deepStrictEqual(outline(yield* Sessions.read(copy)), before)
    return before
  })

describe("calls that are cut", () => {
  it.live("by a client in the middle of an upload", () =>
    Effect.gen(function*() {
      const [call] = yield* again(Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        yield* breakOff(
          `${url}/v1/listen?model=nova-3`,
          { headers: withKey, pieces: [upload.subarray(0, 2000)] },
          ongoing(url, 1)
        )
        // It has noticed who has gone.
        yield* ongoing(url, 0)
      }))
      assert.deepInclude(call, { isWhole: false, status: [], cut: ["client"] })
    }))

  it.live("by a client of a session, with and without a word", () =>
    Effect.gen(function*() {
      const calls = yield* again(
        Effect.gen(function*() {
          for (const end of ["terminate", "close"] as const) {
            const { closed, next, say, socket } = yield* connect("/v1/speak?encoding=linear16&sample_rate=8000", {
              headers: withKey
            })
            yield* say({ type: "Speak", text: "Hello." })
            yield* say({ type: "Flush" })
            // Metadata, and the first of the audio.
            yield* next
            yield* next
            if (end === "close") socket.close(4001, "enough")
            else socket.terminate()
            yield* closed
          }
        }).pipe(Effect.scoped)
      )
      assert.deepStrictEqual(calls.map(({ closed, cut }) => ({ closed, cut })), [
        { closed: [], cut: ["client"] },
        { closed: ["client 4001 enough"], cut: [undefined] }
      ])
    }))

  it.live("by faults that they asked for", () =>
    Effect.gen(function*() {
      const faulty = (faults: ReadonlyArray<Faults.Fault>) => ({
        headers: { ...withKey, "content-type": "application/json", [Faults.header]: JSON.stringify(faults) },
        pieces: ["{\"text\":\"Hello.\"}"]
      })
      const calls = yield* again(Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        const target = `${url}/v1/speak?model=aura-2-thalia-en&encoding=linear16`
        const plan: ReadonlyArray<Faults.Fault> = [
          { type: "Truncate", after: 1000 },
          { type: "Reset", at: "head" },
          { type: "Answer", status: 503, shape: "html" },
          { type: "Malform", how: "encoding" }
        ]
        for (const fault of plan) yield* send(target, faulty([fault]))
      }))
      assert.deepStrictEqual(calls.map(({ cut, status }) => [status[0], cut[0]]), [
        [200, "server"],
        [undefined, "server"],
        [503, undefined],
        [200, undefined]
      ])
    }))

  it.live("by faults of a session, messages that nobody expects included", () =>
    Effect.gen(function*() {
      const asked = encodeURIComponent(JSON.stringify([
        { type: "Duplicate", after: 0 },
        { type: "Unknown", after: 1 },
        { type: "Close", code: 1011, reason: "by the plan", after: 3 }
      ]))
      const [call] = yield* again(
        Effect.gen(function*() {
          const { closed, say } = yield* connect(
            `/v1/speak?encoding=linear16&sample_rate=8000&${Faults.queryParameter}=${asked}`,
            { headers: withKey }
          )
          for (const text of ["One.", "Two.", "Three."]) {
            yield* say({ type: "Speak", text })
            yield* say({ type: "Flush" })
          }
          yield* closed
        }).pipe(Effect.scoped)
      )
      assert.deepStrictEqual(call?.closed, ["server 1011 by the plan"])
    }))

  it.live("by the end of the emulator are in the file, which has its end", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const client = yield* Effect.scope
      yield* recorded(
        path,
        Effect.gen(function*() {
          const { url } = yield* Emulator.Emulator
          yield* Effect.provideService(
            connect("/v1/listen?encoding=linear16&sample_rate=8000", { headers: withKey }),
            Scope.Scope,
            client
          )
          yield* Effect.forkDetach(send(`${url}/v1/listen?model=nova-3`, {
            headers: { ...withKey, "content-length": "9999" },
            pieces: ["RIFF"]
          }))
          yield* ongoing(url, 2)
        })
      )
      const { calls, complete } = yield* Sessions.read(path)
      assert.isTrue(complete)
      for (const { parts } of calls) assert.strictEqual(parts.at(-1)?.type, "CallEnd")
    }))

  it.live("of a file without an end are sent as far as it goes", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const copy = yield* temporary
      yield* recorded(
        path,
        SpeakV1.generate("Hello.", { model: "aura-2-thalia-en" }).pipe(
          Effect.flatMap(({ audio }) => Stream.runDrain(audio)),
          Effect.andThen(sessions.listenV1),
          Effect.andThen(ListenV1.transcribeFile(upload, { model: "nova-3" })),
          Effect.scoped
        )
      )
      const bytes = readFileSync(path)
      for (const part of [0.2, 0.5, 0.9]) {
        writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * part)))
        const result = yield* replayed(path, copy)
        assert.deepStrictEqual(differing(result), [])
        assert.isFalse(result.complete)
      }
    }))
})
