/** Runs programs in a worker: a request names a suite, and is answered with an `Outcome` for each, a line of JSON, as they end. */
import * as Deepgram from "effect-deepgram/Deepgram"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Runtime } from "../programs/program.ts"
import { suites } from "../programs/suites.ts"
import { traits } from "../programs/traits.ts"
import { outcomesOf } from "./outcomes.ts"

/** Bindings of the worker. */
interface Env {
  readonly DEEPGRAM_BASE_URL: string
  readonly DEEPGRAM_API_KEY: string
}

export default {
  fetch: (request: Request, env: Env): Response => {
    const suite = new URL(request.url).searchParams.get("suite")
    return new Response(
      Stream.fromIterable(suites.filter(({ name }) => name === suite)).pipe(
        Stream.flatMap(outcomesOf),
        Stream.map((outcome) => `${JSON.stringify(outcome)}\n`),
        Stream.encodeText,
        Stream.provide(Layer.merge(
          Deepgram.layer({ baseUrl: env.DEEPGRAM_BASE_URL, apiKey: Redacted.make(env.DEEPGRAM_API_KEY) }),
          Layer.succeed(Runtime, traits.worker)
        )),
        Stream.toReadableStream()
      )
    )
  }
}
