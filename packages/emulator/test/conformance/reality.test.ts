/**
 * Where documents and recorded answers differ, the emulator does what was recorded (inventory 5.3 and 6): seen by a client
 * that knows neither. Sockets are in `realitySockets.test.ts`; what is said of SDKs alone is not here.
 */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import * as Inbox from "../server/inbox.ts"
import { connect } from "../server/socket.ts"
import { dig, listAt, textAt } from "./plain.ts"
import { keysOf, nova, plainly, raw, rawQuery, recording, refusal, refusedSocket, session, text } from "./reality.ts"

const parts = (answer: unknown) => ({ metadata: dig(answer, "metadata"), results: dig(answer, "results") })

layer(Emulator.layerSdk(), { excludeTestServices: true })("answers of the voice API", (it) => {
  it.effect("are receipts when there is a callback (trap 1)", () =>
    Effect.gen(function*() {
      const { next, url } = yield* Inbox.inbox()
      const callback = `callback=${encodeURIComponent(url)}`
      yield* plainly(async (http) => {
        const receipts = [
          await http.send("POST", `${nova}&${callback}`, { body: recording }),
          await http.send("POST", `/v1/read?language=en&sentiment=true&${callback}`, { body: { text } }),
          await http.send("POST", `/v1/speak?model=aura-asteria-en&${callback}`, { body: { text } }),
          await http.send("POST", `/v2/speak?model=flux-kit-en&${callback}`, { body: { text } })
        ]
        for (const { headers, json } of receipts) {
          assert.deepStrictEqual(keysOf(json), ["request_id"])
          assert.match(headers.get("content-type") ?? "", /^application\/json/)
        }
      })
      for (let count = 0; count < 4; count++) yield* next
    }).pipe(Effect.scoped, Effect.provide(Inbox.layer)))

  it.effect("have topics and intents flat, and two kinds of summaries (trap 2)", () =>
    plainly(async (http) => {
      const features = "topics=true&intents=true&sentiment=true&summarize=true"
      const heard = dig(await http.json("POST", `${nova}&${features}`, recording), "results")
      const read = dig(await http.json("POST", `/v1/read?language=en&${features}`, { text }), "results")
      for (const results of [heard, read]) {
        for (const feature of ["topics", "intents"]) {
          assert.deepStrictEqual(keysOf(dig(results, feature)), ["segments"])
        }
        assert.sameMembers([...keysOf(dig(results, "sentiments"))], ["segments", "average"])
      }
      assert.sameMembers([...keysOf(dig(heard, "summary"))], ["result", "short"])
      assert.deepStrictEqual(keysOf(dig(read, "summary")), ["text"])
    }))

  it.effect("of /v1/read need a language and something to look for (trap 3)", () =>
    plainly(async (http) => {
      const { json } = await http.send("POST", "/v1/read?sentiment=true", { body: { text } })
      assert.match(textAt(json, "err_msg"), /missing field `language`/)
      assert.strictEqual(await refusal(http, "POST", "/v1/read?language=en", { text }), "400 INVALID_QUERY_PARAMETER")
      assert.match(await refusal(http, "POST", "/v1/read?language=en&topics=true", { text, url: "http://a" }), /^400 /)
    }))

  it.effect("without a model are of the oldest one, or none (trap 4)", () =>
    Effect.gen(function*() {
      yield* plainly(async (http) => {
        const heard = await http.json("POST", "/v1/listen", recording)
        const [model] = listAt(heard, "metadata", "models")
        assert.strictEqual(dig(heard, "metadata", "model_info", String(model), "arch"), "base")
        const spoken = await http.send("POST", "/v1/speak", { body: { text } })
        assert.strictEqual(spoken.headers.get("dg-model-name"), "aura-asteria-en")
        assert.match(spoken.headers.get("content-type") ?? "", /^audio\/mpeg/)
        assert.match(await refusal(http, "POST", "/v2/speak", { text }), /^400 /)
        assert.match(await refusal(http, "POST", "/v2/speak?model=aura-2-thalia-en", { text }), /^400 /)
      })
      assert.strictEqual(yield* refusedSocket("/v2/listen"), "400 INVALID_QUERY_PARAMETER")
      assert.strictEqual(yield* refusedSocket("/v2/speak"), "400 INVALID_QUERY_PARAMETER")
    }))

  it.effect("echo extras as an object, and tags; replace, search and keyterm repeat (trap 5)", () =>
    plainly(async (http) => {
      const { metadata, results } = parts(
        await http.json(
          "POST",
          `${nova}&punctuate=true&extra=a:1&extra=b:2:3&tag=x&replace=calling:phoning&replace=parcel:box&search=order` +
            "&search=box&keyterm=damaged%20parcel&keyterm=a:5",
          recording
        )
      )
      assert.deepStrictEqual(dig(metadata, "extra"), { a: "1", b: "2:3" })
      assert.deepStrictEqual(dig(metadata, "tags"), ["x"])
      const channel = dig(results, "channels", 0)
      assert.match(textAt(channel, "alternatives", 0, "transcript"), /for phoning\b.*\bbox is damaged/)
      assert.deepStrictEqual(listAt(channel, "search").map((one) => dig(one, "query")), ["order", "box"])
      assert.strictEqual(await refusal(http, "POST", `${nova}&keywords=a`, recording), "400 INVALID_QUERY_PARAMETER")
    }))

  it.effect("take parameters of several kinds (trap 6)", () =>
    Effect.gen(function*() {
      yield* plainly(async (http) => {
        for (
          const accepted of ["summarize=v2", "summarize=true", "detect_language=true", "redact=pci&redact=numbers"]
        ) {
          assert.strictEqual(await refusal(http, "POST", `${nova}&${accepted}`, recording), "200", accepted)
        }
        assert.strictEqual(
          await refusal(http, "POST", `${nova}&detect_language=en&detect_language=es`, recording),
          "200"
        )
        assert.match(await refusal(http, "POST", `${nova}&summarize=v1`, recording), /^400 /)
      })
      for (const endpointing of ["300", "false", "true"]) {
        const { code } = yield* session(`${nova}&endpointing=${endpointing}`, { type: "CloseStream" })
        assert.strictEqual(code, 1000)
      }
    }))

  it.effect("are not given for both diarizers, nor for v2 on a socket (trap 7)", () =>
    Effect.gen(function*() {
      yield* plainly(async (http) => {
        assert.match(await refusal(http, "POST", `${nova}&diarize=true&diarize_model=v1`, recording), /^400 /)
        const heard = await http.json("POST", `${nova}&diarize_model=v2`, recording)
        assert.strictEqual(dig(heard, "metadata", "diarize_info", "arch"), "v2")
        assert.isNumber(dig(heard, "results", "channels", 0, "alternatives", 0, "words", 0, "speaker_confidence"))
      })
      assert.match(yield* refusedSocket(`${nova}&diarize_model=v2`), /^400 /)
    }))

  it.effect("have what no specification has (5.3)", () =>
    plainly(async (http) => {
      const heard = await http.json("POST", `${nova}&punctuate=true&sentiment=true&detect_language=true`, recording)
      const channel = dig(heard, "results", "channels", 0)
      const word = dig(channel, "alternatives", 0, "words", 0)
      assert.strictEqual(dig(word, "punctuated_word"), "Thank")
      assert.isString(dig(word, "sentiment"))
      assert.isNumber(dig(word, "sentiment_score"))
      assert.deepStrictEqual(dig(channel, "detected_language"), "en")
      assert.isNumber(dig(channel, "language_confidence"))
      assert.strictEqual(dig(heard, "metadata", "transaction_key"), "deprecated")
      const several = dig(
        await http.json("POST", `${nova}&language=multi`, recording),
        "results",
        "channels",
        0,
        "alternatives",
        0
      )
      assert.deepStrictEqual(dig(several, "languages"), ["en"])
      assert.strictEqual(dig(several, "words", 0, "language"), "en")
    }))

  it.effect("to a misspelled model are 403; other languages are warned of (trap 25)", () =>
    Effect.gen(function*() {
      yield* plainly(async (http) => {
        assert.strictEqual(
          await refusal(http, "POST", "/v1/listen?model=nova-33", recording),
          "403 INSUFFICIENT_PERMISSIONS"
        )
        const german = await http.json("POST", `${nova}&language=de&sentiment=true`, recording)
        assert.deepInclude(dig(german, "metadata", "warnings", 0), {
          parameter: "sentiment",
          type: "unsupported_language"
        })
        assert.isUndefined(dig(german, "results", "sentiments"))
      })
      for (const feature of ["topics", "intents"]) {
        assert.strictEqual(
          yield* refusedSocket(`${nova}&${feature}=true`),
          "403 UNAUTHORIZED_FEATURES_REQUESTED"
        )
      }
      const { messages } = yield* session(`${nova}&${rawQuery}&sentiment=true`, raw, { type: "CloseStream" })
      assert.notInclude(JSON.stringify(messages), "sentiment")
    }))

  it.effect("of speech are bytes, and JSON when they are refused (traps 24 and 27)", () =>
    plainly(async (http) => {
      const { headers, json } = await http.send("POST", "/v1/speak?model=aura-2-thalia-en", { body: { text } })
      assert.isUndefined(json)
      for (
        const name of ["model-name", "model-uuid", "additional-model-uuids", "char-count", "request-id", "project-id"]
      ) {
        assert.isNotNull(headers.get(`dg-${name}`), name)
      }
      assert.strictEqual(
        await refusal(http, "POST", "/v1/speak?model=aura-2-thalia-en", { text: "" }),
        "400 Bad Request"
      )
      const long = await http.send("POST", "/v1/speak?model=aura-2-thalia-en", { body: { text: "a".repeat(2001) } })
      assert.deepInclude(long.json, {
        err_code: "Payload Too Large",
        err_msg: "Input text exceeds maximum character limit of 2000."
      })
      assert.strictEqual(long.status, 413)
      // A voice that is listed and never served.
      assert.match(await refusal(http, "POST", "/v1/speak?model=aura-2-perseo-it", { text }), /^400 /)
    }))
})

