/**
 * A receiver for what Deepgram sends to a `callback`: an HTTP app of Effect that checks who calls, keeps each result
 * once however often it is delivered, and has recordings transcribed for it.
 *
 *     node --conditions=@effect-deepgram/source examples/webhook.ts https://me:secret@example.com/results results
 *     node --conditions=@effect-deepgram/source examples/webhook.ts https://me:secret@example.com/results results \
 *       https://dpgr.am/spacewalk.wav
 *
 * The URL is where Deepgram reaches this program: from the internet, on port 80, 443, 8080 or 8443. The results go into
 * the folder. With recordings the program ends when the results of all of them are there.
 *
 * Deepgram proves itself with the user and the password of the URL, which it sends as Basic authentication; and, where
 * DEEPGRAM_API_KEY_ID is set, with the header `dg-token`: the id of the key that asked, as the console and `Keys.list`
 * show it. Since October 2026 Deepgram supports the first way alone; the second one is for receivers that rely on it.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  ByteSize,
  Config,
  Console,
  Context,
  Effect,
  FileSystem,
  Layer,
  Option,
  Path,
  type PlatformError,
  Queue,
  Redacted,
  Schema
} from "effect"
import { ListenV1, Transcript } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { HttpIncomingMessage, HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createHash, randomUUID, timingSafeEqual } from "node:crypto"
import { createServer } from "node:http"
import { Failed, runCommand } from "./command.ts"

/** Where results are kept: another one would be a table whose primary key is the request id. */
class Results extends Context.Service<Results, {
  /** Whether it was not there yet. Where it fails Deepgram delivers again: up to ten times, every 30 seconds. */
  readonly keep: (requestId: string, body: string) => Effect.Effect<boolean, PlatformError.PlatformError>
}>()("examples/webhook/Results") {
  /** Files that are named by the request id. */
  static readonly layerFolder = (folder: string) =>
    Layer.effect(
      Results,
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { join } = yield* Path.Path
        yield* fs.makeDirectory(folder, { recursive: true })
        return {
          keep: Effect.fn("Results.keep")(function*(requestId, body) {
            const part = join(folder, `.${randomUUID()}`)
            // Of several at once one makes the link, and nobody ever sees half of a file.
            return yield* fs.writeFileString(part, body).pipe(
              Effect.andThen(fs.link(part, join(folder, `${requestId}.json`))),
              Effect.as(true),
              Effect.catchIf(({ reason }) => reason._tag === "AlreadyExists", () => Effect.succeed(false)),
              Effect.ensuring(Effect.ignore(fs.remove(part)))
            )
          })
        }
      })
    )
}

const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))

/** What is delivered. The request id becomes the name of a file, so nothing but a UUID will do. */
const Delivery = Schema.fromJsonString(ListenV1.Transcription).check(
  Schema.makeFilter(({ metadata }) => isUuid(metadata.request_id) || "metadata.request_id is not a UUID")
)

const digest = (text: string) => createHash("sha256").update(text).digest()

/** How long it takes does not tell how much of a guess was right. */
const isSame = (secret: Redacted.Redacted, given = "") => timingSafeEqual(digest(Redacted.value(secret)), digest(given))

const basic = (credentials: string) => Redacted.make(`Basic ${Buffer.from(credentials).toString("base64")}`)

/** What a delivery has to carry, by header. */
type Proofs = ReadonlyArray<readonly [header: string, secret: Redacted.Redacted]>

/** What Deepgram is told in the URL, and what it knows of the key. */
const proofsOf = Effect.fnUntraced(function*({ password, username }: URL) {
  const keyId = yield* Config.option(Config.NonEmptyString("DEEPGRAM_API_KEY_ID"))
  const credentials = yield* Effect.try({
    try: () => [username, password].map(decodeURIComponent).join(":"),
    catch: () => new Failed({ message: "the user or the password of the URL is not percent-encoded" })
  })
  const proofs: Proofs = [
    ...credentials === ":" ? [] : [["authorization", basic(credentials)] as const],
    ...Option.toArray(keyId).map((id) => ["dg-token", Redacted.make(id)] as const)
  ]
  return proofs.length > 0
    ? proofs
    : yield* new Failed({ message: "anybody could send results: write a user and a password into the URL" })
})

const answer = (status: number) => HttpServerResponse.empty({ status })

/** Takes deliveries, and tells of those that are new. */
const receive = (proofs: Proofs, onNew: (transcription: ListenV1.Transcription) => Effect.Effect<void>) =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    // Before anything of the body is read.
    if (!proofs.every(([header, secret]) => isSame(secret, request.headers[header]))) return answer(401)
    const body = yield* request.text
    const transcription = yield* Schema.decodeEffect(Delivery)(body)
    // As it came: it may have fields that the types do not know yet.
    const isNew = yield* Results.use(({ keep }) => keep(transcription.metadata.request_id, body))
    if (isNew) yield* onNew(transcription)
    return answer(200)
  }).pipe(
    Effect.catchTags({
      SchemaError: ({ message }) => Effect.as(Effect.logWarning("No transcription:", message), answer(400)),
      HttpServerError: ({ message }) => Effect.as(Effect.logWarning("Not received:", message), answer(400)),
      PlatformError: ({ message }) => Effect.as(Effect.logError("Not kept:", message), answer(500))
    }),
    // The words of some ten hours.
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.mebibytes(64))
  )

const config = {
  callback: Argument.String("url").pipe(
    Argument.withDescription("where Deepgram reaches this program, with a user and a password"),
    Argument.withSchema(Schema.URLFromString)
  ),
  folder: Argument.Directory("folder").pipe(Argument.withDescription("where the results go")),
  recordings: Argument.String("recording").pipe(
    Argument.withDescription("URLs of recordings to transcribe"),
    Argument.variadic()
  ),
  port: Flag.Int("port").pipe(Flag.withDescription("to listen on, default 8080"), Flag.withDefault(8080))
}

const webhook = Command.make("webhook", config, ({ callback, folder, port, recordings }) =>
  Effect.gen(function*() {
    const proofs = yield* proofsOf(callback)
    const kept = yield* Queue.unbounded<string>()
    const onNew = (transcription: ListenV1.Transcription) =>
      Effect.andThen(
        Console.log(`✓ ${transcription.metadata.request_id}: ${Transcript.toText(transcription)}`),
        Queue.offer(kept, transcription.metadata.request_id)
      )
    const path = callback.pathname as `/${string}`
    yield* HttpServer.serveEffect(
      yield* HttpRouter.toHttpEffect(HttpRouter.add("POST", path, receive(proofs, onNew)))
    )
    yield* Console.log(`▶ listening on port ${port} for ${callback.origin}${path}`)

    const waiting = new Set<string>()
    for (const recording of recordings) {
      const { request_id } = yield* ListenV1.submitUrl(recording, { model: "nova-3", smart_format: true, callback })
      waiting.add(request_id)
      yield* Console.log(`▶ ${request_id} is ${recording}`)
    }
    // A result may be here before its receipt is.
    while (recordings.length === 0 || waiting.size > 0) waiting.delete(yield* Queue.take(kept))
  }).pipe(
    Effect.scoped,
    Effect.provide([
      Results.layerFolder(folder),
      NodeHttpServer.layer(createServer, { port }),
      NodeDeepgram.layerConfig()
    ])
  )).pipe(Command.withDescription("Receives the results of transcriptions"))

runCommand(webhook, { serves: true })
