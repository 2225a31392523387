/** What a machine without a key needs: an emulator, and a web server with the recordings and a mailbox for callbacks. */
import { Emulator } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Deferred, Effect, Layer, type Redacted, Schema } from "effect"
import { ListenV1 } from "effect-deepgram"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { relative } from "node:path"
import { fileURLToPath } from "node:url"
import { recordings } from "../recordings.ts"
import { thinker } from "./thinker.ts"

/** The path of a recording of this repository. */
export const recording = (name: string): string =>
  relative("", fileURLToPath(new URL(`../audio/${name}`, import.meta.url)))

/** The job was accepted, but nothing came of it. */
export class NotDelivered extends Schema.TaggedError<NotDelivered>()("NotDelivered", { message: Schema.String }) {}

/** The local world. */
export class Studio extends Context.Service<Studio, {
  readonly deepgramUrl: string
  readonly apiKey: Redacted.Redacted
  /** Where the recordings are served. */
  readonly audioUrl: (name: string) => string
  /** Where callbacks are taken. */
  readonly callbackUrl: string
  /** The first transcription that comes to the callback URL. */
  readonly delivered: Effect.Effect<ListenV1.Transcription, NotDelivered>
}>()("examples/Studio") {
  static readonly layer = Layer.effect(
    Studio,
    Effect.gen(function*() {
      const emulator = yield* Emulator.Emulator
      const server = yield* HttpServer.HttpServer
      const mailbox = yield* Deferred.make<ListenV1.Transcription>()
      const routes = Layer.mergeAll(
        HttpRouter.add(
          "GET",
          "/audio/:name",
          Effect.flatMap(HttpRouter.params, ({ name = "" }) =>
            // Only what is meant to be served: a name could be a path to anywhere.
            Object.hasOwn(recordings, name)
              ? HttpServerResponse.file(recording(name))
              : Effect.succeed(HttpServerResponse.empty({ status: 404 })))
        ),
        HttpRouter.add(
          "POST",
          "/transcriptions",
          HttpServerRequest.schemaBodyJson(ListenV1.Transcription).pipe(
            Effect.flatMap((transcription) => Deferred.succeed(mailbox, transcription)),
            Effect.as(HttpServerResponse.empty())
          )
        )
      )
      yield* HttpServer.serveEffect(yield* HttpRouter.toHttpEffect(routes))
      const base = HttpServer.formatAddress(server.address)
      return {
        deepgramUrl: emulator.url,
        apiKey: emulator.apiKey,
        audioUrl: (name: string) => `${base}/audio/${name}`,
        callbackUrl: `${base}/transcriptions`,
        delivered: Effect.timeoutOrElse(Deferred.await(mailbox), {
          duration: "1 minute",
          orElse: () =>
            Effect.fail(new NotDelivered({ message: "no transcription came to the callback within a minute" }))
        })
      }
    })
  ).pipe(
    Layer.provide([Emulator.layer({ thinker }), NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })])
  )
}
