/** Requests of the emulator itself: to fetch a recording, to deliver a callback. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"

const decoded = Option.liftThrowable(decodeURIComponent)

/**
 * A request to a URL that somebody else named; nothing unless it is an absolute HTTP URL. A user and a password in it
 * are sent as Basic authentication: `fetch` would refuse the URL.
 */
export const requestTo = (
  method: HttpMethod.HttpMethod,
  text: string
): Option.Option<HttpClientRequest.HttpClientRequest> => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return Option.none()
  const credentials = Option.all([decoded(url.username), decoded(url.password)])
  url.username = ""
  url.password = ""
  const request = HttpClientRequest.make(method)(url)
  return Option.map(
    credentials,
    ([user, password]) =>
      user === "" && password === "" ? request : HttpClientRequest.basicAuth(request, user, password)
  )
}

/** Sends a request as Deepgram would: without the trace headers of whoever runs the emulator. */
export const send = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.provideService(HttpClient.execute(request), HttpClient.TracerPropagationEnabled, false)
