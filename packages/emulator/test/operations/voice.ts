import { Recording } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { ListenV1, ReadV1, SpeakV1, SpeakV2 } from "effect-deepgram"
import * as Inbox from "../server/inbox.ts"
import { type RoundTrip, text } from "./support.ts"

const transcriptOf = ({ results }: ListenV1.Transcription) => results.channels[0]!.alternatives[0]!.transcript

const heard = (audio: Uint8Array) =>
  Effect.map(ListenV1.transcribeFile(audio, { model: "nova-3", punctuate: true }), transcriptOf)

const speech = (generate: typeof SpeakV1.generate | typeof SpeakV2.generate, model: string) =>
  Effect.gen(function*() {
    const { audio, metadata } = yield* generate(text, { model, encoding: "linear16" })
    assert.strictEqual(metadata.char_count, text.length)
    assert.strictEqual(metadata.model_name, model)
    assert.strictEqual(yield* heard(yield* Stream.mkUint8Array(audio)), text)
  })

const spokenToInbox = (submit: typeof SpeakV1.submit | typeof SpeakV2.submit, model: string) =>
  Effect.gen(function*() {
    const { next, url: callback } = yield* Inbox.inbox()
    yield* submit(text, { model, encoding: "linear16", callback })
    assert.strictEqual(yield* heard((yield* next).bytes), text)
  })

export const voice = {
  "ListenV1.transcribe": {
    functions: ["transcribeFile", "transcribeUrl", "submitFile", "submitUrl"],
    run: Effect.gen(function*() {
      const { next, url: callback } = yield* Inbox.inbox()
      const fileServer = yield* Layer.build(Layer.fresh(Inbox.layer))
      const url = `${yield* Effect.provideContext(
        Inbox.files({ "/a.wav": ["audio/wav", Recording.wav(text)] }),
        fileServer
      )}/a.wav`
      const options = { model: "nova-3", punctuate: true, callback } as const
      for (const submit of [ListenV1.submitFile(Recording.wav(text), options), ListenV1.submitUrl(url, options)]) {
        const { request_id } = yield* submit
        const sent: ListenV1.Transcription = JSON.parse(new TextDecoder().decode((yield* next).bytes))
        assert.strictEqual(sent.metadata.request_id, request_id)
        assert.strictEqual(transcriptOf(sent), text)
      }
      const fetched = yield* ListenV1.transcribeUrl(url, { model: "nova-3", punctuate: true })
      assert.strictEqual(transcriptOf(fetched), text)
      assert.strictEqual(yield* heard(Recording.wav(text)), text)
    })
  },
  "SpeakV1.generate": {
    functions: ["generate", "generateStream", "submit"],
    run: Effect.andThen(
      speech(SpeakV1.generate, "aura-2-thalia-en"),
      spokenToInbox(SpeakV1.submit, "aura-2-thalia-en")
    )
  },
  "SpeakV2.generate": {
    functions: ["generate", "generateStream", "submit"],
    run: Effect.andThen(speech(SpeakV2.generate, "flux-alexis-en"), spokenToInbox(SpeakV2.submit, "flux-alexis-en"))
  },
  "ReadV1.analyze": {
    functions: ["analyze", "submit"],
    run: Effect.gen(function*() {
      const { metadata, results } = yield* ReadV1.analyze({ text }, { sentiment: true, summarize: true })
      assert.isTrue(results.sentiments!.segments!.every((segment) => text.includes(segment.text!)))
      const { next, url: callback } = yield* Inbox.inbox()
      const { request_id } = yield* ReadV1.submit({ text }, { sentiment: true, callback })
      const sent: ReadV1.Analysis = JSON.parse(new TextDecoder().decode((yield* next).bytes))
      assert.strictEqual(sent.metadata.request_id, request_id)
      assert.notStrictEqual(metadata.request_id, request_id)
    })
  }
} satisfies Readonly<Record<string, RoundTrip>>
