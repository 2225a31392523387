import { Emulator, Recognizer } from "@effect-deepgram/emulator"
import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule, Stream } from "effect"
import { SpeakV1 } from "effect-deepgram"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { install, isRunning, kill, stay, wait } from "./support/programs.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const audio = (text: string) => ({ type: "Audio", audio: bytes(text) } as const)

/** Tells what it was told, and hears everything. */
const tell = (name: string) => `echo "${name}: $* [$AUDIODEV]" >> told\n/bin/cat > heard`

/** Waits until something is the case. */
const until = (is: () => boolean) =>
  Effect.repeat(Effect.sync(is), { until: (is) => is, schedule: Schedule.spaced("1 milli") })

describe("NodeAudio.play", () => {
  it.live("tells the program what it gets", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: tell("sox"), aplay: tell("aplay"), ffplay: tell("ffplay") })
      const sound = Stream.make(bytes("ab"), bytes("cd"))
      yield* sound.pipe(NodeAudio.play({ sample_rate: 24_000, env }))
      assert.strictEqual(read("heard"), "abcd")
      yield* sound.pipe(NodeAudio.play({ sample_rate: 8000, channels: 2, device: "a room", program: "aplay", env }))
      assert.strictEqual(read("heard"), "abcd")
      yield* sound.pipe(NodeAudio.play({ sample_rate: 8000, device: "a room", program: "sox", env }))
      assert.deepStrictEqual(read("told").trim().split("\n"), [
        "sox: -q --buffer 960 -t raw -r 24000 -c 1 -b 16 -e signed-integer -L - -d []",
        "aplay: -q -D a room -t raw -f S16_LE -r 8000 -c 2 []",
        "sox: -q --buffer 320 -t raw -r 8000 -c 1 -b 16 -e signed-integer -L - -d [a room]"
      ])
    }))

  it.live("gives ffplay a header, once", () =>
    Effect.gen(function*() {
      const { directory, env, read } = yield* install({ ffplay: tell("ffplay") })
      yield* Stream.make(bytes("abcd"), bytes("efgh")).pipe(
        NodeAudio.play({ sample_rate: 24_000, channels: 2, device: "a room", env })
      )
      assert.strictEqual(
        read("told"),
        "ffplay: -hide_banner -loglevel error -nodisp -autoexit -probesize 32 -analyzeduration 0 -f wav -i pipe:0 [a room]\n"
      )
      const heard = readFileSync(join(directory, "heard"))
      assert.strictEqual(heard.toString("latin1", 0, 16), "RIFF\xff\xff\xff\xffWAVEfmt ")
      assert.deepStrictEqual(
        [heard.readUInt16LE(20), heard.readUInt16LE(22), heard.readUInt32LE(24), heard.readUInt32LE(28)],
        [1, 2, 24_000, 96_000]
      )
      assert.deepStrictEqual([heard.readUInt16LE(32), heard.readUInt16LE(34)], [4, 16])
      assert.strictEqual(heard.toString("latin1", 36), "data\xff\xff\xff\xffabcdefgh")
    }))

  it.live("says which programs it looked for, before anything is taken of the stream", () =>
    Effect.gen(function*() {
      const { env } = yield* install({ aplay: tell("aplay") })
      let isTaken = false
      const sound = Stream.fromEffect(Effect.sync(() => {
        isTaken = true
        return bytes("abcd")
      }))
      const forced = yield* Effect.flip(sound.pipe(NodeAudio.play({ sample_rate: 8000, program: "sox", env })))
      assert.strictEqual(forced.message, "NodeAudio.play: sox is not installed, or not in the PATH")
      const error = yield* Effect.flip(
        sound.pipe(NodeAudio.play({ sample_rate: 8000, env: { PATH: join(env.PATH, "nowhere") } }))
      )
      assert.strictEqual(error._tag, "PlaybackError")
      assert.strictEqual(error.reason, "NotInstalled")
      assert.match(
        error.message,
        /^NodeAudio\.play: none of sox, aplay, ffplay is installed, or in the PATH: install one/
      )
      const refused = yield* Effect.flip(sound.pipe(NodeAudio.play({ sample_rate: 0, env })))
      assert.strictEqual(refused.reason, "InvalidOptions")
      assert.isFalse(isTaken)
    }))

  it.live("waits until everything was heard", () =>
    Effect.gen(function*() {
      const { allow, env, read, written } = yield* install({
        sox: `/bin/cat > heard\necho all > taken\n${wait("go")}\necho over > over`
      })
      const fiber = yield* Effect.forkChild(Stream.make(bytes("abcd")).pipe(NodeAudio.play({ sample_rate: 8000, env })))
      yield* written("taken")
      assert.strictEqual(read("heard"), "abcd")
      assert.isUndefined(fiber.pollUnsafe())
      allow("go")
      yield* Fiber.join(fiber)
      assert.strictEqual(read("over"), "over\n")
    }))

  it.live("takes audio as fast as it is played", () =>
    Effect.gen(function*() {
      const { allow, directory, env } = yield* install({ sox: `${wait("go")}\n/bin/cat > heard` })
      let taken = 0
      const sound = Stream.range(1, 100).pipe(
        Stream.rechunk(1),
        Stream.map(() => {
          taken++
          return new Uint8Array(65_536)
        })
      )
      const fiber = yield* Effect.forkChild(sound.pipe(NodeAudio.play({ sample_rate: 8000, env })))
      yield* until(() => taken > 0)
      // Time to take too much; what a pipe holds is 64 KiB, more for sockets.
      yield* Effect.sleep("50 millis")
      assert.isAtMost(taken, 10)
      allow("go")
      yield* Fiber.join(fiber)
      assert.strictEqual(readFileSync(join(directory, "heard")).byteLength, 6_553_600)
    }))

  it.live("falls silent at once when it is interrupted", () =>
    Effect.gen(function*() {
      const { env, read, written } = yield* install({
        sox: `trap 'echo later > ended; exit 0' TERM\necho $$ > pid\n${stay}`
      })
      const fiber = yield* Effect.forkChild(
        Stream.concat(Stream.make(bytes("abcd")), Stream.never).pipe(NodeAudio.play({ sample_rate: 8000, env }))
      )
      yield* written("pid")
      yield* Fiber.interrupt(fiber)
      assert.isFalse(isRunning(read("pid")))
      assert.strictEqual(read("ended"), "")
    }))

  it.live("fails when the program ends too early, well or not, and lets the stream end", () =>
    Effect.gen(function*() {
      const { env } = yield* install({
        sox: "echo 'sox FAIL: no sound card' >&2\nexit 2",
        aplay: "/usr/bin/head -c 4 > heard",
        ffplay: "kill -TERM $$"
      })
      let ended = 0
      const sound = Stream.fromIterable(Array.from({ length: 100 }, () => new Uint8Array(65_536))).pipe(
        Stream.ensuring(Effect.sync(() => ended++))
      )
      const errorOf = (program: NodeAudio.PlayOptions["program"]) =>
        Effect.flip(sound.pipe(NodeAudio.play({ sample_rate: 8000, env, program })))
      const failed = yield* errorOf("sox")
      assert.strictEqual(failed.reason, "Exited")
      assert.strictEqual(failed.exitCode, 2)
      assert.strictEqual(failed.message, "NodeAudio.play: sox ended by itself (exit code 2): sox FAIL: no sound card")
      assert.strictEqual((yield* errorOf("aplay")).exitCode, 0)
      assert.strictEqual((yield* errorOf("ffplay")).signal, "SIGTERM")
      assert.strictEqual(ended, 3)
    }))

  it.live("fails with what the program failed with after the last byte", () =>
    Effect.gen(function*() {
      const { env } = yield* install({ sox: `/bin/cat > heard\necho 'device lost' >&2\nexit 5` })
      const error = yield* Effect.flip(Stream.make(bytes("abcd")).pipe(NodeAudio.play({ sample_rate: 8000, env })))
      assert.strictEqual(error.message, "NodeAudio.play: sox ended by itself (exit code 5): device lost")
    }))

  it.live("fails with what the stream fails with", () =>
    Effect.gen(function*() {
      const { env, read, written } = yield* install({ sox: `echo $$ > pid\n${stay}` })
      const error = yield* Stream.make(bytes("abcd")).pipe(
        Stream.concat(Stream.fromEffect(Effect.andThen(written("pid"), Effect.fail("no more")))),
        NodeAudio.play({ sample_rate: 8000, env }),
        Effect.flip
      )
      assert.strictEqual(error, "no more")
      assert.isFalse(isRunning(read("pid")))
    }))

  it.live("hears of the messages of a session only the audio", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: `echo begun >> log\n/bin/cat > heard` })
      yield* Stream.make(
        { type: "Metadata", request_id: "0" } as const,
        audio("ab"),
        { type: "Flushed", sequence_id: 0 } as const,
        audio("cd")
      ).pipe(NodeAudio.play({ sample_rate: 8000, env }))
      assert.strictEqual(read("heard"), "abcd")
      assert.strictEqual(read("log"), "begun\n")
    }))

  for (const type of ["Interrupted", "Cleared", "SpeechInterrupted"] as const) {
    it.live(`forgets what it holds on ${type}, also what is said already`, () =>
      Effect.gen(function*() {
        const { env, read } = yield* install({
          sox: `/usr/bin/head -c 2 > began\nread first < began\n/bin/mv began "$first"\n/bin/cat >> "$first"\n` +
            `if [ "$first" = zz ]; then echo over > over; else ${stay}; fi`
        })
        let pids = 0
        const seen = (name: string, content: string) =>
          Stream.drain(Stream.fromEffect(Effect.tap(until(() => read(name) === content), Effect.sync(() => pids++))))
        yield* Stream.empty.pipe(
          Stream.concat(Stream.make({ type } as const)),
          Stream.concat(Stream.make(audio("aa"), audio("ab"))),
          Stream.concat(seen("aa", "aaab")),
          Stream.concat(Stream.make({ type } as const, audio("bb"), audio("bc"))),
          Stream.concat(seen("bb", "bbbc")),
          // It is told that nothing more comes, and plays on.
          Stream.concat(Stream.make({ type: "AgentAudioDone" } as const, { type } as const, audio("zz"), audio("zy"))),
          NodeAudio.play({ sample_rate: 8000, env })
        )
        assert.strictEqual(pids, 2)
        assert.strictEqual(read("zz"), "zzzy")
        assert.strictEqual(read("over"), "over\n")
      }))
  }

  for (const type of ["Interrupted", "Cleared", "SpeechInterrupted"] as const) {
    it.live(`falls silent on ${type} in a later turn, while an earlier one is being heard`, () =>
      Effect.gen(function*() {
        const { env, read } = yield* install({
          // Takes the first turn, and plays it for ever.
          sox: `said=$(/bin/cat)\necho $$ > "$said"\necho "$said" >> log\nif [ "$said" = one ]; then ${stay}; fi`
        })
        yield* Stream.make(audio("one"), { type: "AgentAudioDone" } as const).pipe(
          Stream.concat(Stream.drain(Stream.fromEffect(until(() => read("log") === "one\n")))),
          Stream.concat(Stream.make(audio("two"), { type: "AgentAudioDone" } as const, { type } as const)),
          Stream.concat(Stream.drain(Stream.fromEffect(until(() => !isRunning(read("one")))))),
          Stream.concat(Stream.make(audio("three"))),
          NodeAudio.play({ sample_rate: 8000, env })
        )
        assert.strictEqual(read("log"), "one\nthree\n")
      }))
  }

  it.live("keeps the audio of later turns, in order, while an earlier one is being heard", () =>
    Effect.gen(function*() {
      const { allow, env, read } = yield* install({
        sox: `said=$(/bin/cat)\necho "$said" >> log\n${wait("go")}\necho "$said over" >> log`
      })
      const done = { type: "AgentAudioDone" } as const
      yield* Stream.make(audio("one"), done).pipe(
        Stream.concat(Stream.drain(Stream.fromEffect(until(() => read("log") === "one\n")))),
        Stream.concat(Stream.make(audio("tw"), audio("o"), done, done, audio("three"))),
        Stream.concat(Stream.drain(Stream.fromEffect(Effect.sync(() => allow("go"))))),
        NodeAudio.play({ sample_rate: 8000, env })
      )
      assert.strictEqual(read("log"), "one\none over\ntwo\ntwo over\nthree\nthree over\n")
    }))

  it.live("keeps no more of later turns than a session would", () =>
    Effect.gen(function*() {
      const { allow, env, read } = yield* install({ sox: `/usr/bin/wc -c >> log\n${wait("go")}` })
      const chunk = { type: "Audio", audio: new Uint8Array(65_536) } as const
      let taken = 0
      const fiber = yield* Stream.make(audio("one"), { type: "AgentAudioDone" } as const).pipe(
        Stream.concat(
          Stream.range(1, 400).pipe(
            Stream.rechunk(1),
            Stream.map(() => {
              taken++
              return chunk
            })
          )
        ),
        NodeAudio.play({ sample_rate: 8000, env }),
        Effect.forkChild
      )
      yield* until(() => taken > 256)
      // Time to take too much.
      yield* Effect.sleep("50 millis")
      assert.isAtMost(taken, 258)
      allow("go")
      yield* Fiber.join(fiber)
      assert.strictEqual(read("log"), "3\n26214400\n")
    }))

  it.live("waits no longer for a program than it lasts, whatever that has started", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: `/bin/cat > heard\n/bin/sleep 60 &\necho $! > other` })
      yield* Effect.addFinalizer(() => Effect.sync(() => kill(read("other"))))
      yield* Stream.make(bytes("abcd")).pipe(NodeAudio.play({ sample_rate: 8000, env }))
      assert.strictEqual(read("heard"), "abcd")
    }), 10_000)

  it.live("plays each turn of an agent to its end, without waiting for the next one", () =>
    Effect.gen(function*() {
      const { env, read } = yield* install({ sox: `echo begun >> log\n/bin/cat >> log\necho " over" >> log` })
      const heard = (text: string) => Stream.drain(Stream.fromEffect(until(() => read("log").endsWith(text))))
      yield* Stream.make(audio("one"), { type: "AgentAudioDone" } as const).pipe(
        Stream.concat(heard("one over\n")),
        Stream.concat(Stream.make(audio("two"), { type: "AgentAudioDone" } as const, audio("three"))),
        NodeAudio.play({ sample_rate: 8000, env })
      )
      assert.strictEqual(read("log"), "begun\none over\nbegun\ntwo over\nbegun\nthree over\n")
    }))

  it.live("plays what Deepgram speaks, all of it", () =>
    Effect.gen(function*() {
      const { directory, env } = yield* install({ aplay: tell("aplay") })
      const format = { encoding: "linear16", sample_rate: 16_000, container: "none" } as const
      let sent = 0
      yield* SpeakV1.generateStream("Your order is on its way.", { model: "aura-2-thalia-en", ...format }).pipe(
        Stream.tap(({ length }) => Effect.sync(() => (sent += length))),
        NodeAudio.play({ ...format, env })
      )
      const heard = readFileSync(join(directory, "heard"))
      assert.strictEqual(heard.byteLength, sent)
      assert.strictEqual(Recognizer.text(heard), "Your order is on its way.")
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
