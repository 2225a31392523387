/** What sockets that speak are refused for, and what they say when they are open. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { connect, last, refused } from "./socket.ts"
import { textOf } from "./spoken.ts"

const flux = "/v2/speak?model=flux-haley-en"

const Refusal = Schema.fromJsonString(Schema.Struct({ err_code: Schema.String, err_msg: Schema.String }))

const refusals = [
  [
    "/v1/speak?encoding=mp3",
    "INVALID_QUERY_PARAMETER",
    /unknown variant `mp3`, expected one of `linear16`, `mulaw`, `alaw`/
  ],
  ["/v1/speak?encoding=opus", "INVALID_QUERY_PARAMETER", /unknown variant `opus`/],
  [
    "/v1/speak?sample_rate=44100",
    "UNSUPPORTED_AUDIO_FORMAT",
    /`sample_rate` must be 8000, 16000, 24000, 32000, or 48000/
  ],
  ["/v1/speak?encoding=mulaw&sample_rate=24000", "UNSUPPORTED_AUDIO_FORMAT", /must be 8000 or 16000/],
  ["/v1/speak?model=aura-2-nobody-en", "INVALID_QUERY_PARAMETER", /Invalid 'model' value/],
  ["/v1/speak?model=flux-haley-en", "V2_MODEL_ON_V1_SPEAK_ENDPOINT", /Flux models are not supported/],
  ["/v1/speak?speed=1.2", "SPEED_NOT_SUPPORTED", /not supported by this model/],
  ["/v1/speak?model=aura-2-thalia-en&speed=1.6", "SPEED_OUT_OF_RANGE", /between 0.7 and 1.5/],
  ["/v1/speak?sample_rate=fast", "INVALID_QUERY_PARAMETER", /sample_rate/],
  ["/v2/speak", "INVALID_QUERY_PARAMETER", /missing field `model`/],
  ["/v2/speak?model=flux-nobody-en", "INVALID_QUERY_PARAMETER", /Invalid 'model' value/],
  ["/v2/speak?model=aura-2-thalia-en", "V1_MODEL_ON_V2_SPEAK_ENDPOINT", /Only flux models/],
  [
    `${flux}&container=wav&bit_rate=48000&callback=x&callback_method=PUT&priority=low`,
    "INVALID_QUERY_PARAMETER",
    /^Unknown query parameters: container, bit_rate, callback, callback_method, priority$/
  ],
  [`${flux}&colour=blue`, "INVALID_QUERY_PARAMETER", /^Unknown query parameters: colour$/],
  [`${flux}&encoding=flac`, "INVALID_QUERY_PARAMETER", /unknown variant `flac`/],
  [`${flux}&sample_rate=22050`, "UNSUPPORTED_AUDIO_FORMAT", /24000, 32000, 44100, or 48000/],
  [`${flux}&encoding=alaw&sample_rate=44100`, "UNSUPPORTED_AUDIO_FORMAT", /must be 8000 or 16000/],
  [`${flux}&speed=1.55`, "SPEED_OUT_OF_RANGE", /'speed' must be between 0.5 and 1.5/],
  [`${flux}&speed=1.07`, "SPEED_INCREMENT_INVALID", /in increments of 0.05/],
  [`${flux}&expressivity=3`, "EXPRESSIVITY_OUT_OF_RANGE", /between -2 and 2/],
  [`${flux}&expressivity=1.5`, "EXPRESSIVITY_INCREMENT_INVALID", /in increments of 1/],
  ["/v2/speak?model=flux-bella-it&speed=1", "SPEED_NOT_SUPPORTED", /not supported by this model/]
] as const

layer(Emulator.layer({ models: ["aura-2-acme-en", "flux-bella-it"] }))("a socket that speaks", (it) => {
  for (const [path, code, message] of refusals) {
    it.effect(`is refused as ${path}`, () =>
      Effect.gen(function*() {
        const { headers, status, text } = yield* refused(path)
        const { err_code, err_msg } = Schema.decodeUnknownSync(Refusal)(text)
        assert.strictEqual(status, 400)
        assert.strictEqual(err_code, code)
        assert.match(err_msg, message)
        assert.match(String(headers["dg-error"]), message)
      }))
  }

  it.effect("is refused without a credential", () =>
    Effect.gen(function*() {
      for (const path of ["/v1/speak", flux]) {
        assert.strictEqual((yield* refused(path, { headers: {} })).status, 401)
      }
    }))

  it.effect("says whose voice it is, Aura's by default", () =>
    Effect.gen(function*() {
      for (
        const [path, model_name] of [
          ["/v1/speak", "aura-asteria-en"],
          // Aura does not mind what it does not know.
          ["/v1/speak?model=aura-2-acme-en&container=wav&colour=blue&mip_opt_out=true&speed=1.1", "aura-2-acme-en"]
        ]
      ) {
        const { headers, next } = yield* connect(path!)
        const metadata = yield* next
        assert.deepInclude(metadata, { type: "Metadata", request_id: headers["dg-request-id"], model_name })
        assert.isTrue(Schema.is(DeepgramChannels.speakV1.server.Metadata)(metadata))
        assert.match(String(metadata["model_uuid"]), /^[0-9a-f-]{36}$/)
        assert.strictEqual(Object(metadata["additional_model_uuids"]).length, 2)
      }
    }))

  it.effect("says whose voice it is, as Flux does", () =>
    Effect.gen(function*() {
      for (
        const path of [
          `${flux}&tag=a&tag=b&mip_opt_out=false&speed=1.15&expressivity=-2`,
          "/v2/speak?model=flux-bella-it"
        ]
      ) {
        const { headers, next } = yield* connect(path)
        const connected = yield* next
        assert.deepInclude(connected, { type: "Connected", request_id: headers["dg-request-id"] })
        assert.isTrue(Schema.is(DeepgramChannels.speakV2.server.Connected)(connected))
        assert.strictEqual(Object(connected["model_uuids"]).length, 3)
      }
    }))

  it.effect("speaks with the voice that was asked for, and as fast", () =>
    Effect.gen(function*() {
      const spoken = Effect.fnUntraced(function*(path: string) {
        const { end, say } = yield* connect(path)
        yield* say({ type: "Speak", text: "One two three." })
        yield* say({ type: "Close" })
        const { messages } = yield* end
        assert.strictEqual(textOf(messages), "One two three.")
        return { last: last(messages), length: messages.length }
      })
      for (const path of ["/v1/speak?model=aura-2-thalia-en", flux]) {
        const slow = yield* spoken(`${path}&speed=0.8`)
        const normal = yield* spoken(path)
        const fast = yield* spoken(`${path}&speed=1.5`)
        assert.isAbove(slow.length, normal.length)
        assert.isAbove(normal.length, fast.length)
      }
    }))
})
