import { Emulator } from "@effect-deepgram/emulator"
import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { ListenV1, Transcript } from "effect-deepgram"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Command, parse, usage } from "../start/arguments.ts"
import { wav } from "../start/wav.ts"
import { file, folder, lines, start } from "./support.ts"

describe("npm start -- --agent", () => {
  const said = (out: string, what: string): ReadonlyArray<string> =>
    [...out.matchAll(/^ *\d+\.\d s {2}(.{12}) {2}(.*)$/gm)].flatMap(([, who = "", text = ""]) =>
      who.trim() === what ? [text] : []
    )

  it.live("holds a conversation in audio in which a tool is called, and says how long everything took", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* start(["--agent"])
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      assert.match(out, /No key is set: the call goes to an emulator at http:\/\/127\.0\.0\.1:\d+/)
      const questions = said(out, "User says")
      assert.strictEqual(questions.length, 3)
      assert.deepStrictEqual(said(out, "Agent hears"), questions)
      assert.deepStrictEqual(said(out, "Agent calls"), ["get_opening_hours {\"day\":\"Saturday\"}"])
      const [answer] = said(out, "Tool answers")
      assert.strictEqual(answer, "On Saturday the museum is open from nine to six.")

      const answers = said(out, "Agent says")
      const heard = said(out, "User hears")
      assert.strictEqual(answers.length, 5)
      assert.deepStrictEqual([heard[0], heard[1], heard[2], heard[4]], [answers[0], answers[1], answer, answers[4]])
      // The user has not heard the end of what was interrupted.
      const beginning = heard[3]?.match(/^(There is .*) … \(interrupted\)$/)?.[1]
      assert.isDefined(beginning, heard[3])
      assert.isTrue(answers[3]?.startsWith(`${beginning} `), heard[3])

      const latencies = said(out, "Latency")
      assert.strictEqual(latencies.length, 5)
      for (const latency of latencies) {
        assert.match(latency, /thinking \d+\.\d{3} s, speaking \d+\.\d{3} s, in all \d+\.\d{3} s$/)
      }
      // How long hearing took is known where something was heard.
      assert.strictEqual(latencies.filter((latency) => latency.startsWith("hearing ")).length, 3)
      assert.match(out, /The call is over · request [0-9a-f-]{36}\n$/)
    }))

  it.live("says in one line why there is no conversation", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const { code, err } = yield* start(["--agent"], { DEEPGRAM_API_KEY: "not-the-key", DEEPGRAM_BASE_URL: url })
      assert.strictEqual(code, 1)
      assert.strictEqual(lines(err).length, 1, err)
      assert.match(err, /^✗ .*401 Unauthorized/)
    }).pipe(Effect.provide(Emulator.layer())))
})