layer(Emulator.layerSdk(), { excludeTestServices: true })("answers of the management API", (it) => {
  it.effect("take a configuration as a text and give it back as an object (trap 18)", () =>
    plainly(async (http, project) => {
      const config = { think: { provider: { type: "open_ai", model: "gpt-4o-mini" } } }
      const path = `/v1/projects/${project}/agents`
      const made = await http.json("POST", path, { config: JSON.stringify(config) })
      assert.deepStrictEqual(dig(made, "config"), config)
      assert.match(await refusal(http, "POST", path, { config }), /^400 /)
      const one = `${path}/${textAt(made, "agent_id")}`
      await http.send("PUT", one, { body: { metadata: { a: "b" }, config: "{}" } })
      assert.deepStrictEqual(dig(await http.json("GET", one), "config"), config)
    }))

  it.effect("take the scopes of distribution credentials in the query (trap 19)", () =>
    plainly(async (http, project) => {
      const path = `/v1/projects/${project}/self-hosted/distribution/credentials`
      const made = await http.json("POST", `${path}?scopes=self-hosted:product:api`, {
        comment: "c",
        scopes: ["self-hosted:product:engine"]
      })
      assert.deepStrictEqual(dig(made, "distribution_credentials", "scopes"), ["self-hosted:product:api"])
      const id = textAt(made, "distribution_credentials", "distribution_credentials_id")
      assert.deepStrictEqual(await http.json("DELETE", `${path}/${id}`), made)
    }))

  it.effect("come in three shapes when they are errors (trap 24)", () =>
    plainly(async (http, project) => {
      const { json, status } = await http.send("POST", `/v1/projects/${project}/keys`, {
        body: "{",
        headers: { "content-type": "application/json" }
      })
      assert.strictEqual(status, 400)
      assert.deepInclude(json, { category: "INVALID_JSON", message: "Invalid JSON submitted." })
      assert.sameMembers([...keysOf(json)], ["category", "message", "details", "request_id"])
      const missing = await http.send("GET", "/v1/projects/none")
      assert.deepInclude(missing.json, { err_code: "PROJECT_NOT_FOUND", err_msg: "Project not found." })
    }))

  it.effect("have what no specification has (5.3)", () =>
    plainly(async (http, project) => {
      const at = `/v1/projects/${project}`
      const key = await http.json("POST", `${at}/keys`, { comment: "c", scopes: ["member"] })
      assert.isString(dig(key, "created"))
      const got = await http.json("GET", `${at}/keys/${textAt(key, "api_key_id")}`)
      assert.strictEqual(dig(got, "api_key", "api_key_id"), dig(key, "api_key_id"))
      const models = await http.json("GET", "/v1/models")
      assert.isString(dig(models, "languages", "en"))
      assert.isBoolean(dig(models, "stt", 0, "multilingual"))
      assert.isString(dig(models, "tts", 0, "metadata", "display_name"))
      assert.notInclude(JSON.stringify(models), "\"flux-")
      await http.json("POST", nova, recording)
      assert.isNumber(dig(await http.json("GET", `${at}/usage`), "results", 0, "requests"))
      const [request] = listAt(await http.json("GET", `${at}/requests`), "requests")
      assert.isNumber(dig(request, "response", "details", "usd"))
      assert.isArray(dig(await http.json("GET", `${at}/usage/fields`), "languages"))
    }))

  it.effect("take a moment for requests, a day for usage (trap 35)", () =>
    plainly(async (http, project) => {
      const at = `/v1/projects/${project}`
      const [moment, day] = ["2026-01-01T00:00:00Z", "2026-01-01"]
      assert.strictEqual(await refusal(http, "GET", `${at}/requests?start=${moment}`), "200")
      for (const path of ["usage", "usage/breakdown", "usage/fields", "billing/breakdown", "billing/fields"]) {
        assert.strictEqual(await refusal(http, "GET", `${at}/${path}?start=${day}`), "200", path)
        assert.match(await refusal(http, "GET", `${at}/${path}?start=${moment}`), /^400 /, path)
      }
      // True, false, or not asked for.
      await http.json("POST", `${nova}&tag=tri&punctuate=true`, recording)
      const requests = async (query: string) =>
        dig(await http.json("GET", `${at}/usage?tag=tri${query}`), "results", 0, "requests")
      assert.deepStrictEqual(
        [await requests("&punctuate=true"), await requests("&punctuate=false"), await requests("")],
        [1, undefined, 1]
      )
    }))

  it.effect("do not mind parameters that mean nothing there (trap 33)", () =>
    plainly(async (http, project) => {
      assert.strictEqual(await refusal(http, "GET", `/v1/projects/${project}?limit=1&page=0`), "200")
    }))
})

