/** An answer as `effect/http` knows it. */
import * as Effect from "effect/Effect"
import * as Cookies from "effect/http/Cookies"
import * as Headers from "effect/http/Headers"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type * as UrlParams from "effect/http/UrlParams"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import { pipeArguments } from "effect/Pipeable"
import type * as Schema from "effect/Schema"
import type * as Socket from "effect/socket/Socket"
import * as Stream from "effect/Stream"
import type { Broken, Download } from "./download.ts"
import { decompress, decompressorsOf } from "./encoding.ts"
import type { Target } from "./target.ts"

/** What there is of a body: more of it, its end, or why there is no more. */
type Arrived =
  | Exclude<ReturnType<Download["take"]>, Broken | "ended" | undefined>
  | "ended"
  | HttpClientError.HttpClientError

/** A body for one reader, who is told once of what comes next. */
interface Arriving {
  readonly take: () => Arrived | undefined
  readonly onArrival: (wake: ((arrived: Arrived) => void) | undefined) => void
}

type ReceivedHeaders = Readonly<Record<string, string | Array<string> | undefined>>

/** Names are in lower case already; a header that came several times is a list. */
const headersOf = (received: ReceivedHeaders): Headers.Headers => {
  const headers: Record<string, string> = {}
  for (const name in received) {
    const value = received[name]
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ")
  }
  return Headers.fromRecordUnsafe(headers)
}

type Reading<A> = Effect.Effect<A, HttpClientError.HttpClientError>

const decoder = new TextDecoder()

/** The head, and the body on demand. */
export class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest
  readonly status: number
  readonly remoteAddress: Option.Option<string> = Option.none()
  readonly #received: ReceivedHeaders
  readonly #target: Target
  readonly #body: Download
  readonly #isArriving: boolean
  #headers: Headers.Headers | undefined

  /** `isArriving`: for one who reads the body on the short way. Whoever wraps a client must see what is read of it. */
  constructor(
    request: HttpClientRequest,
    target: Target,
    status: number,
    received: ReceivedHeaders,
    body: Download,
    isArriving: boolean
  ) {
    super()
    this.request = request
    this.status = status
    this.#target = target
    this.#received = received
    this.#body = body
    this.#isArriving = isArriving
  }

  get url(): string {
    return this.#target.origin + this.#target.path
  }

  get headers(): Headers.Headers {
    return this.#headers ??= headersOf(this.#received)
  }

  get cookies(): Cookies.Cookies {
    return Cookies.fromSetCookie(this.#received["set-cookie"] ?? [])
  }

  readonly #broken = ({ cause }: Broken): HttpClientError.HttpClientError =>
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.DecodeError({ request: this.request, response: this, cause })
    })

  get #decompressors(): ReturnType<typeof decompressorsOf> {
    return decompressorsOf(this.headers["content-encoding"])
  }

  #arrived(arrived: ReturnType<Download["take"]>): Arrived | undefined {
    return typeof arrived === "object" && "cause" in arrived ? this.#broken(arrived) : arrived
  }

  /** By this text `effect-deepgram` finds the short way of a body, which takes no effect for each piece. */
  get ["effect-deepgram/arriving"](): Arriving | undefined {
    const body = this.#body
    if (!this.#isArriving || this.#decompressors.length > 0) return undefined
    const take = () => this.#arrived(body.take())
    return {
      take,
      onArrival: (wake) =>
        body.onArrival(
          wake && (() => {
            const arrived = take()
            if (arrived !== undefined) wake(arrived)
          })
        )
    }
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> {
    const bytes = Stream.ensuring(Stream.fromPull(Effect.succeed(this.#body.next)), this.#body.giveUp)
    return Stream.mapError(decompress(bytes, this.#decompressors), this.#broken)
  }

  get #bytes(): Reading<Uint8Array> {
    const decompressors = this.#decompressors
    const bytes = Effect.flatMap(this.#body.bytes, (received) =>
      // Nothing is also what a 204 has, whatever its headers say.
      decompressors.length === 0 || received.byteLength === 0
        ? Effect.succeed(received)
        : Effect.map(
          Stream.runCollect(decompress(Stream.make(received), decompressors)),
          (chunks) => Buffer.concat(chunks)
        ))
    return Effect.mapError(bytes, this.#broken)
  }

  get arrayBuffer(): Reading<ArrayBuffer> {
    return Effect.map(this.#bytes, (bytes) => new Uint8Array(bytes).buffer)
  }

  get text(): Reading<string> {
    const { whole } = this.#body
    // As a rule it is there already, and as it is.
    if (whole !== undefined && this.#decompressors.length === 0) return Effect.succeed(decoder.decode(whole))
    return Effect.map(this.#bytes, (bytes) => decoder.decode(bytes))
  }

  get json(): Reading<Schema.Json> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({
        try: (): Schema.Json => text === "" ? null : JSON.parse(text),
        catch: (cause) => this.#broken({ cause })
      }))
  }

  // What this SDK never asks for is left to the implementation over the web's `Response`.
  get #web(): Reading<HttpClientResponse.HttpClientResponse> {
    return Effect.map(this.#bytes, (bytes) =>
      HttpClientResponse.fromWeb(
        this.request,
        new globalThis.Response(new Uint8Array(bytes), {
          headers: { "content-type": this.headers["content-type"] ?? "" }
        })
      ))
  }

  get formData(): Reading<FormData> {
    return Effect.flatMap(this.#web, (response) => response.formData)
  }

  get urlParamsBody(): Reading<UrlParams.UrlParams> {
    return Effect.flatMap(this.#web, (response) => response.urlParamsBody)
  }

  get upgrade(): Reading<Socket.Socket> {
    return Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.StatusCodeError({
          request: this.request,
          response: this,
          description: "this transport hands over no connections"
        })
      })
    )
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, {
      _id: "HttpClientResponse",
      request: this.request.toJSON(),
      status: this.status
    })
  }

  pipe() {
    return pipeArguments(this, arguments)
  }
}
