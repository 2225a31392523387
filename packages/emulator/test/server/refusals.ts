/** Tests of what is refused: one for each request, in a table by how it is answered. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, refusalOf } from "./support.ts"

/** What is sent, and the words in which it is refused. */
export type Refused = readonly [name: string, sent: Effect.Effect<Answer, never, Emulator.Emulator>, words: RegExp]

/** Tests that all of these are refused, by their status and code, as in `400 PAYLOAD_ERROR`. */
export const testRefusals = (
  it: Vitest.MethodsNonLive<Emulator.Emulator>,
  refused: Readonly<Record<string, ReadonlyArray<Refused>>>
): void => {
  for (const [statusAndCode, requests] of Object.entries(refused)) {
    for (const [name, sent, words] of requests) {
      it.effect(`refuses ${name}: ${statusAndCode}`, () =>
        Effect.gen(function*() {
          const { headers, status, text } = yield* sent
          const { err_code, err_msg, request_id } = refusalOf({ headers, status, text })
          assert.strictEqual(`${status} ${err_code}`, statusAndCode, text)
          assert.match(err_msg, words)
          assert.strictEqual(request_id, headers.get("dg-request-id"))
          assert.isNotNull(headers.get("dg-error"))
          assert.isNotNull(headers.get("dg-project-id"))
          assert.notInclude(text, Emulator.defaultApiKey)
        }))
    }
  }
}
