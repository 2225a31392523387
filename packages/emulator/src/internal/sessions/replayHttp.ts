/** A request, sent again. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpMethod from "effect/http/HttpMethod"
import * as Stream from "effect/Stream"
import type { Difference } from "../../Sessions.ts"
import * as Compare from "./compare.ts"
import { bytesOf } from "./content.ts"
import type { RecordedCall } from "./format.ts"
import * as Resend from "./resend.ts"

/** Waits until so many milliseconds of the call have passed, if times are kept. */
export const turnOf = (begun: number, at: number, { isRecordedSpeed }: Resend.Surroundings): Effect.Effect<void> =>
  isRecordedSpeed
    ? Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, begun + at - now)))
    : Effect.void

/** How a recorded call ended; one of which nothing more is known was broken off by its client, or was going to be. */
export const endOf = (call: RecordedCall): "complete" | "client" | "server" => {
  const end = Resend.partOf(call, "CallEnd")
  return end === undefined ? "client" : end.cut ?? "complete"
}

const lastAt = ({ parts }: RecordedCall): number => parts.at(-1)?.at ?? 0

/** The body: its pieces, and `sent` when all that there were are gone. */
const bodyOf = (
  call: RecordedCall,
  begun: number,
  sent: Deferred.Deferred<void>,
  surroundings: Resend.Surroundings
): HttpBody.HttpBody => {
  const pieces = Resend.partsOf(call, "RequestBody").map((part) => ({
    at: part.at,
    bytes: Resend.rename(bytesOf(part), part.text, surroundings.names)
  }))
  const isWhole = Resend.partOf(call, "RequestEnd") !== undefined
  const length = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const promised = call.headers.find(([name]) => name.toLowerCase() === "content-length")?.[1]
  const isChunked = call.headers.some(([name]) => name.toLowerCase() === "transfer-encoding")
  if (isWhole && length === 0 && !isChunked) return HttpBody.empty
  const contentLength = isWhole && !isChunked ? length : promised === undefined ? undefined : Number(promised)
  return HttpBody.stream(
    Stream.fromIterable(pieces).pipe(
      Stream.rechunk(1),
      Stream.mapEffect(({ at, bytes }) => Effect.as(turnOf(begun, at, surroundings), bytes)),
      Stream.concat(
        Stream.fromEffectDrain(
          // A server that answers early may have had enough of it; who cuts a body never ends it.
          Effect.andThen(Deferred.succeed(sent, undefined), isWhole ? Effect.void : Effect.never)
        )
      )
    ),
    call.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1],
    contentLength
  )
}

/** The body of the answer as far as it comes, or as far as it had come when the client had enough. */
const read = Effect.fnUntraced(function*(response: HttpClientResponse.HttpClientResponse, most: number) {
  const pieces: Array<Uint8Array> = []
  let length = 0
  const isCut = yield* response.stream.pipe(
    Stream.takeUntil((piece) => {
      pieces.push(piece)
      length += piece.length
      return length >= most
    }),
    Stream.runDrain,
    Effect.as(false),
    Effect.catch(() => Effect.succeed(true))
  )
  return { bytes: Buffer.concat(pieces), isCut }
})

const compareAnswer = Effect.fnUntraced(function*(
  call: RecordedCall,
  begun: number,
  response: HttpClientResponse.HttpClientResponse,
  surroundings: Resend.Surroundings
): Effect.fn.Return<ReadonlyArray<Difference>> {
  const { names } = surroundings
  const answer = Resend.partOf(call, "Answer")
  const end = endOf(call)
  const before = Buffer.concat(Resend.partsOf(call, "AnswerBody").map(bytesOf))
  const isPart = end !== "complete"
  const now = yield* read(response, end === "client" && before.length > 0 ? before.length : Infinity)
  if (end === "client") yield* turnOf(begun, lastAt(call), surroundings)
  const ended = now.isCut ? "server" : "complete"
  return [
    ...(answer === undefined
      ? []
      : [
        ...Compare.json(answer.status, response.status, "$.status", names),
        ...Compare.headers(answer.headers, response.headers, names)
      ]),
    ...(isPart ? Compare.bytes(before, now.bytes, "$.body", true) : Compare.body(before, now.bytes, "$.body", names)),
    ...(end === "client" || end === ended ? [] : [{ path: "$.end", recorded: end, replayed: ended }])
  ]
})

/** Sends a request again, and says what is not as it was. */
export const replayHttp = Effect.fnUntraced(function*(
  call: RecordedCall,
  surroundings: Resend.Surroundings
): Effect.fn.Return<ReadonlyArray<Difference>, never, HttpClient.HttpClient> {
  const begun = yield* Clock.currentTimeMillis
  const sent = yield* Deferred.make<void>()
  const { method } = call
  if (!HttpMethod.isHttpMethod(method)) return [{ path: "$.method", recorded: method, replayed: undefined }]
  const request = HttpClientRequest.make(method)(Resend.urlOf(call, surroundings)).pipe(
    HttpClientRequest.setBody(bodyOf(call, begun, sent, surroundings)),
    HttpClientRequest.setHeaders(Resend.headers(call, surroundings))
  )
  const end = endOf(call)
  const wasAnswered = Resend.partOf(call, "Answer") !== undefined
  const answered = HttpClient.execute(request).pipe(
    Effect.flatMap((response) => compareAnswer(call, begun, response, surroundings)),
    Effect.catch((error) =>
      Effect.succeed<ReadonlyArray<Difference>>(
        end === "server" && !wasAnswered ? [] : [{ path: "$.end", recorded: end, replayed: error.message }]
      )
    ),
    Effect.timeoutOrElse({
      duration: Resend.patienceFor(lastAt(call), surroundings),
      orElse: () => Effect.succeed([{ path: "$.end", recorded: end, replayed: "nothing came for too long" }])
    })
  )
  // A client that did not wait for the answer does not wait for it now, and leaves as long after its last word as then.
  const lastWord = Resend.partsOf(call, "RequestBody").at(-1)?.at ?? 0
  const givenUp = Deferred.await(sent).pipe(
    Effect.andThen(Effect.sleep(lastAt(call) - lastWord)),
    Effect.as<ReadonlyArray<Difference>>([])
  )
  return yield* (end === "client" && !wasAnswered ? Effect.raceFirst(answered, givenUp) : answered)
})
