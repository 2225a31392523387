/** Clients that see what really passes the wire. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { Deferred, Effect, Redacted } from "effect"
import { connect } from "node:net"

/** What a TCP client saw. */
export interface Seen {
  /** As latin1. */
  readonly text: string
  /** `end`: the other side has closed in order; otherwise the code of the error. */
  readonly ending: string
}

export const authorization = Effect.map(
  Effect.service(Emulator.Emulator),
  ({ apiKey }) => `Token ${Redacted.value(apiKey)}`
)

/** A connection; it is closed with the scope. */
export const dial = Effect.gen(function*() {
  const { url } = yield* Emulator.Emulator
  const { hostname, port } = new URL(url)
  const ended = yield* Deferred.make<Seen>()
  const wanted: Array<{ readonly isThere: (text: string) => boolean; readonly found: Deferred.Deferred<string> }> = []
  let text = ""
  const look = () => {
    for (const { found, isThere } of wanted) if (isThere(text)) Deferred.doneUnsafe(found, Effect.succeed(text))
  }
  const socket = yield* Effect.acquireRelease(
    Effect.sync(() => connect(Number(port), hostname)),
    (socket) => Effect.sync(() => socket.destroy())
  )
  const end = (ending: string) => Deferred.doneUnsafe(ended, Effect.succeed({ text, ending }))
  socket.setEncoding("latin1")
    .on("data", (data) => {
      text += String(data)
      look()
    })
    .on("end", () => end("end"))
    .on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  /** Waits for what was received to be as it is wanted. */
  const until = Effect.fnUntraced(function*(isThere: (text: string) => boolean) {
    const found = yield* Deferred.make<string>()
    wanted.push({ isThere, found })
    look()
    return yield* Deferred.await(found)
  })
  return {
    socket,
    write: (bytes: string | Uint8Array) => Effect.sync(() => socket.write(bytes)),
    until,
    /** Waits for the end of the connection. */
    ended: Deferred.await(ended),
    received: () => text
  }
})

/** The text of a request. */
export const requestOf = Effect.fnUntraced(
  function*(
    line: string,
    { body = "", faults, headers = {} }: {
      readonly headers?: Readonly<Record<string, string>>
      readonly faults?: Faults.Fault | ReadonlyArray<Faults.Fault>
      readonly body?: string
    } = {}
  ) {
    const all = {
      host: "x",
      authorization: yield* authorization,
      ...(faults === undefined ? undefined : { [Faults.header]: JSON.stringify(faults) }),
      ...(body === "" ? undefined : { "content-length": String(body.length) }),
      ...headers
    }
    return [`${line} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`), "", body].join(
      "\r\n"
    )
  }
)

/** A request on a connection of its own. */
export const raw = Effect.fnUntraced(function*(line: string, options: Parameters<typeof requestOf>[1] = {}) {
  const client = yield* dial
  yield* client.write(yield* requestOf(line, options))
  return client
})

/** Head and body of what was received. */
export const partsOf = (text: string): { readonly head: string; readonly body: string } => {
  const at = text.indexOf("\r\n\r\n") + 4
  return { head: text.slice(0, at), body: text.slice(at) }
}

/** The `content-length` of a head. */
export const lengthOf = (head: string): number => Number(/^content-length: (\d+)/im.exec(head)?.[1])

/** The types of the faults that happened, in order. */
export const happened = Effect.gen(function*() {
  const { faults } = yield* Emulator.Emulator
  return (yield* faults.injected).map(({ fault }) => fault.type)
})

const turn = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

/** Waits for something that happens without the clock. */
export const eventually = <E, R>(isSo: Effect.Effect<boolean, E, R>): Effect.Effect<void, E, R> =>
  Effect.gen(function*() {
    while (!(yield* isSo)) yield* turn
  })

/** Waits until so many faults have happened. */
export const logged = (count: number) => eventually(Effect.map(happened, ({ length }) => length >= count))

/** What was answered. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A call, with the key of the emulator. */
export const call = Effect.fnUntraced(
  function*(
    path: string,
    { faults, ...init }: RequestInit & { readonly faults?: Faults.Fault | ReadonlyArray<Faults.Fault> } = {}
  ) {
    const { url } = yield* Emulator.Emulator
    const headers = {
      authorization: yield* authorization,
      ...(faults === undefined ? undefined : { [Faults.header]: JSON.stringify(faults) }),
      ...Object.fromEntries(new Headers(init.headers))
    }
    return yield* Effect.promise(async (signal): Promise<Answered> => {
      const response = await fetch(`${url}${path}`, { signal, ...init, headers })
      return { status: response.status, headers: response.headers, text: await response.text() }
    })
  }
)

/** A call that nothing happens to: what was sent before has been looked at. */
export const settled = Effect.andThen(call("/v1/projects"), call("/v1/projects"))

/** What the emulator says of its calls. */
const status = Effect.map(
  call("/_emulator/status"),
  ({ text }): {
    readonly active: ReadonlyArray<unknown>
    readonly recent: ReadonlyArray<{ readonly status?: number }>
  } => JSON.parse(text)
)

/** How many calls are going on. */
export const active = Effect.map(status, ({ active }) => active.length)

/** The status of the call that ended last. */
export const recentStatus = Effect.map(status, ({ recent }) => recent[0]?.status)

/** A session says `Metadata` first, and answers a `Clear` with `Cleared`. */
export const sessionPath = "/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=8000"

/** The headers of a handshake that asks for faults. */
export const dialing = Effect.fnUntraced(function*(...faults: ReadonlyArray<Faults.Fault>) {
  return { authorization: yield* authorization, [Faults.header]: JSON.stringify(faults) }
})

/** What the log of the calls says of sessions: their statuses. */
export const statuses = Effect.gen(function*() {
  const { text } = yield* call("/v1/projects")
  const [id] = /[\da-f-]{36}/.exec(text) ?? []
  const requests = yield* call(`/v1/projects/${id}/requests`)
  return Array.from(requests.text.matchAll(/"code":(\d+)/g), ([, code]) => Number(code))
})

/** The headers of a handshake. */
export const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="
}

/** The handshake of a client that speaks TCP only. */
export const rawHandshake = (...faults: ReadonlyArray<Faults.Fault>) =>
  raw(`GET ${sessionPath}`, { headers: upgrade, faults })

/** Runs a test with an emulator of its own. */
export const onItsOwn = Effect.provide(Emulator.layer())
