import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Models, SpeakV1, SpeakV2 } from "effect-deepgram"
import { decodeAll } from "../audio/support.ts"
import { testRefusals } from "./refusals.ts"
import { ask, speak } from "./speech.ts"
import { alternativeOf, listen } from "./support.ts"

const v1 = "/v1/speak?model=aura-2-thalia-en"
const v2 = "/v2/speak?model=flux-haley-en"
const raw = "encoding=linear16&container=none&sample_rate=16000"
const text = "Hello there, this is a test."

const heard = (bytes: Uint8Array<ArrayBuffer>) =>
  Effect.map(
    listen("model=nova-3&punctuate=true&encoding=linear16&sample_rate=16000", new Blob([bytes])),
    (answer) => alternativeOf(answer).transcript
  )

const pronounced = (word: string, pronounce: string) => `\\${JSON.stringify({ word, pronounce }).slice(0, -1)}\\}`

layer(Emulator.layerSdk(), { excludeTestServices: true })("POST /v1/speak and /v2/speak", (it) => {
  for (const path of [v1, v2]) {
    it.effect(`${path}: the text as sound, and what there is to say of it`, () =>
      Effect.gen(function*() {
        const answer = yield* speak(`${path}&${raw}`, { text })
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(yield* heard(answer.bytes), text)
        assert.strictEqual(answer.headers.get("content-type"), "audio/l16;rate=16000")
        assert.strictEqual(answer.headers.get("dg-char-count"), String(text.length))
        assert.strictEqual(answer.headers.get("dg-model-name"), path.split("=")[1])
        assert.strictEqual(answer.headers.get("dg-breaks-applied"), "0")
        assert.strictEqual(answer.headers.get("dg-pronunciations-applied"), "0")
        assert.isNull(answer.headers.get("dg-pronunciation-warnings"))
        assert.isNull(answer.headers.get("dg-warnings"))
        assert.isNull(answer.headers.get("content-length"))
        assert.match(answer.headers.get("dg-additional-model-uuids") ?? "", /^[0-9a-f-]{36}(,[0-9a-f-]{36})*$/)
        assert.match(answer.headers.get("dg-request-id") ?? "", /^[0-9a-f-]{36}$/)
        assert.isNotNull(answer.headers.get("dg-project-id"))
      }))

    it.effect(`${path}: takes plain text`, () =>
      Effect.gen(function*() {
        const plain = yield* speak(`${path}&${raw}`, text, { "content-type": "text/plain; charset=utf-8" })
        assert.strictEqual(yield* heard(plain.bytes), text)
      }))
  }

  it.effect("names the model as the catalogue does", () =>
    Effect.gen(function*() {
      const { tts } = yield* Models.list()
      const { metadata } = yield* SpeakV1.generate(text, { model: "aura-2-zeus-en" })
      const listed = tts.find(({ canonical_name }) => canonical_name === "aura-2-zeus-en")
      assert.isDefined(listed)
      assert.strictEqual(metadata.model_uuid, listed?.uuid)
      const again = yield* SpeakV2.generate(text, { model: "flux-kit-en" })
      const other = yield* SpeakV2.generate(text, { model: "flux-wes-en" })
      assert.notStrictEqual(again.metadata.model_uuid, other.metadata.model_uuid)
      assert.deepStrictEqual(again.metadata.additional_model_uuids, other.metadata.additional_model_uuids)
    }).pipe(Effect.scoped))

  it.effect("is Asteria's voice, as MP3, unless told otherwise", () =>
    Effect.gen(function*() {
      const answer = yield* speak("/v1/speak", { text: "Hi." })
      assert.strictEqual(answer.headers.get("dg-model-name"), "aura-asteria-en")
      assert.strictEqual(answer.headers.get("content-type"), "audio/mpeg")
    }))

  it.effect("different models are different speakers, a faster one is done earlier", () =>
    Effect.gen(function*() {
      const spoken = (model: string, speed = "") =>
        Effect.flatMap(
          speak(`/v2/speak?model=${model}&encoding=linear16&sample_rate=16000${speed}`, { text }),
          ({ bytes }) => decodeAll([bytes])
        )
      const one = yield* spoken("flux-kit-en")
      const same = yield* spoken("flux-kit-en")
      assert.deepStrictEqual(one, same)
      const voices = yield* Effect.forEach(
        ["flux-kit-en", "flux-wes-en", "flux-haley-en", "flux-cole-en", "flux-bree-en", "flux-sean-en"],
        (model) => Effect.map(spoken(model), ({ channels }) => channels[0]!.join())
      )
      assert.isAbove(new Set(voices).size, 2)
      const slow = yield* spoken("flux-kit-en", "&speed=0.5")
      const fast = yield* spoken("flux-kit-en", "&speed=1.5")
      assert.isAbove(slow.channels[0]!.length, one.channels[0]!.length)
      assert.isBelow(fast.channels[0]!.length, one.channels[0]!.length)
    }))

  it.effect("pauses are silence of their length, pronunciations are the word", () =>
    Effect.gen(function*() {
      const paused = yield* speak(`${v2}&${raw}&speed=0.9`, {
        text: "One. \\{pause:1.5s\\} Two {pause:{duration_ms:700}} three."
      })
      assert.strictEqual(paused.headers.get("dg-breaks-applied"), "2")
      assert.strictEqual(paused.headers.get("dg-char-count"), "One.  Two  three.".length.toString())
      const { words = [] } = alternativeOf(
        yield* listen("model=nova-3&encoding=linear16&sample_rate=16000", new Blob([paused.bytes]))
      )
      assert.deepStrictEqual(words.map(({ word }) => word), ["one", "two", "three"])
      assert.closeTo(words[1]!.start - words[0]!.end, 1.5, 0.02)
      assert.closeTo(words[2]!.start - words[1]!.end, 0.7, 0.02)

      const said = `Take ${pronounced("Azathioprine", "æzəˈθaɪəpɹiːn7")}, ${pronounced("dupilumab", "dː7")}.`
      for (const [path, warnings] of [[v2, "PRON-001"], [v1, "PRON-008,PRON-001"]] as const) {
        const answer = yield* speak(`${path}&${raw}`, { text: said })
        assert.strictEqual(yield* heard(answer.bytes), "Take Azathioprine, dupilumab.")
        assert.strictEqual(answer.headers.get("dg-pronunciations-applied"), "2")
        assert.strictEqual(answer.headers.get("dg-char-count"), "Take Azathioprine, dupilumab.".length.toString())
        assert.strictEqual(answer.headers.get("dg-warnings"), warnings)
        assert.strictEqual(answer.headers.get("dg-pronunciation-warnings"), "2")
      }
    }))

  it.effect("voices that know no controls speak them", () =>
    Effect.gen(function*() {
      const controls = `a \\{pause:1s\\} ${pronounced("b", "biː")}`
      for (const model of ["aura-2-lara-de", "aura-zeus-en"]) {
        const answer = yield* speak(`/v1/speak?model=${model}&encoding=linear16`, { text: controls })
        assert.strictEqual(answer.headers.get("dg-char-count"), String(controls.length))
        assert.strictEqual(answer.headers.get("dg-breaks-applied"), "0")
        assert.strictEqual(answer.headers.get("dg-pronunciations-applied"), "0")
      }
    }))

  const json = { "content-type": "application/json" }
  const notOne = /specify exactly one of `text` or `url`/
  const empty = /^Input text contains no characters\.$/
  const paused = (marker: string) => ({ text: `a ${marker} b` })

  testRefusals(it, {
    "400 INVALID_QUERY_PARAMETER": [
      [
        "an encoding",
        ask(`${v1}&encoding=flac16`, { text }),
        /^unknown variant `flac16`, expected one of `linear16`, /
      ],
      ["a container", ask(`${v2}&container=mp4`, { text }), /^unknown variant `mp4`, /],
      ["a number that is none", ask(`${v1}&speed=fast`, { text }), /speed/],
      [
        "a model of Aura that is none",
        ask("/v1/speak?model=aura-2-nobody-en", { text }),
        /^Invalid 'model' value of 'aura-2-nobody-en'\.$/
      ],
      [
        "a model of Flux that is none",
        ask("/v2/speak?model=flux-nobody-en", { text }),
        /^Invalid 'model' value of 'flux-nobody-en'\.$/
      ],
      [
        "no model on v2",
        ask("/v2/speak", { text }),
        /^Failed to deserialize query parameters: missing field `model`$/
      ],
      [
        "parameters that v2 does not know",
        ask(`${v2}&voice=haley&pitch=2`, { text }),
        /^Unknown query parameters: voice, pitch$/
      ],
      ["a priority without a callback", ask(`${v2}&priority=low`, { text }), /callback/],
      [
        "a priority that is none",
        ask(`${v2}&priority=high&callback=http://127.0.0.1/`, { text }),
        /^unknown variant `high`, expected `low`$/
      ],
      ["a callback that is none", ask(`${v1}&callback=later`, { text }), /^Invalid callback url\.$/]
    ],
    "400 UNSUPPORTED_AUDIO_FORMAT": [
      [
        "a sample rate of MP3",
        ask(`${v1}&sample_rate=24000`, { text }),
        /^Unsupported audio format: `sample_rate` is not applicable when `encoding=mp3`\.$/
      ],
      [
        "a rate that is of Flux only",
        ask(`${v1}&encoding=linear16&sample_rate=44100`, { text }),
        /must be 8000, 16000/
      ]
    ],
    "400 V2_MODEL_ON_V1_SPEAK_ENDPOINT": [
      ["Flux on v1", ask("/v1/speak?model=flux-haley-en", { text }), /v2\/speak/]
    ],
    "400 V1_MODEL_ON_V2_SPEAK_ENDPOINT": [
      [
        "Aura on v2",
        ask("/v2/speak?model=aura-2-thalia-en", { text }),
        /^Only flux models are supported on the `\/v2\/speak` endpoint\./
      ]
    ],
    "400 SPEED_OUT_OF_RANGE": [
      ["a speed out of range", ask(`${v1}&speed=1.6`, { text }), /between 0\.7 and 1\.5/],
      ["a speed out of Flux' range", ask(`${v2}&speed=0.45`, { text }), /between 0\.5 and 1\.5/]
    ],
    "400 SPEED_INCREMENT_INVALID": [["a speed between", ask(`${v2}&speed=1.07`, { text }), /increments of 0\.05/]],
    "400 SPEED_NOT_SUPPORTED": [
      ["a speed where there is none", ask("/v1/speak?model=aura-2-lara-de&speed=1.1", { text }), /speed/]
    ],
    "400 EXPRESSIVITY_OUT_OF_RANGE": [
      ["too much expression", ask(`${v2}&expressivity=3`, { text }), /between -2 and 2/]
    ],
    "400 EXPRESSIVITY_INCREMENT_INVALID": [
      ["half an expression", ask(`${v2}&expressivity=1.5`, { text }), /expressivity/]
    ],
    "400 Bad Request": [
      ["no characters", ask(v1, { text: "" }), empty],
      ["nothing but space", ask(v2, " \n", { "content-type": "text/plain" }), empty],
      [
        "JSON that is none",
        ask(v1, "{text:"),
        /^Content-type was application\/json, but we could not process the JSON payload\.$/
      ]
    ],
    "400 PAYLOAD_ERROR": [
      ["neither text nor URL", ask(v1, { words: "a" }), notOne],
      ["both text and URL", ask(v1, { text: "a", url: "http://127.0.0.1/" }), notOne],
      ["a text that is none", ask(v1, { text: 7 }), notOne],
      ["a URL that is none", ask(v1, { url: "here" }), /^Failed to parse URL in JSON body\.$/],
      [
        "bytes that are no UTF-8",
        ask(v1, new Blob([new Uint8Array([0x22, 0xff, 0x22])]), json),
        /^Failed to decode payload as UTF-8\.$/
      ]
    ],
    "400 BREAK_OUT_OF_RANGE": [["a pause that is too short", ask(v2, paused("\\{pause:400ms\\}")), /500/]],
    "400 BREAK_INCREMENT_INVALID": [["a pause between", ask(v2, paused("\\{pause:550ms\\}")), /100/]],
    "400 BREAK_SYNTAX_INVALID": [["a pause without backslashes", ask(v2, paused("{pause:500ms}")), /pause/]],
    "400 BREAKS_LIMIT_EXCEEDED": [
      ["two pauses at once", ask(v2, paused("\\{pause:1s\\}\\{pause:1s\\}")), /between/]
    ],
    "400 CONTROL_COMBINATION_INVALID": [
      ["pause and pronunciation", ask(v2, paused(`\\{pause:1s\\} ${pronounced("b", "biː")}`)), /pause/],
      ["pronunciation and speed", ask(`${v2}&speed=1.1`, { text: pronounced("b", "biː") }), /speed/]
    ],
    "400 PAUSE_SPEED_CAP_EXCEEDED": [
      ["pause and speed", ask(`${v2}&speed=1.2`, paused("\\{pause:1s\\}")), /1\.15/]
    ],
    "401 INVALID_AUTH": [["no credentials", ask(v1, { text }, { ...json, authorization: "" }), /credentials/]],
    "413 Payload Too Large": [
      [
        "too many characters",
        ask(v2, { text: "a".repeat(2001) }),
        /^Input text exceeds maximum character limit of 2000\.$/
      ]
    ],
    "413 PAYLOAD_TOO_LARGE": [
      [
        "two megabytes",
        ask(v1, { text, padding: " ".repeat(2_000_000) }),
        /^Payload size exceeds limit of 2 MB\.$/
      ]
    ],
    "415 UNSUPPORTED_MEDIA_TYPE": [
      [
        "another content type",
        ask(v1, "<p>Hi</p>", { "content-type": "text/html" }),
        /must be either `text\/plain` or `application\/json`/
      ]
    ]
  })

  it.effect("what goes together on v1 does so", () =>
    Effect.gen(function*() {
      const answer = yield* speak(`${v1}&speed=0.8&encoding=linear16`, { text: pronounced("b", "biː") })
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.headers.get("dg-pronunciations-applied"), "1")
    }))
})
