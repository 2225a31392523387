import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema, Stream } from "effect"
import { type ListenV1, LiveTranscript, Transcript } from "effect-deepgram"
import { final, interim, others, utteranceEnd } from "./liveTranscriptMessages.ts"

const Words = Schema.Array(Schema.Literals(["a", "Yes.", "no", "seven,", "Really?", "日本", "です。"])).check(
  Schema.isMaxLength(5)
)

/** What happens on one of the channels. */
const Event = Schema.Struct({
  channel: Schema.Literals([0, 0, 1]),
  /** What is shown before it is final. */
  interims: Schema.Array(Words).check(Schema.isMaxLength(3)),
  words: Words,
  /** Seconds of silence before. */
  pause: Schema.Literals([0, 0, 0.25, 3]),
  speechFinal: Schema.Literals([false, false, true]),
  /** After which message an utterance end comes, and which end of a word it names, counted from the last. */
  utteranceEnd: Schema.Literals(["none", "none", "before", "after"]),
  named: Schema.Literals([0, 0, 1, 3, "silence"]),
  noise: Schema.Boolean
})

const Plan = Schema.Array(Event).check(Schema.isMaxLength(25))
const EndsAt = Schema.Literals(["either", "speech_final", "UtteranceEnd"])

const record = (plan: typeof Plan.Type): Array<ListenV1.ServerMessage> => {
  const messages: Array<ListenV1.ServerMessage> = []
  const now = [0, 0]
  const ends: ReadonlyArray<Array<number>> = [[], []]
  for (const { channel, interims, named, noise, pause, speechFinal, utteranceEnd: end, words } of plan) {
    const at = (now[channel] ?? 0) + pause
    const sayEnd = () =>
      messages.push(utteranceEnd(named === "silence" ? -1 : ends[channel]?.at(-1 - named) ?? -1, channel))
    for (const shown of interims) messages.push(interim(shown.join(" "), { at, channel }))
    for (const index of words.keys()) ends[channel]?.push(at + (index + 1) / 2)
    if (end === "before") sayEnd()
    messages.push(final(words.join(" "), { at, channel, speechFinal }))
    if (end === "after") sayEnd()
    if (noise) messages.push(...others)
    now[channel] = at + Math.max(1, words.length) / 2
  }
  return messages
}

const collect = <A>(
  messages: ReadonlyArray<ListenV1.ServerMessage>,
  helper: (stream: Stream.Stream<ListenV1.ServerMessage>) => Stream.Stream<A>
) => Effect.runSync(Stream.runCollect(helper(Stream.rechunk(Stream.fromIterable(messages), 2))))

/** The words of the final results of a channel: what was said, and when. */
const spoken = (messages: ReadonlyArray<ListenV1.ServerMessage>, channel: number) =>
  messages.flatMap((message) =>
    message.type === "Results" && message.is_final === true && message.channel_index[0] === channel
      ? message.channel.alternatives[0]?.words ?? []
      : []
  )

const timed = (words: ReadonlyArray<ListenV1.Word>) =>
  words.map(({ end, punctuated_word, start }) => ({ punctuated_word, start, end }))

const runs = { arbitrary: { runs: 300 }, timeout: 60_000 }

