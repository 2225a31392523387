/** The demo in a real browser, whose microphone is a file in which the test voice speaks over and over. */
import { Emulator, Faults, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { build } from "esbuild"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { type Browser, type BrowserContextOptions, chromium, type Page, type Response } from "playwright-core"
import { chromiumOptions } from "../../scripts/chromium.mjs"
import { type Options, serve } from "../browser/server.ts"
import { file } from "./support.ts"

const sentence = "Good morning from the museum."

const key = "the-key-of-the-server"

/** One browser for all tests. */
class Chromium extends Context.Service<Chromium, Browser>()("examples/test/Chromium") {
  static readonly layer = Layer.effect(
    Chromium,
    Effect.gen(function*() {
      const voice = yield* file("voice.wav", Recording.wav([{ text: sentence, pause: 1 }], { sampleRate: 48_000 }))
      return yield* Effect.acquireRelease(
        Effect.promise(() =>
          chromium.launch(chromiumOptions(
            // The permission is asked for: it is that of each context.
            "--use-fake-device-for-media-stream",
            `--use-file-for-fake-audio-capture=${voice}`,
            "--host-resolver-rules=MAP captions.test 127.0.0.1"
          ))
        ),
        (browser) => Effect.promise(() => browser.close())
      )
    })
  )
}

/** An emulator, the client of the server, and a port for it: for each test its own. */
const world = () =>
  Layer.fresh(
    Layer.mergeAll(
      Emulator.layerSdk({ apiKeys: [key] }),
      NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
    )
  )

const allowed: BrowserContextOptions = { permissions: ["microphone"] }

/** Keeps what the page asks for, and what it shows. */
const observer = `
  globalThis.streams = []
  globalThis.asked = []
  globalThis.contexts = []
  globalThis.shown = []
  const devices = navigator.mediaDevices
  const ask = devices?.getUserMedia.bind(devices)
  globalThis.sockets = []
  globalThis.releases = []
  const keep = (stream) => {
    streams.push(stream)
    for (const track of stream.getTracks()) {
      const stop = track.stop.bind(track)
      track.stop = () => (releases.push(sockets.at(-1)?.readyState), stop())
    }
    return stream
  }
  if (ask) devices.getUserMedia = (constraints) => (asked.push(constraints), ask(constraints).then(keep))
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args)
      sockets.push(this)
    }
  }
  globalThis.AudioContext = class extends AudioContext {
    constructor(...args) {
      super(...args)
      contexts.push(this)
    }
  }
  addEventListener("DOMContentLoaded", () => {
    const text = (id) => document.getElementById(id).textContent
    const note = () => shown.push({ interim: text("interim"), final: document.querySelectorAll("#log p").length })
    new MutationObserver(note).observe(document.getElementById("scroll"), { subtree: true, childList: true })
  })
`

/** The page, with everything that came to it. */
const visit = Effect.fnUntraced(function*(
  options: { readonly url: string; readonly context?: BrowserContextOptions; readonly script?: string }
) {
  const browser = yield* Chromium
  const context = yield* Effect.acquireRelease(
    Effect.promise(() => browser.newContext(options.context ?? allowed)),
    (context) => Effect.promise(() => context.close())
  )
  const page = yield* Effect.promise(() => context.newPage())
  page.setDefaultTimeout(30_000)
  const problems: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text())
  })
  page.on("pageerror", ({ message }) => problems.push(message))
  const responses: Array<Response> = []
  page.on("response", (response) => responses.push(response))
  const frames: Array<string> = []
  const sockets: Array<URL> = []
  page.on("websocket", (socket) => {
    sockets.push(new URL(socket.url()))
    socket.on("framereceived", ({ payload }) => frames.push(String(payload)))
  })
  const protocols: Array<string> = []
  const session = yield* Effect.promise(() => context.newCDPSession(page))
  session.on("Network.webSocketWillSendHandshakeRequest", ({ request: { headers } }) => {
    protocols.push(headers["Sec-WebSocket-Protocol"] ?? "")
  })
  yield* Effect.promise(() => session.send("Network.enable"))
  yield* Effect.promise(() => page.addInitScript(`${observer}\n${options.script ?? ""}`))
  yield* Effect.promise(() => page.goto(options.url))
  yield* state(page, "idle")
  return { page, problems, responses, frames, sockets, protocols }
})

