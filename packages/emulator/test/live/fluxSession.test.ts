import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openListenV2 } from "../../src/internal/live/listenV2.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Recording from "../../src/Recording.ts"
import { joined } from "../voice/support.ts"
import {
  answers,
  areOfContract,
  events,
  line,
  quiet,
  requestId,
  sampleRate,
  say,
  talk,
  turnsOf
} from "./fluxSupport.ts"

describe("ForceEndTurn", () => {
  it.effect(
    "ends the turn with the word that has just ended, and the session goes on",
    Effect.fnUntraced(function*() {
      const said = yield* answers({ eot_threshold: 1 }, [
        joined(quiet(0.007), say("I am done", 0)),
        "ForceEndTurn",
        "ForceEndTurn",
        joined(quiet(0.1), say("Not yet", 0)),
        "ForceEndTurn",
        quiet(0.5),
        "CloseStream"
      ])
      assert.deepStrictEqual(said.map(events), [
        ["Connected"],
        ["StartOfTurn 0 I"],
        ["EndOfTurn 0 I am done (manual)"],
        ["Warning"],
        ["StartOfTurn 1 Not"],
        ["EndOfTurn 1 Not yet (manual)"],
        [],
        []
      ])
      assert.deepStrictEqual(said[2]?.map(line), ["EndOfTurn 0 [0, 0.647] 0.05 I am done (manual)"])
      assert.isTrue(areOfContract(said.flat()))
    })
  )

  it.effect(
    "leaves a word that it cuts to the next turn, whose window holds it",
    Effect.fnUntraced(function*() {
      const samples = say("Good afternoon everybody.", 1)
      const middle = 0.5 * sampleRate
      const messages = yield* talk({}, samples.subarray(0, middle), "ForceEndTurn", samples.subarray(middle))
      assert.deepStrictEqual(events(messages), [
        "Connected",
        "StartOfTurn 0 Good",
        "EndOfTurn 0 Good (manual)",
        "StartOfTurn 1 afternoon",
        "EndOfTurn 1 afternoon everybody. (model)"
      ])
      const last = turnsOf(messages).find(({ trigger }) => trigger === "model")
      assert.isBelow(last?.words[0]?.start ?? 1, 0.5)
      assert.strictEqual(last?.audio_window_start, last?.words[0]?.start)
    })
  )

  it.effect(
    "warns before anything was heard",
    Effect.fnUntraced(function*() {
      const [, [warning] = [], closed] = yield* answers({}, ["ForceEndTurn", "CloseStream"])
      assert.deepStrictEqual(warning, {
        type: "Warning",
        request_id: requestId,
        sequence_id: 1,
        code: "FORCE_END_TURN_NO_ACTIVE_TURN",
        description: "ForceEndTurn was ignored: there is no active turn."
      })
      assert.deepStrictEqual(closed, [])
    })
  )

  it.effect(
    "begins and ends a turn of one word",
    Effect.fnUntraced(function*() {
      const [, , forced = []] = yield* answers({}, [say("Stop!", 0), "ForceEndTurn"])
      assert.deepStrictEqual(events(forced), ["StartOfTurn 0 Stop!", "EndOfTurn 0 Stop! (manual)"])
    })
  )

  it.effect(
    "resumes a turn that may be over when there was another word",
    Effect.fnUntraced(function*() {
      const query = { eager_eot_threshold: 0.3, eot_threshold: 1 }
      assert.deepStrictEqual(events(yield* talk(query, say("Wait. No", 0), "ForceEndTurn")), [
        "Connected",
        "StartOfTurn 0 Wait.",
        "EagerEndOfTurn 0 Wait.",
        "TurnResumed 0 Wait. No",
        "EndOfTurn 0 Wait. No (manual)"
      ])
    })
  )
})

