/** What scripted servers answer. */
import { Effect } from "effect"
import type { OutgoingHttpHeaders } from "node:http"
import type { Answer, Exchange } from "./server.ts"

/** Everything has a default: 200, no headers, an empty body. */
export interface Reply {
  readonly status?: number
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Uint8Array
}

const send = ({ response }: Exchange, { body = "", headers = {}, status = 200 }: Reply): void => {
  response.writeHead(status, headers).end(body)
}

/** Answers after the whole request. */
export const reply = (options: Reply): Answer => (exchange) =>
  Effect.flatMap(exchange.received, () => Effect.sync(() => send(exchange, options)))

/** Answers as soon as the head of the request is there. */
export const replyEarly = (options: Reply): Answer => (exchange) => Effect.sync(() => send(exchange, options))

/** Answers with JSON after the whole request. */
export const json = (value: unknown, options?: Omit<Reply, "body">): Answer =>
  reply({
    ...options,
    headers: { "content-type": "application/json", ...options?.headers },
    body: JSON.stringify(value)
  })

/** Never answers. */
export const silence: Answer = () => Effect.void

// The rest must have left before the connection goes: else the client may not see it.
const writeRaw = ({ socket }: Exchange, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    socket.write(text, () => resume(Effect.void))
  })

const drop = ({ socket }: Exchange): Effect.Effect<void> => Effect.sync(() => socket.destroy())

/** Writes these bytes and then nothing more. */
export const stall = (text: string): Answer => (exchange) => Effect.andThen(exchange.received, writeRaw(exchange, text))

/** Writes these bytes and drops the connection. */
export const cutAfter = (text: string): Answer => (exchange) =>
  exchange.received.pipe(Effect.andThen(writeRaw(exchange, text)), Effect.andThen(drop(exchange)))

/** Resets the connection instead of an answer. */
export const reset: Answer = (exchange) =>
  Effect.andThen(exchange.received, Effect.sync(() => exchange.socket.resetAndDestroy()))

/** A body that goes on for ever, as fast as it is taken. */
export const endless =
  (status: number, chunk: Uint8Array, headers: OutgoingHttpHeaders = {}): Answer => ({ received, response }) =>
    Effect.flatMap(received, () =>
      Effect.sync(() => {
        response.writeHead(status, headers)
        const pump = () => {
          while (!response.destroyed && response.write(chunk)) { /* until the buffers are full */ }
        }
        response.on("drain", pump)
        pump()
      }))