/** Starts the demo, and goes there. */
const open = (options: Partial<Options> & Omit<Parameters<typeof visit>[0], "url"> = {}) =>
  Effect.flatMap(serve({ notice: "An emulator listens.", ...options }), (url) => visit({ ...options, url }))

const state = (page: Page, name: string) => Effect.promise(() => page.waitForSelector(`body[data-state=${name}]`))

const press = (page: Page) => Effect.promise(() => page.click("#captions"))

/** Waits until the page says what went wrong, and has let go of everything. */
const fails = Effect.fnUntraced(function*(page: Page, words: RegExp) {
  yield* state(page, "error")
  yield* Effect.promise(() => page.getByRole("status").filter({ hasText: words }).waitFor())
  assert.strictEqual(yield* Effect.promise(() => page.getAttribute("#captions", "aria-pressed")), "false")
  yield* assertReleased(page)
})

const lines = (page: Page) => Effect.promise(() => page.locator("#log p").allTextContents())

const interim = (page: Page) =>
  Effect.promise(() =>
    page.locator("#interim").filter({ hasText: /\w/ }).waitFor().then(() => page.innerText("#current"))
  )

/** Waits until a line of the log has it all. */
const says = (page: Page, text: string) =>
  Effect.promise(() => page.locator("#log p").filter({ hasText: text }).first().waitFor())

/** What a script says that runs in the page. */
const ask = <A>(page: Page, script: string) => Effect.promise(() => page.evaluate<A>(script))

const assertReleased = Effect.fnUntraced(function*(page: Page) {
  const tracks = yield* ask<Array<string>>(
    page,
    "streams.flatMap((stream) => stream.getTracks()).map((track) => track.readyState)"
  )
  assert.deepStrictEqual(tracks.filter((track) => track !== "ended"), [])
  const contexts = yield* ask<Array<string>>(page, "contexts.map((context) => context.state)")
  assert.deepStrictEqual(contexts.filter((context) => context !== "closed"), [])
})

