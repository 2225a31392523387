import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { request } from "node:http"
import { chromium, type Page } from "playwright-core"
import { chromiumOptions } from "../../../../scripts/chromium.mjs"
import { connect } from "./socket.ts"

/** A browser on the status page, and what its console says. */
const open = Effect.fnUntraced(function*(url: string) {
  const browser = yield* Effect.acquireRelease(
    Effect.promise(() => chromium.launch(chromiumOptions())),
    (browser) => Effect.promise(() => browser.close())
  )
  const page = yield* Effect.promise(() => browser.newPage())
  const problems: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text())
  })
  page.on("pageerror", ({ message }) => problems.push(message))
  yield* Effect.promise(() => page.goto(url))
  return { page, problems }
})

/** Waits until the row of a table says all of that: its cells. */
const row = (page: Page, table: string, ...texts: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const found = texts.reduce(
      (rows, text) => rows.filter({ hasText: text }),
      page.locator(`#${table} tbody tr`)
    ).first()
    await found.waitFor()
    return found.locator("td").allTextContents()
  })

const shows = (page: Page, selector: string, text: string) =>
  Effect.promise(() => page.locator(selector).filter({ hasText: text }).waitFor())

const get = (url: string, init: RequestInit = {}) =>
  Effect.promise(() =>
    fetch(url, { headers: { authorization: `Token ${Emulator.defaultApiKey}` }, ...init })
      .then((response) => response.text().then(() => response.status))
  )

/** `fetch` would escape what a page should. */
const getRaw = (url: string, path: string) =>
  Effect.callback<void>((resume) => {
    const { hostname, port } = new URL(url)
    request({ hostname, port, path }, (answer) => answer.resume().on("end", () => resume(Effect.void))).end()
  })

const hostile = "/v1/<script>document.title='owned'</script>?x=<img/src=x/onerror=document.title='owned'>"

describe("the status page", () => {
  it.live("shows calls and sessions as they come and go, sets and clears faults, and notices the end", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(Emulator.layer(), scope)
      yield* Effect.gen(function*() {
        const { faults, url } = yield* Emulator.Emulator
        const { page, problems } = yield* open(url)
        yield* shows(page, "#state", "running")
        yield* shows(page, "#url", url)
        yield* shows(page, "#recent-none", "No call is over.")

        // What clients send is text.
        yield* getRaw(url, hostile)
        yield* get(`${url}/v1/projects`)
        const cells = yield* row(page, "recent", "/v1/projects", "200")
        assert.strictEqual(cells[1], "GET")
        assert.match(cells[8] ?? "", /^[\da-f-]{36}$/)
        const [, , path] = yield* row(page, "recent", "404")
        assert.strictEqual(path, hostile)
        yield* shows(page, "#calls", "2")

        const session = yield* Scope.make()
        const { send } = yield* Effect.provideService(
          connect("/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000"),
          Scope.Scope,
          session
        )
        yield* send(new Uint8Array(3200))
        const open1 = yield* row(page, "sessions", "/v1/listen", "1 message, 3.1 KiB")
        assert.strictEqual(open1[0], "WebSocket")
        yield* shows(page, "#sessions-count", "1")
        yield* Scope.close(session, Exit.void)
        yield* shows(page, "#sessions-none", "No session is open.")
        yield* row(page, "recent", "/v1/listen", "101")

        const plan = Faults.plan([{ name: "busy", faults: [{ type: "Answer", status: 503 }] }])
        yield* Effect.promise(() => page.fill("#plan", "{"))
        yield* Effect.promise(() => page.click("#set"))
        yield* shows(page, "#answer.bad", "It is no JSON.")
        yield* Effect.promise(() => page.fill("#plan", JSON.stringify(plan)))
        yield* Effect.promise(() => page.click("#set"))
        yield* shows(page, "#current", "busy")
        yield* shows(page, "#answer:not(.bad)", "Done")
        assert.deepStrictEqual(yield* faults.plan, plan)
        assert.strictEqual(yield* get(`${url}/v1/projects`), 503)
        yield* row(page, "injected", "Answer", "busy", "GET /v1/projects")
        yield* row(page, "recent", "503", "Answer")
        yield* Effect.promise(() => page.click("#clear"))
        yield* shows(page, "#current", "Nothing goes wrong.")
        assert.strictEqual(yield* get(`${url}/v1/projects`), 200)

        // On a phone nothing is wider than the page.
        yield* Effect.promise(() => page.setViewportSize({ width: 360, height: 640 }))
        const width = yield* Effect.promise(() => page.evaluate("document.documentElement.scrollWidth"))
        assert.isAtMost(Number(width), 360)
        assert.strictEqual(yield* Effect.promise(() => page.title()), "Deepgram emulator")
        assert.deepStrictEqual(problems, [
          "Failed to load resource: the server responded with a status of 400 (Bad Request)"
        ])

        yield* Scope.close(scope, Exit.void)
        yield* shows(page, "#state", "gone")
      }).pipe(Effect.provide(context), Effect.ensuring(Scope.close(scope, Exit.void)))
    }))
})
