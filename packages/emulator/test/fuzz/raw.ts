/** A client that speaks TCP: bytes there, bytes back. */
import { assert } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { connect } from "node:net"

/** Milliseconds after which a connection that nobody ends is one that hangs. */
const patience = 20_000

export interface Talk {
  /** Written one after the other, each in a turn of the event loop of its own. */
  readonly pieces: ReadonlyArray<Uint8Array>
  /** Looks at all that has come; the client ends its side when this is true. Default: it leaves that to the server. */
  readonly isOver?: (received: Buffer) => boolean
  /** Milliseconds of silence after which the client ends its side too. Default: never. */
  readonly quiet?: number
}

interface Heard {
  readonly received: Buffer
  readonly isReset: boolean
}

const talkOnce = (port: number, { isOver = () => false, pieces, quiet }: Talk): Effect.Effect<Heard> =>
  Effect.callback((resume) => {
    let received = Buffer.alloc(0)
    let isReset = false
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
    const watch = setTimeout(() => {
      resume(Effect.die(new Error(`nobody ended the connection after ${received.toString("latin1").slice(0, 2000)}`)))
      socket.destroy()
    }, patience)
    let nudge: NodeJS.Timeout | undefined
    const listen = () => {
      if (quiet === undefined) return
      clearTimeout(nudge)
      nudge = setTimeout(() => socket.end(), quiet)
    }
    const write = (at: number) => {
      const piece = pieces[at]
      if (piece === undefined || !socket.writable) return listen()
      socket.write(piece)
      setImmediate(() => write(at + 1))
    }
    socket.on("connect", () => write(0))
      .on("data", (chunk) => {
        received = Buffer.concat([received, chunk])
        listen()
        if (isOver(received)) socket.end()
      })
      .on("end", () => socket.end())
      .on("error", () => {
        isReset = true
      })
      .on("close", () => {
        clearTimeout(watch)
        clearTimeout(nudge)
        resume(Effect.succeed({ received, isReset }))
      })
    return Effect.sync(() => {
      clearTimeout(watch)
      clearTimeout(nudge)
      socket.destroy()
    })
  })

/**
 * All that came until the connection was over; dies when it is not. A server does not wait long for a client to read its
 * last words: of what was lost to a machine that stood still, all is said again.
 */
export const talk = (port: number, options: Talk): Effect.Effect<Buffer> =>
  talkOnce(port, options).pipe(
    Effect.repeat({ until: ({ isReset }) => !isReset, times: 2 }),
    Effect.map(({ received }) => received)
  )

export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

const chunked = (bytes: Buffer): { readonly body: Buffer; readonly length: number } => {
  const parts: Array<Buffer> = []
  for (let at = 0;;) {
    const end = bytes.indexOf("\r\n", at)
    assert.isAtLeast(end, 0, "a chunk without a size")
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16)
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
    assert.isAtMost(at, bytes.length, "a chunk that is not all there")
    if (size === 0) return { body: Buffer.concat(parts), length: at }
  }
}

/** The answers that bytes are, all of them and nothing else; interim ones are left out. */
export const answersIn = (bytes: Buffer): ReadonlyArray<Answer> => {
  const answers: Array<Answer> = []
  for (let rest = bytes; rest.length > 0;) {
    const end = rest.indexOf("\r\n\r\n")
    assert.isAtLeast(end, 0, `no head: ${rest.toString("latin1").slice(0, 500)}`)
    const [first = "", ...lines] = rest.toString("latin1", 0, end).split("\r\n")
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\w ]*$/.exec(first)?.[1])
    assert.isFalse(Number.isNaN(status), `no status line: ${first}`)
    const headers = new Map(lines.map((line) => {
      const [name = "", value] = line.split(/: ?(.*)/)
      return [name.toLowerCase(), value ?? ""]
    }))
    rest = rest.subarray(end + 4)
    if (status < 200) continue
    const length = Number(headers.get("content-length") ?? 0)
    const { body, length: taken } = headers.get("transfer-encoding") === "chunked"
      ? chunked(rest)
      : { body: rest.subarray(0, length), length }
    assert.isAtMost(taken, rest.length, "a body that is not all there")
    answers.push({ status, headers, body })
    rest = rest.subarray(taken)
  }
  return answers
}

const Refusal = Schema.fromJsonString(Schema.Union([
  Schema.Struct({ err_code: Schema.String, err_msg: Schema.String, request_id: Schema.String }),
  Schema.Struct({ category: Schema.String, message: Schema.String, request_id: Schema.String })
]))

const readRefusal = Schema.decodeUnknownOption(Refusal)

/** An answer is a success, or a refusal in one of Deepgram's shapes that does not blame the emulator. */
export const assertProper = ({ body, headers, status }: Answer): void => {
  const text = body.toString("utf8")
  assert.isBelow(status, 500, text)
  if (status < 400) return
  assert.match(headers.get("dg-request-id") ?? "", /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, `${status} ${text}`)
  const refusal = readRefusal(text)
  assert.isTrue(Option.isSome(refusal), `${status} ${text}`)
  assert.strictEqual(Option.getOrThrow(refusal).request_id, headers.get("dg-request-id"))
  assert.isString(headers.get("dg-error"))
}
