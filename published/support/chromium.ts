/** A page of a real browser, with a module of ours in it. */
import { Effect, type Scope } from "effect"
import { spawnSync } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { chromium, type Page } from "playwright-core"
import { chromiumOptions } from "../../scripts/chromium.mjs"

const options = chromiumOptions()

const { stdout } = spawnSync(options.executablePath, ["--version"], { encoding: "utf8" })

/** As the browser says it. */
export const version = /\d+(\.\d+)+/.exec(stdout)?.[0] ?? ""

if (version === "") throw new Error(`${options.executablePath} does not run`)

const document = "<!doctype html><title>Programs</title><link rel=icon href=data:,>"

/** Serves a page of nothing, and the module beside it: a page of a file would have no origin. */
const serve = (code: string) =>
  Effect.callback<{ readonly url: string; readonly close: Effect.Effect<void> }>((resume) => {
    const server = createServer(({ url }, answer) => {
      const [type, text] = url === "/module.js" ? ["text/javascript", code] : ["text/html", document]
      answer.setHeader("content-type", type).end(text)
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({
        url: `http://127.0.0.1:${port}/`,
        close: Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
      }))
    })
  })

/** A page, and what is seen of it. */
export interface Tab {
  readonly page: Page
  /** Sockets that were opened: the headers of the request, and of the answer. */
  readonly handshakes: ReadonlyArray<Record<"request" | "answer", Readonly<Record<string, string>>>>
  /** URLs of what was asked for otherwise. */
  readonly requests: ReadonlyArray<string>
  /** Errors that nobody has taken. */
  readonly problems: ReadonlyArray<string>
}

const watch = async (page: Page): Promise<Tab> => {
  const handshakes: Array<Tab["handshakes"][number]> = []
  const requests: Array<string> = []
  const problems: Array<string> = []
  page.on("request", (request) => requests.push(request.url()))
  page.on("pageerror", ({ message }) => problems.push(message))
  // Playwright does not show the headers of sockets.
  const protocol = await page.context().newCDPSession(page)
  protocol.on("Network.webSocketHandshakeResponseReceived", ({ response }) => {
    if (response.status === 101) handshakes.push({ request: response.requestHeaders ?? {}, answer: response.headers })
  })
  await protocol.send("Network.enable")
  return { page, handshakes, requests, problems }
}

/** Opens a page in a browser of its own, which ends with the scope. The page can import `/module.js`: the code. */
export const open = (code: string): Effect.Effect<Tab, never, Scope.Scope> =>
  Effect.gen(function*() {
    const browser = yield* Effect.acquireRelease(
      Effect.promise(() => chromium.launch(options)),
      (browser) => Effect.promise(() => browser.close())
    )
    const { url } = yield* Effect.acquireRelease(serve(code), ({ close }) => close)
    const page = yield* Effect.promise(() => browser.newPage())
    const tab = yield* Effect.promise(() => watch(page))
    yield* Effect.promise(() => page.goto(url))
    return tab
  })
