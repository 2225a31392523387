/** Disks that are slow or full. A pipe takes the place of the file, so that a test is the disk. */
import { Emulator, Recording, Sessions } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { ListenV1, Projects, SpeakV1 } from "effect-deepgram"
import { execFileSync } from "node:child_process"
import { createReadStream, type ReadStream, writeFileSync } from "node:fs"
import { connect, stable } from "../server/socket.ts"
import { assertSame, recorded, secrets, temporary } from "./support.ts"

/** A pipe, and what comes out of it once it is read. */
const pipe = Effect.gen(function*() {
  const path = yield* temporary
  execFileSync("mkfifo", [path])
  const disk = yield* Effect.acquireRelease(
    Effect.sync((): ReadStream => createReadStream(path, { highWaterMark: 65_536 })),
    (disk) => Effect.sync(() => disk.destroy())
  )
  const all: Array<Buffer> = []
  const read = Effect.callback<string>((resume) => {
    disk.on("data", (piece) => all.push(Buffer.from(piece)))
    disk.on("end", () => resume(Effect.succeed(Buffer.concat(all).toString("utf8"))))
  })
  return { path, disk, read }
})

/** As much as may wait in the emulator, in pipes and in sockets of the system, in bytes. */
const most = 16_000_000

const megabyte = new Uint8Array(1_000_000)

/** Silence of so many megabytes, and how much of it was taken. */
const upload = (megabytes: number) => {
  const taken = { megabytes: 0 }
  const header = Recording.wav(" ", { sampleRate: 48_000 }).subarray(0, 44)
  new DataView(header.buffer, header.byteOffset).setUint32(40, megabytes * megabyte.length, true)
  const body = Stream.concat(
    Stream.make(header),
    Stream.fromIterable(Array.from({ length: megabytes }, () => megabyte)).pipe(
      Stream.rechunk(1),
      Stream.tap(() => Effect.sync(() => taken.megabytes++))
    )
  )
  return { taken, body }
}

describe("a slow disk", () => {
  it.live("holds an upload up, and nothing of it is lost", () =>
    Effect.gen(function*() {
      const { path, read } = yield* pipe
      const { body, taken } = upload(64)
      const client = yield* Effect.forkChild(
        recorded(path, ListenV1.transcribeFile(body, { model: "nova-3" }))
      )
      const stopped = yield* stable(() => taken.megabytes)
      assert.isBelow(stopped * megabyte.length, most)
      const text = yield* read
      yield* Fiber.join(client)
      const copy = yield* temporary
      writeFileSync(copy, text)
      const { calls: [call], complete } = yield* Sessions.read(copy)
      assert.isTrue(complete)
      const bytes = call?.parts.flatMap((part) =>
        part.type === "RequestBody"
          ? [part.text === undefined ? Buffer.from(part.base64 ?? "", "base64").length : Buffer.byteLength(part.text)]
          : []
      ) ?? []
      assert.strictEqual(bytes.reduce((sum, length) => sum + length, 0), 64 * megabyte.length + 44)
      // Piece by piece.
      assert.isBelow(Math.max(...bytes), 1_000_000)
    }))

  it.live("holds a download and sessions up, in both directions", () =>
    Effect.gen(function*() {
      const { path, read } = yield* pipe
      const text = "This takes a while to be spoken, and is a lot of audio. ".repeat(20)
      const got = { bytes: 0, sent: 0 }
      const finished = yield* Deferred.make<void>()
      const client = yield* Effect.forkChild(recorded(
        path,
        Effect.gen(function*() {
          const download = SpeakV1.generate(text, {
            model: "aura-2-thalia-en",
            encoding: "linear16",
            sample_rate: 48_000
          })
            .pipe(
              Effect.flatMap(({ audio }) =>
                Stream.runForEach(audio, (bytes) =>
                  Effect.sync(() => {
                    got.bytes += bytes.length
                  }))
              ),
              Effect.scoped
            )
          const session = Effect.gen(function*() {
            const { closed, say, send } = yield* connect("/v1/listen?encoding=linear16&sample_rate=48000", {
              headers: { authorization: `Token ${secrets.apiKey}` }
            })
            for (let i = 0; i < 16; i++) {
              yield* send(megabyte)
              got.sent++
            }
            yield* say({ type: "CloseStream" })
            yield* closed
          })
          yield* Effect.all([Effect.forEach([1, 2], () => download, { concurrency: "unbounded" }), session], {
            concurrency: "unbounded"
          })
        }).pipe(Effect.scoped, Effect.ensuring(Deferred.succeed(finished, undefined)))
      ))
      yield* stable(() => got.bytes + got.sent)
      assert.isFalse(yield* Deferred.isDone(finished))
      assert.isBelow(got.bytes, 5_000_000)
      assert.isBelow(got.sent * megabyte.length, most - 2_000_000)
      const written = yield* read
      yield* Fiber.join(client)
      const copy = yield* temporary
      writeFileSync(copy, written)
      const { calls } = yield* Sessions.read(copy)
      const session = calls.find(({ transport }) => transport === "websocket")
      assert.strictEqual(session?.parts.filter(({ type }) => type === "Received").length, 17)
      const { apiKey, url } = yield* Emulator.Emulator
      assertSame(yield* Sessions.replay(copy, { url, apiKey }))
    }).pipe(Effect.provide(Emulator.layer())))
})

describe("a disk that takes no more", () => {
  it.live("ends the recording, and nothing else", () =>
    Effect.gen(function*() {
      const { disk, path } = yield* pipe
      yield* recorded(
        path,
        Effect.gen(function*() {
          yield* Projects.list()
          disk.destroy()
          for (let i = 0; i < 3; i++) {
            yield* ListenV1.transcribeFile(upload(3).body, { model: "nova-3" })
          }
        })
      )
    }))
})