describe("npm start -- --speak", () => {
  const text = "Your order is on its way. It comes on Friday!"

  it.live("speaks a text into a file, where the command was typed, and shows what is heard in it", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const { code, err, out } = yield* start(["--speak", text, "out.wav"], { INIT_CWD: path })
      assert.strictEqual(code, 0, err)
      assert.match(out, /No key is set: the text goes to an emulator at/)
      const bytes = readFileSync(join(path, "out.wav"))
      const seconds = ((bytes.length - 44) / 48_000).toFixed(1)
      assert.include(out, `  ${seconds} s of audio · voice aura-2-thalia-en · request `)
      assert.isAbove(Number(seconds), 2)
      assert.match(out, /A transcription of it says\n {4}Your order is on its way\. It comes on Friday!\n$/)
    }).pipe(Effect.scoped))

  it.live("overwrites a file, by Deepgram when a key is set", () =>
    Effect.gen(function*() {
      const { apiKey, url } = yield* Emulator.Emulator
      const path = yield* file("out.wav", "x".repeat(1_000_000))
      const env = { DEEPGRAM_API_KEY: Redacted.value(apiKey), DEEPGRAM_BASE_URL: url }
      const { code, err, out } = yield* start(["--speak", text, path], env)
      assert.strictEqual(code, 0, err)
      assert.match(out, /DEEPGRAM_API_KEY is set: the text goes to Deepgram at 127\.0\.0\.1:\d+\./)
      // Whose voice it is can be heard.
      assert.notInclude(out, "transcription")
      const transcription = yield* ListenV1.transcribeFile(NodeAudio.file(path), { model: "nova-3", punctuate: true })
      assert.strictEqual(Transcript.toText(transcription), text)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layerSdk())))

  it.live("says in one line that there cannot be such a file, before anything is spoken", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "missing")
      const missing = yield* start(["--speak", text, join(path, "out.wav")])
      assert.strictEqual(missing.code, 1)
      assert.strictEqual(missing.err, `✗ ${path}/out.wav cannot be written: there is no folder ${path}\n`)
      assert.notInclude(missing.out, "▶")
      assert.isFalse(existsSync(path))
      const taken = yield* start(["--speak", text, join(path, "..")])
      assert.strictEqual(taken.code, 1)
      assert.strictEqual(lines(taken.err).length, 1, taken.err)
      assert.match(taken.err, /cannot be written: EISDIR/)
    }).pipe(Effect.scoped))

  it.live("leaves no file behind when nothing is spoken", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const path = yield* folder
      const env = { DEEPGRAM_API_KEY: "not-the-key", DEEPGRAM_BASE_URL: url }
      const { code, err } = yield* start(["--speak", text, join(path, "out.wav")], env)
      assert.strictEqual(code, 1)
      assert.strictEqual(lines(err).length, 1, err)
      assert.match(err, /^✗ .*401 Unauthorized/)
      assert.deepStrictEqual(readdirSync(path), [])
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it("writes a header that says how long the audio is, and what it is", () => {
    const header = wav(new Uint8Array(1000), 24_000)
    const view = new DataView(header.buffer)
    assert.strictEqual(header.length, 1044)
    assert.strictEqual(view.getUint32(4, true), 1036)
    assert.strictEqual(view.getUint32(24, true), 24_000)
    assert.strictEqual(view.getUint32(28, true), 48_000)
    assert.strictEqual(view.getUint32(40, true), 1000)
  })
})

describe("the arguments of npm start", () => {
  const commands: ReadonlyArray<readonly [ReadonlyArray<string>, Command]> = [
    [[], { _tag: "Transcribe", recordings: [] }],
    [["a.wav", "https://example.com/b.wav"], {
      _tag: "Transcribe",
      recordings: ["a.wav", "https://example.com/b.wav"]
    }],
    [["--agent"], { _tag: "Converse" }],
    [["--speak", "Hello.", "out.wav"], { _tag: "Speak", text: "Hello.", file: "out.wav" }],
    [["--speak", "--", "-5 degrees", "out.wav"], { _tag: "Speak", text: "-5 degrees", file: "out.wav" }],
    [["--help"], { _tag: "Help" }],
    [["-h", "a.wav"], { _tag: "Help" }]
  ]
  for (const [args, command] of commands) {
    it.effect(`mean something: ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* parse(args), command)
      }))
  }

  const mistakes: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [["--agnt"], /^Unknown option '--agnt'$/],
    [["--agent=yes"], /^Option '--agent' does not take an argument$/],
    [["--agent", "extra"], /--agent takes nothing else/],
    [["--agent", "--speak", "Hello.", "out.wav"], /do not go together/],
    [["--speak"], /needs a text and the name of a file/],
    [["--speak", "Hello."], /needs a text and the name of a file/],
    [["--speak", " ", "out.wav"], /needs a text and the name of a file/],
    [["--speak", "Hello", "there.", "out.wav"], /in quotation marks/]
  ]
  for (const [args, message] of mistakes) {
    it.effect(`mean nothing: ${args.join(" ")}`, () =>
      Effect.gen(function*() {
        const result = yield* Effect.result(parse(args))
        assert.match(Result.isFailure(result) ? result.failure.message : "", message)
      }))
  }

  it.live("are explained on stderr where they mean nothing, and on stdout to those who ask", () =>
    Effect.gen(function*() {
      const wrong = yield* start(["--agnt"])
      assert.strictEqual(wrong.code, 2)
      assert.strictEqual(wrong.out, "")
      assert.match(wrong.err, /^✗ Unknown option '--agnt'\n\n/)
      assert.isTrue(wrong.err.endsWith(`\n\n${usage}\n`), wrong.err)
      assert.deepStrictEqual(yield* start(["--help"]), { code: 0, out: `${usage}\n`, err: "" })
    }))
})