layer(Chromium.layer, { excludeTestServices: true, timeout: 60_000 })("the demo of live captions", (it) => {
  it.effect("shows what is said while it is said, and the last words after the second press", () =>
    Effect.gen(function*() {
      const { frames, page, problems, protocols, responses, sockets } = yield* open()
      assert.strictEqual(yield* Effect.promise(() => page.getAttribute("#captions", "aria-pressed")), "false")
      yield* Effect.promise(() => page.getByRole("button", { name: "Live captions" }).focus())
      yield* Effect.promise(() => page.keyboard.press("Enter"))
      yield* state(page, "listening")
      yield* Effect.promise(() => page.getByRole("button", { pressed: true }).waitFor())
      yield* Effect.promise(() => page.getByRole("status").getByText("Listening.").waitFor())
      // Speech as it is.
      assert.deepStrictEqual(yield* ask(page, "asked"), [
        { audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } }
      ])
      yield* Effect.promise(() => page.getByRole("log").getByText(sentence).waitFor())
      assert.match(yield* Effect.promise(() => page.innerText("#behind")), /^\d\.\d s behind$/)
      const shown = yield* ask<Array<{ readonly interim: string; readonly final: number }>>(page, "shown")
      const final = (yield* lines(page)).indexOf(sentence)
      assert.isTrue(shown.some(({ final: before, interim }) => before <= final && /Good|morning/.test(interim)))

      // In the middle of a sentence.
      const until = yield* interim(page)
      const before = yield* lines(page)
      yield* press(page)
      yield* state(page, "ended")
      const said = (yield* lines(page)).slice(before.length).join(" ")
      assert.include(said, until.trim().split(/\W/)[0] ?? "")
      assert.isFalse(yield* Effect.promise(() => page.isVisible("#current")))
      assert.strictEqual(yield* Effect.promise(() => page.getAttribute("#captions", "aria-pressed")), "false")
      yield* assertReleased(page)
      // The microphone was let go before the session was over.
      assert.deepStrictEqual(yield* ask(page, "releases"), [1])

      yield* press(page)
      yield* interim(page)
      yield* press(page)
      yield* state(page, "ended")
      yield* assertReleased(page)

      // The browser does not tell of what its audio thread loads.
      const worklet = yield* Effect.promise(() =>
        page.request.get(`${page.url()}worklet.js`).then((response) => response.text())
      )
      assert.include(worklet, "registerProcessor")
      const received = [
        worklet,
        ...yield* Effect.promise(() => Promise.all(responses.map((response) => response.text())))
      ]
      const tokens = received.flatMap((body) => /^\{"token":"([^"]+)"\}$/.exec(body)?.[1] ?? [])
      assert.strictEqual(new Set(tokens).size, 2)
      assert.deepStrictEqual(protocols, tokens.map((token) => `bearer, ${token}`))
      for (const { pathname, searchParams } of sockets) {
        assert.strictEqual(pathname, "/v1/listen")
        assert.strictEqual(searchParams.get("sample_rate"), "16000")
      }
      assert.isAbove(received.length, 5)
      assert.isNotEmpty(frames)
      for (const text of [...received, ...frames, ...sockets.map(String)]) assert.notInclude(text, key)
      assert.deepStrictEqual(problems, [])
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("takes the microphone at its own rate where the browser asks for that", () =>
    Effect.gen(function*() {
      const { page, sockets } = yield* open({
        // As Firefox does.
        script: `
          const create = AudioContext.prototype.createMediaStreamSource
          AudioContext.prototype.createMediaStreamSource = function(stream) {
            if (this.sampleRate === 16000) throw new DOMException("different sample-rate", "NotSupportedError")
            return create.call(this, stream)
          }`
      })
      yield* press(page)
      yield* says(page, "museum.")
      const rates = yield* ask<Array<number>>(page, "contexts.map((context) => context.sampleRate)")
      assert.strictEqual(rates[0], 16_000)
      assert.isAbove(rates[1] ?? 0, 16_000)
      assert.strictEqual(sockets[0]?.searchParams.get("sample_rate"), String(rates[1]))
      yield* press(page)
      yield* state(page, "ended")
      yield* assertReleased(page)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("says in plain words that there is no microphone to be had, and goes on when there is one", () =>
    Effect.gen(function*() {
      const url = yield* serve({ notice: "" })
      const { page } = yield* visit({ url, context: {} })
      yield* press(page)
      yield* fails(page, /^The microphone may not be used\. Allow it/)
      assert.isEmpty(yield* ask(page, "contexts"))

      yield* Effect.promise(() => page.context().grantPermissions(["microphone"]))
      yield* press(page)
      yield* state(page, "listening")
      yield* ask(page, "streams[0].getTracks()[0].dispatchEvent(new Event('ended'))")
      yield* fails(page, /^The microphone was taken away\./)

      // Behind plain HTTP browsers have none.
      const insecure = yield* visit({ url: url.replace("127.0.0.1", "captions.test") })
      yield* press(insecure.page)
      yield* fails(insecure.page, /it needs HTTPS/)

      const failures = { NotFoundError: /^There is no microphone\./, NotReadableError: /cannot be used/ }
      for (const [name, message] of Object.entries(failures)) {
        const { page } = yield* visit({
          url,
          script: `devices.getUserMedia = () => Promise.reject(new DOMException("no", "${name}"))`
        })
        yield* press(page)
        yield* fails(page, message)
      }
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("says why there is no token", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      const scope = yield* Scope.make()
      const server = yield* Layer.buildWithScope(
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }),
        scope
      )
      const url = yield* serve({ notice: "" }).pipe(Effect.provide(server), Scope.provide(scope))
      const { page, sockets } = yield* visit({ url })
      yield* faults.set(Faults.plan([{ when: { path: "/v1/auth/grant" }, faults: [{ type: "Answer", status: 403 }] }]))
      yield* press(page)
      yield* fails(page, /^There is no leave to use Deepgram: .*403/)

      yield* faults.set(Faults.plan([{ type: "ExpireTokens" }]))
      yield* press(page)
      yield* fails(page, /^Deepgram cannot be reached, or refuses the session: /)

      yield* faults.clear
      yield* Effect.promise(() => page.route("**/token", (route) => route.abort()))
      yield* press(page)
      yield* fails(page, /^There is no leave to use Deepgram: the server of this page does not answer/)

      yield* Scope.close(scope, Exit.void)
      yield* press(page)
      yield* fails(page, /^The server of this page does not answer: load it again/)
      assert.strictEqual(sockets.length, 1)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("says what Deepgram says when it ends the session, and keeps what was said", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      yield* faults.set(Faults.plan([{
        when: { transport: "websocket" },
        times: 1,
        faults: [{ type: "Close", code: 1011, reason: "NET-0000: the model is tired", after: 2 }]
      }]))
      const { page } = yield* open()
      yield* press(page)
      yield* fails(page, /^Deepgram ended the session: .*1011.*the model is tired/)
      assert.isFalse(yield* Effect.promise(() => page.isVisible("#current")))
      yield* assertReleased(page)
      const before = yield* lines(page)

      yield* press(page)
      yield* says(page, "museum.")
      assert.deepStrictEqual((yield* lines(page)).slice(0, before.length), before)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("says that Deepgram says nothing any more, when 20 seconds of sound were not answered", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      yield* faults.set(
        Faults.plan([{ when: { transport: "websocket" }, faults: [{ type: "Stall", at: "frame", after: 1 }] }])
      )
      const { page } = yield* open()
      yield* Effect.promise(() => page.clock.install())
      const opened = page.waitForEvent("websocket")
      yield* press(page)
      const socket = yield* Effect.promise(() => opened)
      yield* Effect.promise(() => socket.waitForEvent("framereceived"))
      let seconds = 0
      // Sound goes on in its own time, a second of the page's for each frame of it.
      const second = Effect.promise(() => socket.waitForEvent("framesent").then(() => page.clock.runFor(1000)))
      const isOver = Effect.raceFirst(
        Effect.as(state(page, "error"), true),
        Effect.map(second, () => {
          seconds++
          return false
        })
      )
      yield* Effect.repeat(isOver, { until: (is) => is, times: 60 })
      yield* fails(page, /^The captions have ended: no message came, although audio was sent, within 20s/)
      assert.isAtLeast(seconds, 19)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("plays the test voice where nobody would understand another one", () =>
    Effect.gen(function*() {
      const text = "This is the test voice."
      const { page, problems } = yield* open({ voice: Recording.wav([{ text, pause: 1 }]), context: {} })
      yield* press(page)
      yield* says(page, text)
      yield* press(page)
      yield* state(page, "ended")
      assert.isEmpty(yield* ask(page, "streams"))
      assert.deepStrictEqual(problems, [])

      yield* Effect.promise(() => page.getByLabel("Listen to the test voice").uncheck())
      yield* press(page)
      yield* fails(page, /^The microphone may not be used/)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("gives frames of known length, their rest at the end, and a failure where too many wait", () =>
    Effect.gen(function*() {
      const { page } = yield* open()
      const { outputFiles: [bundle] } = yield* Effect.promise(() =>
        build({
          bundle: true,
          write: false,
          format: "iife",
          platform: "browser",
          stdin: {
            resolveDir: fileURLToPath(new URL("../browser/page", import.meta.url)),
            contents: `
              import * as Effect from "effect/Effect"
              import * as Stream from "effect/Stream"
              import { capture } from "./capture.ts"
              import * as Microphone from "./microphone.ts"
              const frames = (microphone, count) => microphone.audio.pipe(Stream.take(count), Stream.runCollect)
              const listened = Effect.gen(function*() {
                const microphone = yield* Microphone.open()
                const sizes = []
                yield* Stream.runForEach(microphone.audio, (frame) => {
                  sizes.push(frame.byteLength)
                  return sizes.length === 3 ? microphone.stop : Effect.void
                })
                return sizes
              }).pipe(Effect.scoped)
              const slow = Effect.gen(function*() {
                // Takes a frame in the time of ten, and four may wait.
                const microphone = yield* Microphone.open(0.2)
                const wait = Effect.scoped(Effect.flatMap(Microphone.open(), (other) => frames(other, 10)))
                return yield* Effect.flip(Stream.runForEach(microphone.audio, () => wait))
              }).pipe(Effect.scoped)
              const tooLoud = Effect.gen(function*() {
                const { audio } = yield* capture((context) => {
                  const tone = new OscillatorNode(context, { frequency: 100 })
                  const louder = new GainNode(context, { gain: 2 })
                  tone.start()
                  return tone.connect(louder)
                })
                const bytes = (yield* frames({ audio }, 10)).flatMap((frame) => [...frame])
                return [...new Int16Array(new Uint8Array(bytes).buffer)]
              }).pipe(Effect.scoped)
              globalThis.heard = Effect.runPromise(Effect.all({ sizes: listened, error: slow, loud: tooLoud }))
                .then(({ error, loud, sizes }) => ({ loud, sizes, reason: error.reason }))`
          }
        })
      )
      // A page may sound once somebody has touched it.
      yield* Effect.promise(() => page.getByRole("heading").click())
      yield* ask(page, `${bundle?.text ?? ""};0`)
      const { loud, reason, sizes } = yield* ask<
        { readonly sizes: Array<number>; readonly reason: string; readonly loud: Array<number> }
      >(page, "heard")
      // 50 ms at 16 kHz, two bytes each; the last one is what there was of it.
      assert.isAtLeast(sizes.length, 3)
      assert.deepStrictEqual(new Set(sizes.slice(0, -1)), new Set([1600]))
      assert.isAtMost(sizes.at(-1) ?? 0, 1600)
      // Sound comes in blocks of 128 samples, and none of it is missing.
      assert.strictEqual(sizes.reduce((sum, size) => sum + size, 0) % 256, 0)
      assert.strictEqual(reason, "TooSlow")
      // Cut off where it is too loud: what is added to the sign would be heard as a crack.
      assert.strictEqual(Math.max(...loud), 32_767)
      assert.strictEqual(Math.min(...loud), -32_767)
      const steps = loud.slice(1).map((sample, index) => Math.abs(sample - (loud[index] ?? 0)))
      assert.isBelow(Math.max(...steps), 3000)
      yield* assertReleased(page)
    }).pipe(Effect.scoped, Effect.provide(world())))

  it.effect("fits a phone, by day and by night", () =>
    Effect.gen(function*() {
      const url = yield* serve({ notice: `An emulator with a very long name listens: ${"x".repeat(100)}` })
      const seen = new Set<string>()
      for (const colorScheme of ["light", "dark"] as const) {
        const { page } = yield* visit({ url, context: { colorScheme, viewport: { width: 320, height: 568 } } })
        yield* ask(
          page,
          "document.getElementById('log').append(Object.assign(document.createElement('p'), { textContent: 'w'.repeat(200) }))"
        )
        assert.isAtMost(yield* ask<number>(page, "document.documentElement.scrollWidth"), 320)
        assert.isAtMost(yield* ask<number>(page, "document.documentElement.scrollHeight"), 568)
        const { height = 0 } = (yield* Effect.promise(() => page.locator("#captions").boundingBox())) ?? {}
        assert.isAtLeast(height, 44)
        seen.add(
          yield* ask<string>(
            page,
            "getComputedStyle(document.body).backgroundColor"
          )
        )
      }
      assert.strictEqual(seen.size, 2)
    }).pipe(Effect.scoped, Effect.provide(world())))
})
