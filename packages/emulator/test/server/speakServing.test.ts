/** What speech has to do with other servers, the account and the ledger. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Billing, ListenV1, Requests, SpeakV1, SpeakV2, Usage } from "effect-deepgram"
import { files, inbox, layer as client } from "./inbox.ts"
import { inProject, newKey, withKey } from "./management.ts"
import { ask, speak } from "./speech.ts"
import { refusalOf } from "./support.ts"

const text = "Your order is on its way."

const transcript = (audio: Uint8Array) =>
  Effect.map(
    ListenV1.transcribeFile(audio, { model: "nova-3", punctuate: true }),
    ({ results }) => results.channels[0]?.alternatives[0]?.transcript
  )

const wav = "/v1/speak?model=aura-2-thalia-en&encoding=linear16"

describe("the text behind a URL", () => {
  it.live("is spoken; what is no text is refused", () =>
    Effect.gen(function*() {
      const url = yield* files({
        "/text": ["text/plain; charset=utf-8", text],
        "/json": ["application/json", JSON.stringify({ text })],
        "/other": ["application/json", JSON.stringify({ words: text })],
        "/broken": ["application/json", "{"],
        "/bytes": ["text/plain", new Uint8Array([0xff])],
        "/page": ["text/html", text]
      })
      for (const path of ["/text", "/json"]) {
        const { bytes } = yield* speak(wav, { url: `${url}${path}` })
        assert.strictEqual(yield* transcript(bytes), text)
      }
      for (const path of ["/other", "/broken", "/bytes", "/page"]) {
        const answer = yield* ask(wav, { url: `${url}${path}` })
        assert.strictEqual(answer.status, 400)
        assert.deepInclude(refusalOf(answer), {
          err_code: "REMOTE_CONTENT_ERROR",
          err_msg: "Failed to deserialize remote text data. Please provide `application/json` with a `text` field or " +
            "`text/plain`."
        })
      }
      const lost = refusalOf(yield* ask(wav, { url: `${url}/nowhere` }))
      assert.deepInclude(lost, {
        err_code: "REMOTE_CONTENT_ERROR",
        err_msg: "The remote server hosting the media returned a client error: 404 Not Found."
      })
      const away = refusalOf(yield* ask(wav, { url: "http://nowhere.invalid/a.txt" }))
      assert.strictEqual(away.err_code, "REMOTE_CONTENT_ERROR")
    }).pipe(Effect.scoped, Effect.provide([Emulator.layerSdk(), client])))
})

describe("a callback", () => {
  it.live("gets the audio: its media type, its headers, and the id of the receipt", () =>
    Effect.gen(function*() {
      const { next, url } = yield* inbox(503, 500)
      const receipt = yield* SpeakV1.submit(text, {
        model: "aura-2-thalia-en",
        encoding: "linear16",
        sample_rate: 16_000,
        callback: `${url.replace("http://", "http://me:p%20ss@")}/done`
      })
      const [first, second, third] = [yield* next, yield* next, yield* next]
      assert.strictEqual(third.method, "POST")
      assert.strictEqual(third.url, "/done")
      assert.strictEqual(third.headers["authorization"], `Basic ${btoa("me:p ss")}`)
      assert.match(third.headers["dg-token"] ?? "", /^[0-9a-f-]{36}$/)
      assert.strictEqual(third.headers["content-type"], "audio/wav")
      assert.strictEqual(third.headers["dg-request-id"], receipt.request_id)
      assert.strictEqual(third.headers["dg-char-count"], String(text.length))
      assert.strictEqual(yield* transcript(third.bytes), text)
      // The audio is made anew, not sent on from where it was.
      assert.deepStrictEqual([first.bytes, second.bytes], [third.bytes, third.bytes])
    }).pipe(
      Effect.scoped,
      Effect.provide([Emulator.layerSdk({ callbackRetryDelay: "10 millis" }), client])
    ))

  it.live("is put if it is to be, with low priority if it may be", () =>
    Effect.gen(function*() {
      const { next, url } = yield* inbox()
      yield* SpeakV2.submit(`${text} \\{pause:500ms\\} Bye.`, {
        model: "flux-haley-en",
        encoding: "linear16",
        container: "none",
        sample_rate: 44_100,
        priority: "low",
        callback: url,
        callback_method: "PUT"
      })
      const { headers, method } = yield* next
      assert.strictEqual(method, "PUT")
      assert.strictEqual(headers["content-type"], "audio/l16;rate=44100")
      assert.strictEqual(headers["dg-breaks-applied"], "1")
    }).pipe(Effect.scoped, Effect.provide([Emulator.layerSdk(), client])))

  it.live("of a text that cannot be spoken is not called", () =>
    Effect.gen(function*() {
      const answer = yield* ask(`${wav}&callback=http://127.0.0.1:9/`, { text: " " })
      assert.strictEqual(answer.status, 400)
    }).pipe(Effect.provide(Emulator.layerSdk())))
})

describe("the ledger", () => {
  it.live("has the characters, the model and the way; refusals cost nothing", () =>
    Effect.gen(function*() {
      const { metadata } = yield* SpeakV2.generate("One \\{pause:500ms\\} two", {
        model: "flux-haley-en",
        tag: ["order"]
      })
      const spent = yield* inProject((id) => Billing.listBalances(id))
      const answer = yield* ask("/v2/speak?model=flux-haley-en&speed=9", { text })
      const { requests } = yield* inProject((id) => Requests.list(id, { endpoint: "speak" }))
      assert.deepStrictEqual(
        requests.map(({ code, request_id }) => [request_id, code]),
        [[refusalOf(answer).request_id, 400], [metadata.request_id, 200]]
      )
      assert.deepStrictEqual(yield* inProject((id) => Billing.listBalances(id)), spent)
      assert.isBelow(spent.balances[0]?.amount ?? Infinity, Emulator.defaultCredits)
      const { results } = yield* inProject((id) => Usage.breakdown(id, { endpoint: "speak", grouping: "models" }))
      assert.deepStrictEqual(
        results.map(({ grouping, tts_characters }) => [grouping.models, tts_characters]),
        [[[metadata.model_uuid!], metadata.char_count]]
      )
      assert.strictEqual(metadata.char_count, "One  two".length)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layerSdk())))

  it.live("refuses without credit, and who may not", () =>
    Effect.gen(function*() {
      const paid = yield* ask(wav, { text })
      const empty = yield* ask(wav, { text }).pipe(Effect.provide(Emulator.layerSdk({ credits: 0 })))
      const key = yield* newKey("usage:read")
      const forbidden = yield* Effect.flip(
        Effect.scoped(withKey(key)(SpeakV1.generate(text, { model: "aura-2-thalia-en" })))
      )
      assert.strictEqual(paid.status, 200)
      assert.strictEqual(empty.status, 402)
      assert.strictEqual(refusalOf(empty).err_code, "ASR_PAYMENT_REQUIRED")
      assert.strictEqual(forbidden._tag, "PermissionDenied")
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
