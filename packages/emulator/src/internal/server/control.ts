/**
 * What is about the emulator and not about Deepgram: the status page, and the endpoints behind it. They need no key; who
 * is kept out are the scripts of other pages, which a browser would let ask.
 */
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Faults from "../../Faults.ts"
import { parsePlan } from "../faults/planning.ts"
import { pathOf } from "./paths.ts"
import type { Status } from "./status.ts"
import { contentSecurityPolicy, page } from "./statusPage.ts"

/** Largest plan, in bytes. */
const maxPlanBytes = 1_048_576

/** Hosts that are this machine whatever anybody's name server says. */
const isLoopback = (name: string): boolean =>
  name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name)

/** The interface to listen on, as it stands in a URL. */
const nameOf = (host: string): string => (host.includes(":") ? `[${host}]` : host).toLowerCase()

const headers = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
}

/** Durations of plans that were set in process, as JSON can say them. */
function sayable(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const original = this[name]
  const plain = Duration.isDuration(original)
    ? Duration.toMillis(original)
    : typeof original === "bigint"
    ? Duration.toMillis(Duration.nanos(original))
    : value
  return plain === Infinity ? "Infinity" : plain
}

const json = (body: unknown, status = 200) =>
  HttpServerResponse.text(JSON.stringify(body, sayable), { status, headers, contentType: "application/json" })

const problem = (status: number, message: string) => json({ error: message }, status)

/**
 * Why a request is not answered: a page of another origin asks, or one whose name has been bent to this machine (DNS
 * rebinding).
 */
const intrusionOf = (
  listening: string,
  { "sec-fetch-site": site, host, origin }: Readonly<Record<string, string | undefined>>
): string | undefined => {
  const name = URL.parse(`http://${host}`)?.hostname ?? ""
  const own = nameOf(listening)
  if (isLoopback(own) && !isLoopback(name) && name !== own) {
    return `This emulator is not at ${JSON.stringify(host ?? "")}: it listens on ${listening} alone`
  }
  const isForeign = site === "cross-site" || site === "same-site" ||
    (origin !== undefined && URL.parse(origin)?.host !== URL.parse(`http://${host}`)?.host)
  return isForeign ? "Pages of other origins have no access to the emulator's own endpoints" : undefined
}

const sentPlan = Effect.flatMap(HttpServerRequest, ({ text }) => text).pipe(
  Effect.provideService(MaxBodySize, ByteSize.bytes(maxPlanBytes)),
  Effect.mapError(() => new Faults.PlanError({ message: `A plan has at most ${maxPlanBytes} bytes` })),
  Effect.flatMap(parsePlan)
)

/** Answers what is asked of the emulator itself; `host` is the interface that it listens on. */
export const make = ({ faults, host, status }: {
  readonly faults: Faults.Controls
  readonly host: string
  readonly status: Effect.Effect<Status>
}) => {
  const plan = Effect.map(faults.plan, (plan) => json(plan))
  const html = HttpServerResponse.text(page, {
    contentType: "text/html; charset=utf-8",
    headers: { ...headers, "content-security-policy": contentSecurityPolicy }
  })
  const routes: Readonly<
    Record<
      string,
      Readonly<
        Record<string, Effect.Effect<HttpServerResponse.HttpServerResponse, Faults.PlanError, HttpServerRequest>>
      >
    >
  > = {
    "/": { GET: Effect.succeed(html) },
    "/_emulator/status": { GET: Effect.map(status, (status) => json(status)) },
    "/_emulator/faults": {
      GET: plan,
      PUT: Effect.andThen(Effect.flatMap(sentPlan, faults.set), plan),
      DELETE: Effect.andThen(faults.clear, plan)
    },
    "/_emulator/faults/injected": { GET: Effect.map(faults.injected, (injected) => json(injected)) }
  }
  return Effect.flatMap(HttpServerRequest, (request) => {
    const path = pathOf(request.url)
    const route = routes[path]
    // Whoever follows a link to the page gets there from another origin.
    const site = path === "/" ? { host: request.headers["host"] } : request.headers
    const intrusion = intrusionOf(host, site)
    if (intrusion !== undefined) return Effect.succeed(problem(403, intrusion))
    if (route === undefined) return Effect.succeed(problem(404, `The emulator has nothing at ${path}`))
    const handler = route[request.method === "HEAD" ? "GET" : request.method]
    if (handler === undefined) {
      const allow = Object.keys(route).join(", ")
      const refusal = problem(405, `${path} takes ${allow}`)
      return Effect.succeed(HttpServerResponse.setHeader(refusal, "allow", allow))
    }
    return Effect.catch(handler, ({ message }) => Effect.succeed(problem(400, message)))
  })
}
