import { Emulator, Recording } from "@effect-deepgram/emulator"
import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { ListenV1, LiveTranscript } from "effect-deepgram"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { install, isRunning, kill, stay, wait } from "./support/programs.ts"

const lengths = (options: NodeAudio.MicrophoneOptions, count: number) =>
  NodeAudio.microphone(options).pipe(Stream.take(count), Stream.map(({ length }) => length), Stream.runCollect)

/** Why there is nothing more to hear. */
const failure = (options: NodeAudio.MicrophoneOptions) => Effect.flip(Stream.runDrain(NodeAudio.microphone(options)))

/** Says what it was told, and records a sample. */
const tell = (name: string) => `echo "${name}: $* [$AUDIODEV]" >> told\nprintf ab\n${stay}`

const quiet = "-hide_banner -loglevel error -nostdin"

const inputOfFfmpeg = (format: string, device: string) =>
  process.platform === "darwin" ? `-f avfoundation -i :${device}` : `-f alsa ${format} -i ${device}`

describe("NodeAudio.microphone", () => {
  it.live("tells the program what to record", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: tell("sox"), arecord: tell("arecord"), ffmpeg: tell("ffmpeg") })
      yield* lengths({ env, encoding: "linear16" }, 1)
      yield* lengths({ env, program: "arecord" }, 1)
      yield* lengths({ env, program: "ffmpeg" }, 1)
      const [sox, arecord, ffmpeg] = read("told").split("\n")
      const format = "-r 16000 -c 1 -b 16 -e signed-integer"
      assert.strictEqual(sox, `sox: -q --buffer 640 ${format} -d -t raw ${format} -L - []`)
      assert.strictEqual(arecord, "arecord: -q -t raw -f S16_LE -r 16000 -c 1 []")
      const input = inputOfFfmpeg("-sample_rate 16000 -channels 1", "default")
      assert.strictEqual(ffmpeg, `ffmpeg: ${quiet} ${input} -f s16le -ar 16000 -ac 1 -flush_packets 1 pipe:1 []`)
    }))

  it.live("tells it the rate, the channels and the device that are asked for", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({
        sox: tell("sox").replace("ab", "abcd"),
        arecord: tell("arecord").replace("ab", "abcd"),
        ffmpeg: tell("ffmpeg").replace("ab", "abcd")
      })
      for (const program of ["sox", "arecord", "ffmpeg"] as const) {
        yield* lengths({ env, program, sample_rate: 44_100, channels: 2, device: "a microphone" }, 1)
      }
      const [sox, arecord, ffmpeg] = read("told").split("\n")
      const format = "-r 44100 -c 2 -b 16 -e signed-integer"
      assert.strictEqual(sox, `sox: -q --buffer 3528 ${format} -d -t raw ${format} -L - [a microphone]`)
      assert.strictEqual(arecord, "arecord: -q -D a microphone -t raw -f S16_LE -r 44100 -c 2 []")
      const input = inputOfFfmpeg("-sample_rate 44100 -channels 2", "a microphone")
      assert.strictEqual(ffmpeg, `ffmpeg: ${quiet} ${input} -f s16le -ar 44100 -ac 2 -flush_packets 1 pipe:1 []`)
    }))

  it.live("gives it the environment of this process, but for what is passed", () =>
    Effect.gen(function*() {
      const variables = { INHERITED: "from here", REPLACED: "from here", REMOVED: "from here" }
      yield* Effect.acquireRelease(
        Effect.sync(() => Object.assign(process.env, variables)),
        () => Effect.sync(() => Object.keys(variables).forEach((name) => delete process.env[name]))
      )
      const { env, read } = yield* install({
        sox: `echo "$INHERITED, $REPLACED, \${REMOVED-nothing}" > told\nprintf ab\n${stay}`
      })
      yield* lengths({ env: { ...env, REPLACED: "passed", REMOVED: undefined } }, 1)
      assert.strictEqual(read("told"), "from here, passed, nothing\n")
    }))

  it.live("takes the first program that is installed", () =>
    Effect.gen(function*() {
      for (const names of [["sox", "arecord", "ffmpeg"], ["arecord", "ffmpeg"], ["ffmpeg"]]) {
        const { env, read } = yield* install(Object.fromEntries(names.map((name) => [name, tell(name)])))
        yield* lengths({ env }, 1)
        assert.match(read("told"), new RegExp(`^${names[0]}: .*\n$`))
      }
    }))

  it.live("says which programs it looked for, and how to get one", () =>
    Effect.gen(function*() {
      const { env } = yield* install({})
      const error = yield* failure({ env })
      assert.strictEqual(error._tag, "MicrophoneError")
      assert.strictEqual(error.reason, "NotInstalled")
      assert.match(
        error.message,
        /^NodeAudio\.microphone: none of sox, arecord, ffmpeg is installed, or in the PATH: install one \(.*sox.*\)$/
      )
      assert.propertyVal(error.cause, "code", "ENOENT")
      const forced = yield* failure({ env, program: "arecord" })
      assert.strictEqual(forced.reason, "NotInstalled")
      assert.strictEqual(forced.message, "NodeAudio.microphone: arecord is not installed, or not in the PATH")
    }))

  it.live("says why a program cannot be started", () =>
    Effect.gen(function*() {
      const { directory, env } = yield* install({ sox: "" })
      chmodSync(join(directory, "sox"), 0o600)
      const forbidden = yield* failure({ env })
      assert.strictEqual(forbidden.reason, "NotStarted")
      assert.strictEqual(forbidden.program, "sox")
      assert.strictEqual(forbidden.message, "NodeAudio.microphone: sox cannot be started: spawn sox EACCES")
      const impossible = yield* failure({ env, program: "arecord", device: "a\0b" })
      assert.strictEqual(impossible.reason, "NotStarted")
      assert.propertyVal(impossible.cause, "code", "ERR_INVALID_ARG_VALUE")
    }))

  it.live("refuses what is no format, and starts nothing", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: tell("sox") })
      const cases = { sample_rate: [0, 0.5, Number.NaN], channels: [0, -1, 1.5] }
      for (const [option, values] of Object.entries(cases)) {
        for (const value of values) {
          const error = yield* failure({ env, [option]: value })
          assert.strictEqual(error.reason, "InvalidOptions")
          assert.strictEqual(
            error.message,
            `NodeAudio.microphone: ${option} is not a whole number above zero: ${value}`
          )
        }
      }
      const unknown = yield* failure({ env, program: "rec" as never })
      assert.strictEqual(unknown.reason, "InvalidOptions")
      assert.strictEqual(unknown.message, "NodeAudio.microphone: program is none of sox, arecord, ffmpeg: rec")
      assert.strictEqual(read("told"), "")
    }))

  it.live("hands out whole samples of all channels, however they come", () =>
    Effect.gen(function*() {
      const { allow, env } = yield* install({
        sox: `printf abcdefg\n${wait("more")}\nprintf h\n${wait("most")}\nprintf 123456789\n${stay}`
      })
      const chunks: Array<string> = []
      yield* NodeAudio.microphone({ env, channels: 2 }).pipe(
        Stream.take(3),
        Stream.runForEach((chunk) =>
          Effect.sync(() => {
            chunks.push(String.fromCharCode(...chunk))
            allow(chunks.length === 1 ? "more" : "most")
          })
        )
      )
      assert.deepStrictEqual(chunks, ["abcd", "efgh", "12345678"])
    }))

  it.live("fails behind its audio when the program ends by itself, with its last words", () =>
    Effect.gen(function*() {
      const { env } = yield* install({
        sox:
          `printf abcdef\nfor i in 1 2 3 4 5 6 7 8 9 10 11; do echo "line $i" >&2; done\necho "sox FAIL: gone" >&2\nexit 3`
      })
      let heard = ""
      const error = yield* NodeAudio.microphone({ env }).pipe(
        Stream.runForEach((chunk) => Effect.sync(() => (heard += String.fromCharCode(...chunk)))),
        Effect.flip
      )
      assert.strictEqual(heard, "abcdef")
      assert.strictEqual(error.reason, "Exited")
      assert.strictEqual(error.program, "sox")
      assert.strictEqual(error.exitCode, 3)
      assert.strictEqual(error.message, "NodeAudio.microphone: sox ended by itself (exit code 3): sox FAIL: gone")
      assert.strictEqual(
        error.stderr,
        [..."3456789"].map((n) => `line ${n}`).concat("line 10", "line 11", "sox FAIL: gone").join("\n")
      )
    }))

  it.live("fails when the program ends well, or by a signal, too", () =>
    Effect.gen(function*() {
      const { env } = yield* install({ sox: "exit 0", arecord: "kill -KILL $$" })
      const well = yield* failure({ env })
      assert.strictEqual(well.reason, "Exited")
      assert.strictEqual(well.message, "NodeAudio.microphone: sox ended by itself (exit code 0)")
      assert.notProperty(well, "stderr")
      const killed = yield* failure({ env, program: "arecord" })
      assert.strictEqual(killed.message, "NodeAudio.microphone: arecord ended by itself (SIGKILL)")
      assert.strictEqual(killed.signal, "SIGKILL")
      assert.notProperty(killed, "exitCode")
    }))

  it.live("fails when the program ends, whatever that has started", () =>
    Effect.gen(function*() {
      // The other one has its pipes still.
      const { env, read } = yield* install({
        sox: "/bin/sleep 60 &\necho $! > other\nprintf abcd\necho 'sox FAIL: gone' >&2\nexit 3"
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => kill(read("other"))))
      let heard = ""
      const error = yield* NodeAudio.microphone({ env }).pipe(
        Stream.runForEach((chunk) => Effect.sync(() => (heard += String.fromCharCode(...chunk)))),
        Effect.flip
      )
      assert.strictEqual(heard, "abcd")
      assert.strictEqual(error.message, "NodeAudio.microphone: sox ended by itself (exit code 3): sox FAIL: gone")
    }), 10_000)

  it.live("hears a program that complains all the time", () =>
    Effect.gen(function*() {
      // More than a pipe holds.
      const complaint = `"${"input overrun ".repeat(20)}"`
      const { env } = yield* install({
        sox: `i=0; while [ $i -lt 1000 ]; do echo ${complaint} >&2; i=$((i+1)); done\nprintf abcd\nexit 1`
      })
      assert.deepStrictEqual(yield* lengths({ env }, 1), [4])
      const { stderr } = yield* failure({ env })
      assert.isAtMost(stderr?.length ?? 0, 2000)
    }))

  it.live("ends the program with its reader, and waits until it is gone", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({
        sox: `echo $$ > pid\ntrap 'echo gracefully > ended; exit 0' TERM\nprintf abcd\n${stay}`
      })
      assert.deepStrictEqual(yield* lengths({ env }, 1), [4])
      assert.strictEqual(read("ended"), "gracefully\n")
      assert.isFalse(isRunning(read("pid")))
    }))

  it.live("ends the program when it is interrupted, also one that says nothing", () =>
    Effect.gen(function*() {
      const { env, read, written } = yield* install({
        sox: `trap 'echo gracefully > ended; exit 0' TERM\necho $$ > pid\n${stay}`
      })
      const fiber = yield* Effect.forkChild(failure({ env }))
      yield* written("pid")
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(read("ended"), "gracefully\n")
      assert.isFalse(isRunning(read("pid")))
    }))

  it.live("kills a program that does not listen", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: `trap '' TERM\necho $$ > pid\nprintf abcd\n${stay}` })
      assert.deepStrictEqual(yield* lengths({ env }, 1), [4])
      assert.isFalse(isRunning(read("pid")))
    }))

  it.live("makes the program wait for a slow reader", () =>
    Effect.gen(function*() {
      const { env } = yield* install({ sox: "exec /bin/cat /dev/zero" })
      const sizes: Array<number> = []
      yield* NodeAudio.microphone({ env }).pipe(
        Stream.take(4),
        Stream.runForEach(({ length }) =>
          Effect.andThen(Effect.sync(() => sizes.push(length)), Effect.sleep("50 millis"))
        )
      )
      // All that was taken in meanwhile comes at once.
      assert.isAtMost(Math.max(...sizes), 131_072)
    }))

  it.live("is recorded anew for each reader", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: tell("sox") })
      const microphone = NodeAudio.microphone({ env })
      yield* Stream.runDrain(Stream.take(microphone, 1))
      yield* Stream.runDrain(Stream.take(microphone, 1))
      assert.strictEqual(read("told").trim().split("\n").length, 2)
    }))

  it.live("is understood by a session, to the last word", () =>
    Effect.gen(function*() {
      const { directory, env, read } = yield* install({
        arecord: `echo $$ > pid\n/bin/cat speech\n${stay}`
      })
      writeFileSync(join(directory, "speech"), Recording.raw([{ text: "Do you hear me now?", pause: 0.5 }]))
      const format = { encoding: "linear16", sample_rate: 16_000 } as const
      const done = yield* Deferred.make<void>()
      const text = yield* NodeAudio.microphone({ env, ...format }).pipe(
        Stream.interruptWhen(Deferred.await(done)),
        ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...format }),
        Stream.tap((message) =>
          message.type === "Results" && message.speech_final === true ? Deferred.succeed(done, undefined) : Effect.void
        ),
        LiveTranscript.text()
      )
      assert.strictEqual(text, "Do you hear me now?")
      assert.isFalse(isRunning(read("pid")))
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