describe("CloseStream", () => {
  it.effect(
    "brings everything that was said, and does not end the turn",
    Effect.fnUntraced(function*() {
      const said = yield* answers({}, [say("This is the end", 0), "CloseStream"])
      assert.deepStrictEqual(said.at(-1)?.map(line), ["Update 0 [0, 0.94] 0.05 This is the end"])
      const [, , closed = []] = yield* answers({}, [say("Bye", 0), "CloseStream"])
      assert.deepStrictEqual(closed.map(line), ["StartOfTurn 0 [0, 0.16] 0.05 Bye"])
    })
  )

  it.effect(
    "says nothing when nothing was heard",
    Effect.fnUntraced(function*() {
      assert.deepStrictEqual((yield* talk({}, "CloseStream")).map(line), ["Connected"])
    })
  )
})

describe("flux-general-multi", () => {
  const model = "flux-general-multi"
  const text = "Buenos días, me gustaría hablar con usted. Good morning to you."

  it.effect(
    "says which languages it has heard, the most frequent first",
    Effect.fnUntraced(function*() {
      const ended = turnsOf(yield* talk({ model, eot_threshold: 0.9 }, say(text, 1))).at(-1)
      assert.deepStrictEqual([ended?.event, ended?.languages, ended?.languages_hinted], [
        "EndOfTurn",
        ["es", "en"],
        undefined
      ])
    })
  )

  it.effect(
    "goes by the hints",
    Effect.fnUntraced(function*() {
      const messages = yield* talk(
        { model, eot_threshold: 0.9, language_hint: "es" },
        say(text, 1),
        { language_hints: ["de", "en"] },
        say("Guten Morgen.", 1),
        { language_hints: [] },
        say("Bonjour, je voudrais parler avec vous.", 1)
      )
      const ended = turnsOf(messages).filter(({ event }) => event === "EndOfTurn")
      assert.deepStrictEqual(ended.map(({ languages, languages_hinted }) => [languages, languages_hinted]), [
        [["es"], ["es"]],
        [["de"], ["de", "en"]],
        [["fr"], undefined]
      ])
      assert.isTrue(areOfContract(messages))
    })
  )

  it.effect(
    "says in every message that it has heard none",
    Effect.fnUntraced(function*() {
      const turns = turnsOf(yield* talk({ model }, quiet(0.5), say("Hm", 0.5), "ForceEndTurn", quiet(1)))
      assert.includeMembers(turns.map(({ event }) => event), ["Update", "StartOfTurn", "EndOfTurn"])
      assert.isTrue(turns.every(({ languages }) => languages !== undefined))
      assert.isTrue(
        turns.filter(({ transcript }) => transcript === "").every(({ languages }) => languages?.length === 0)
      )
    })
  )

  it.effect(
    "is the only one that does",
    Effect.fnUntraced(function*() {
      assert.isTrue(turnsOf(yield* talk({}, say(text, 1))).every((turn) => !("languages" in turn)))
    })
  )
})

describe("a session", () => {
  it.effect(
    "fails with audio that is none",
    Effect.fnUntraced(function*() {
      const document = new TextEncoder().encode("{\"type\": \"KeepAlive\"}")
      const problem = yield* Effect.flip(talk({ encoding: undefined, sample_rate: undefined }, document, "CloseStream"))
      assert.strictEqual(problem._tag, "NotAudio")
    })
  )

  it.effect(
    "counts what it hears, and the message before it breaks off",
    Effect.fnUntraced(
      function*() {
        const session = yield* openListenV2({ model: "flux-general-en" }, { requestId })
        assert.deepStrictEqual(session.heard(), { seconds: 0, channels: 0 })
        yield* session.connected
        yield* session.push(Recording.wav([{ text: "One.", channel: 1, pause: 1 }]))
        const { channels, seconds } = session.heard()
        assert.strictEqual(channels, 2)
        assert.closeTo(seconds, 1.18, 1e-9)
        assert.deepStrictEqual(yield* session.fatal("UNPARSABLE_CLIENT_MESSAGE", "What?"), {
          type: "Error",
          request_id: requestId,
          sequence_id: 6,
          code: "UNPARSABLE_CLIENT_MESSAGE",
          description: "What?"
        })
      },
      Effect.scoped,
      Effect.provide(Recognizer.layer)
    )
  )
})
