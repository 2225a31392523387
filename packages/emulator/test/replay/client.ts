/** A client of HTTP that does what no SDK would. */
import { Effect } from "effect"
import { request } from "node:http"

export interface Options {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly pieces?: ReadonlyArray<string | Uint8Array>
}

/** Sends a body in pieces: the status, and the answer as far as it came. */
export const send = (target: string, { headers = {}, method = "POST", pieces = [] }: Options) =>
  Effect.callback<{ readonly status: number; readonly text: string; readonly isCut: boolean }>((resume) => {
    const client = request(target, { method, headers: headers as Record<string, string>, agent: false }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (piece) => text += piece)
      response.on("error", () => undefined)
      response.on(
        "close",
        () => resume(Effect.succeed({ status: response.statusCode ?? 0, text, isCut: !response.complete }))
      )
    })
    client.on("error", () => resume(Effect.succeed({ status: 0, text: "", isCut: true })))
    for (const piece of pieces) client.write(piece)
    client.end()
    return Effect.sync(() => client.destroy())
  })

/** Sends the beginning of a request, and breaks it off when `isTime`. */
export const breakOff = (
  target: string,
  { headers = {}, method = "POST", pieces = [] }: Options,
  isTime: Effect.Effect<unknown>
) =>
  Effect.gen(function*() {
    const client = yield* Effect.acquireRelease(
      Effect.sync(() =>
        request(target, { method, headers: headers as Record<string, string>, agent: false })
          .on("error", () => undefined)
          .on("response", (response) => response.on("error", () => undefined).resume())
      ),
      (client) => Effect.sync(() => client.destroy())
    )
    for (const piece of pieces) client.write(piece)
    yield* isTime
  }).pipe(Effect.scoped)
