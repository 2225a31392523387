/** Runs programs in a page of a browser. */
import * as Deepgram from "effect-deepgram/Deepgram"
import type { DeepgramError } from "effect-deepgram/DeepgramError"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as ReadV1 from "effect-deepgram/ReadV1"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type Outcome, Runtime } from "../programs/program.ts"
import { suites } from "../programs/suites.ts"
import { traits } from "../programs/traits.ts"
import { outcomesOf } from "./outcomes.ts"

/** What a server hands to a page: an access token, and never a key. */
export interface Access {
  readonly baseUrl: string
  readonly token: string
}

/** Runs the programs of a suite. */
export const run = ({ baseUrl, token }: Access, suite: string): Promise<ReadonlyArray<Outcome>> =>
  Stream.fromIterable(suites.filter(({ name }) => name === suite)).pipe(
    Stream.flatMap(outcomesOf),
    Stream.runCollect,
    Effect.provide([
      Deepgram.layer({ baseUrl, accessToken: Redacted.make(token) }),
      Layer.succeed(Runtime, traits.page)
    ]),
    Effect.runPromise
  )

/** What a failure says; errors themselves cannot leave a page. */
export interface Told {
  readonly _tag: DeepgramError["_tag"]
  readonly message: string
}

/** How a request and a session fail with a key that nobody has allowed in a page. */
export const withKey = (baseUrl: string, key: string): Promise<ReadonlyArray<Told>> =>
  Effect.all([
    Effect.flip(ReadV1.analyze({ text: "I love it." }, { sentiment: true })),
    Effect.flip(Effect.scoped(ListenV1.connect({ model: "nova-3" })))
  ]).pipe(
    Effect.map((errors) => errors.map(({ _tag, message }) => ({ _tag, message }))),
    Effect.provide(Deepgram.layer({ baseUrl, apiKey: Redacted.make(key) })),
    Effect.runPromise
  )