layer(Emulator.layerSdk(), { excludeTestServices: true })("credentials", (it) => {
  it.effect("are a key as Token, a token as Bearer, in any case (trap 21)", () =>
    Effect.gen(function*() {
      const { apiKey } = yield* Emulator.Emulator
      const key = Redacted.value(apiKey)
      let token = ""
      yield* plainly(async (http) => {
        token = textAt(await http.json("POST", "/v1/auth/grant", {}), "access_token")
        const status = (authorization: string) => refusal(http.as(authorization), "POST", nova, recording)
        assert.strictEqual(await status(`token ${key}`), "200")
        assert.strictEqual(await status(`bearer ${token}`), "200")
        assert.strictEqual(await status(`Bearer ${key}`), "401 INVALID_AUTH")
        assert.strictEqual(await status(`Token ${token}`), "401 INVALID_AUTH")
        assert.strictEqual(await refusal(http.as(`Bearer ${token}`), "GET", "/v1/projects"), "403 FORBIDDEN")
      })
      // As the vendor's SDK does in browsers, with the id of its session behind them.
      const sessionId = ["x-deepgram-session-id", "0198c0de-0000-7000-8000-000000000000"]
      for (const protocols of [["token", key], ["bearer", token], ["token", key, ...sessionId]]) {
        const { socket } = yield* connect(nova, { headers: {}, protocols })
        assert.strictEqual(socket.protocol, protocols[0])
      }
      for (const protocols of [["bearer", key], ["token", token], ["token"], [`token, ${key}x`]]) {
        assert.strictEqual(
          yield* refusedSocket(nova, { headers: { "sec-websocket-protocol": protocols.join(", ") } }),
          "401 INVALID_AUTH"
        )
      }
    }))

  it.effect("live for 30 seconds unless asked otherwise; what is unknown is ignored (trap 22)", () =>
    plainly(async (http) => {
      for (const [body, seconds] of [[{}, 30], [{ ttl: 9 }, 30], [{ ttl_seconds: 3600 }, 3600]] as const) {
        assert.strictEqual(dig(await http.json("POST", "/v1/auth/grant", body), "expires_in"), seconds)
      }
      for (const ttl_seconds of [0, 3601]) {
        assert.match(await refusal(http, "POST", "/v1/auth/grant", { ttl_seconds }), /^400 /)
      }
    }))

  it.effect("are not needed for the models that think (1.0.2)", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const { status } = yield* Effect.promise(() => fetch(`${url}/v1/agent/settings/think/models`))
      assert.strictEqual(status, 200)
    }))
})
