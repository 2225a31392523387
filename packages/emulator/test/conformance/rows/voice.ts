import { Recognizer, Recording } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { createReadStream } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { dig, listAt, textAt } from "../plain.ts"
import { type Rows, text } from "../support.ts"

const wav = Recording.wav(text)

const options = { model: "nova-3", punctuate: true } as const

const transcriptOf = (answer: unknown) => dig(answer, "results", "channels", 0, "alternatives", 0, "transcript")

const parsed = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))

/** Everything of a web stream. */
const collected = async (stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer())

const raw = { encoding: "linear16", sampleRate: 16_000 } as const

const heardIn = (audio: Uint8Array): string => Recognizer.text(audio, raw)

const speech = { encoding: "linear16", container: "none", sample_rate: 16_000 } as const

const listened = "?model=nova-3&punctuate=true"

export const voice: Rows = {
  "ListenV1.transcribe": {
    official: async (sdk, { inbox, recordingUrl }) => {
      const { media } = sdk.listen.v1
      const folder = await mkdtemp(join(tmpdir(), "conformance-"))
      const path = join(folder, "call.wav")
      await writeFile(path, wav)
      const uploads = [
        wav,
        Buffer.from(wav),
        wav.slice().buffer,
        new Blob([wav.slice()], { type: "audio/wav" }),
        new File([wav.slice()], "call.wav"),
        createReadStream(path),
        new Blob([wav.slice()]).stream(),
        { path, contentType: "audio/wav" },
        { data: createReadStream(path), filename: "call.wav", contentType: "audio/wav", contentLength: wav.length }
      ]
      for (const upload of uploads) {
        assert.strictEqual(transcriptOf(await media.transcribeFile(upload, options)), text)
      }
      await rm(folder, { recursive: true })
      const fetched = await media.transcribeUrl({ url: recordingUrl, ...options })
      assert.strictEqual(transcriptOf(fetched), text)
      for (
        const receipt of [
          await media.transcribeUrl({ url: recordingUrl, ...options, callback: inbox.url }),
          await media.transcribeFile(wav, { ...options, callback: inbox.url, callback_method: "PUT" })
        ]
      ) {
        const sent = parsed(await inbox.next())
        assert.deepStrictEqual([dig(sent, "metadata", "request_id"), transcriptOf(sent)], [
          dig(receipt, "request_id"),
          text
        ])
      }
    },
    plain: async (http, { inbox, recordingUrl }) => {
      // The last one is what `curl` says when it is not told.
      for (const type of ["audio/wav", "audio/*", "application/octet-stream", "application/x-www-form-urlencoded"]) {
        const sent = await http.send("POST", `/v1/listen${listened}`, { body: wav, headers: { "content-type": type } })
        assert.strictEqual(transcriptOf(sent.json), text)
      }
      for (const type of ["application/json", "application/json; charset=utf-8"]) {
        const fetched = await http.send("POST", `/v1/listen${listened}`, {
          body: { url: recordingUrl },
          headers: { "content-type": type }
        })
        assert.strictEqual(transcriptOf(fetched.json), text)
      }
      const callback = encodeURIComponent(inbox.url)
      const receipt = await http.json("POST", `/v1/listen${listened}&callback=${callback}`, { url: recordingUrl })
      assert.strictEqual(dig(parsed(await inbox.next()), "metadata", "request_id"), dig(receipt, "request_id"))
    }
  },
  "SpeakV1.generate": {
    official: async (sdk, { inbox }) => {
      const spoken = () => sdk.speak.v1.audio.generate({ text, model: "aura-2-thalia-en", ...speech })
      assert.strictEqual(heardIn(new Uint8Array(await (await spoken()).arrayBuffer())), text)
      assert.strictEqual(heardIn(await collected((await spoken()).stream())), text)
      assert.strictEqual(heardIn(new Uint8Array(await (await (await spoken()).blob()).arrayBuffer())), text)
      const { data, rawResponse } = await spoken().withRawResponse()
      assert.strictEqual(rawResponse.headers.get("dg-model-name"), "aura-2-thalia-en")
      assert.strictEqual(rawResponse.headers.get("dg-char-count"), String(text.length))
      await data.arrayBuffer()
      const receipt = await sdk.speak.v1.audio.generate({
        text,
        model: "aura-2-thalia-en",
        ...speech,
        callback: inbox.url
      })
      assert.isString(dig(parsed(new Uint8Array(await receipt.arrayBuffer())), "request_id"))
      assert.strictEqual(heardIn(await inbox.next()), text)
    },
    plain: async (http) => {
      const { bytes, headers, status } = await http.send(
        "POST",
        "/v1/speak?model=aura-2-thalia-en&encoding=linear16&container=none&sample_rate=16000",
        { body: { text } }
      )
      assert.strictEqual(status, 200)
      assert.match(headers.get("content-type") ?? "", /^audio\/l16/)
      assert.strictEqual(heardIn(bytes), text)
    }
  },
  "SpeakV2.generate": {
    official: async (sdk) => {
      const answer = await sdk.speak.v2.audio.generate({ text, model: "flux-alexis-en", ...speech })
      assert.strictEqual(heardIn(await collected(answer.stream())), text)
    },
    plain: async (http) => {
      const { bytes, headers } = await http.send(
        "POST",
        "/v2/speak?model=flux-alexis-en&encoding=linear16&container=none&sample_rate=16000",
        { body: { text } }
      )
      assert.strictEqual(headers.get("dg-model-name"), "flux-alexis-en")
      assert.strictEqual(heardIn(bytes), text)
    }
  },
  "ReadV1.analyze": {
    note:
      "@deepgram/sdk: types the results nested once more, as the specification does; they are flat in recorded answers, and are there untyped",
    official: async (sdk, { inbox, textUrl }) => {
      const { text: read } = sdk.read.v1
      const answer = await read.analyze({
        body: { text },
        language: "en",
        sentiment: true,
        summarize: "v2",
        topics: true
      })
      assert.isTrue(
        listAt(answer, "results", "sentiments", "segments").every((segment) => text.includes(textAt(segment, "text")))
      )
      assert.isString(dig(answer, "results", "summary", "text"))
      const fetched = await read.analyze({ body: { url: textUrl }, language: "en", sentiment: true })
      assert.deepStrictEqual(dig(fetched, "results", "sentiments"), dig(answer, "results", "sentiments"))
      const receipt = await read.analyze({ body: { text }, language: "en", sentiment: true, callback: inbox.url })
      assert.strictEqual(
        dig(parsed(await inbox.next()), "metadata", "request_id"),
        dig(receipt, "request_id")
      )
    },
    plain: async (http, { textUrl }) => {
      const path = "/v1/read?language=en&sentiment=true"
      const answers = [
        await http.json("POST", path, { text }),
        await http.json("POST", path, { url: textUrl }),
        await http.json("POST", path, text)
      ]
      for (const answer of answers) {
        assert.isAbove(listAt(answer, "results", "sentiments", "segments").length, 0)
      }
    }
  },
  "Tokens.grant": {
    official: async (sdk, { another }) => {
      const { access_token, expires_in } = await sdk.auth.v1.tokens.grant({ ttl_seconds: 20 })
      assert.strictEqual(expires_in, 20)
      const granted = another({ accessToken: access_token })
      assert.strictEqual(transcriptOf(await granted.listen.v1.media.transcribeFile(wav, options)), text)
      const refused = await granted.manage.v1.projects.list().then(() => undefined, (error: unknown) => error)
      assert.strictEqual(dig(refused, "statusCode"), 403)
    },
    plain: async (http) => {
      const token = textAt(await http.json("POST", "/v1/auth/grant", {}), "access_token")
      const bearer = http.as(`Bearer ${token}`)
      assert.strictEqual(transcriptOf(await bearer.json("POST", `/v1/listen${listened}`, wav)), text)
      assert.strictEqual((await bearer.send("GET", "/v1/projects")).status, 403)
    }
  }
}