describe("random sessions", () => {
  it.prop(
    "every word of a final result is in one utterance, in order",
    { plan: Plan, endsAt: EndsAt },
    ({ endsAt, plan }) => {
      const messages = record(plan)
      const utterances = collect(messages, LiveTranscript.utterances({ endsAt }))
      for (const channel of [0, 1]) {
        const own = utterances.filter((utterance) => utterance.channel === channel)
        assert.deepStrictEqual(timed(own.flatMap(({ words }) => words)), timed(spoken(messages, channel)))
      }
      for (const { channel, end, start, text, words } of utterances) {
        assert.isTrue(words.length > 0 && words.every((word) => word.channel === channel))
        assert.strictEqual(start, words[0]?.start)
        assert.strictEqual(end, words.at(-1)?.end)
        assert.strictEqual(text.replaceAll(" ", ""), words.map((word) => word.text).join(""))
        const joined = words.map((word, index) => index === 0 || word.joined === true ? word.text : ` ${word.text}`)
        assert.strictEqual(text, joined.join(""))
      }
    },
    runs
  )

  it.prop("a failure takes nothing away", { plan: Plan, endsAt: EndsAt }, ({ endsAt, plan }) => {
    const messages = record(plan)
    const given: Array<LiveTranscript.Utterance> = []
    const exit = Effect.runSyncExit(
      Stream.fromIterable(messages).pipe(
        Stream.concat(Stream.fail("closed")),
        LiveTranscript.utterances({ endsAt }),
        Stream.runForEach((utterance) => Effect.sync(() => given.push(utterance)))
      )
    )
    assert.deepStrictEqual(exit, Exit.fail("closed"))
    assert.deepStrictEqual(given, collect(messages, LiveTranscript.utterances({ endsAt })))
  }, runs)

  it.prop(
    "live captions grow, and end as utterances",
    { plan: Plan, endsAt: EndsAt },
    ({ endsAt, plan }) => {
      const messages = record(plan)
      const captions = collect(messages, LiveTranscript.liveCaptions({ endsAt }))
      assert.deepStrictEqual(
        captions.filter(({ isFinal }) => isFinal).map(({ channel, end, start, text }) => ({
          channel,
          end,
          start,
          text
        })),
        collect(messages, LiveTranscript.utterances({ endsAt })).map(({ channel, end, start, text }) => ({
          channel,
          end,
          start,
          text
        }))
      )
      for (const channel of [0, 1]) {
        const own = captions.filter((caption) => caption.channel === channel)
        assert.isTrue(own.every(({ end, interim, isFinal, start }) => end >= start && !(isFinal && interim !== "")))
        for (const [index, { interim, text }] of own.entries()) {
          const before = own[index - 1]
          if (before !== undefined && !before.isFinal && !own[index]?.isFinal) {
            assert.notDeepEqual([text, interim], [before.text, before.interim])
            assert.isTrue(text.startsWith(before.text))
          }
        }
        assert.strictEqual(own.at(-1)?.interim ?? "", "")
      }
    },
    runs
  )

  it.prop("the caption after a message is what it says", { plan: Plan }, ({ plan }) => {
    const messages = record(plan)
    const now = new Map<number, LiveTranscript.LiveCaption>()
    const seen: Array<ListenV1.ServerMessage> = []
    // Each message is asked for when what came of the one before was shown.
    const live = Stream.fromIterable(messages).pipe(
      Stream.rechunk(1),
      Stream.tap((message) =>
        Effect.sync(() => {
          const before = seen.at(-1)
          if (before?.type === "Results" && before.is_final !== true) {
            const caption = now.get(before.channel_index[0] ?? 0)
            assert.strictEqual(caption?.interim ?? "", before.channel.alternatives[0]?.transcript ?? "")
          }
          seen.push(message)
        })
      )
    )
    Effect.runSync(
      Stream.runForEach(
        LiveTranscript.liveCaptions()(live),
        (caption) => Effect.sync(() => now.set(caption.channel, caption))
      )
    )
    assert.strictEqual(seen.length, messages.length)
  }, runs)

  it.prop("the text is that of the recording", { plan: Plan }, ({ plan }) => {
    const messages = record(plan)
    // The recogniser writes Japanese without spaces in a result, too.
    const lines = messages.map(written)
    const channels = [0, 1].map((channel) => {
      const words = spoken(lines, channel)
      return { alternatives: [spaceless({ transcript: words.map((word) => word.punctuated_word).join(" "), words })] }
    })
    const recording = { metadata: { request_id: "a1", duration: 60 }, results: { channels } }
    const text = Effect.runSync(Stream.fromIterable(lines).pipe(LiveTranscript.text()))
    assert.strictEqual(text, Transcript.toText(recording))
    for (const [channel, { alternatives }] of channels.entries()) {
      assert.strictEqual(
        Effect.runSync(Stream.fromIterable(lines).pipe(LiveTranscript.text({ channel }))),
        alternatives[0]?.transcript
      )
    }
  }, runs)
})

const spaceless = <A extends { readonly transcript: string }>(alternative: A): A => ({
  ...alternative,
  transcript: alternative.transcript.replaceAll(/(?<=[日本です。]) (?=[日本です。])/gu, "")
})

const written = (message: ListenV1.ServerMessage): ListenV1.ServerMessage =>
  message.type === "Results"
    ? { ...message, channel: { alternatives: message.channel.alternatives.map(spaceless) } }
    : message
