/** What is known of a session when it is over. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Billing, ListenV1, ListenV2, Requests, Usage } from "effect-deepgram"
import { inProject } from "../server/management.ts"
import { detailsOf, served, spoken, telephone, transports } from "./support.ts"

const audio = spoken("Good morning.", 0.4)
const seconds = audio.length / telephone.sample_rate

describe("the emulator's log", () => {
  for (const transport of transports) {
    it.effect(`has sessions of both channels over ${transport.name}`, () =>
      Effect.gen(function*() {
        const messages = yield* Stream.make(audio).pipe(
          ListenV1.transcribeStream({ model: "nova-3", diarize: true, tag: ["calls", "monday"], ...telephone }),
          Stream.runCollect
        )
        yield* Stream.make(audio).pipe(
          ListenV2.transcribeStream({ model: "flux-general-en", tag: "turns", ...telephone }),
          Stream.runDrain
        )
        const { requests } = yield* inProject((id) => Requests.list(id, { method: "streaming", endpoint: "listen" }))
        assert.deepStrictEqual(requests.map(({ code }) => code), [200, 200])
        const [flux, v1] = requests.map(detailsOf)
        assert.deepStrictEqual([v1?.duration, v1?.channels, v1?.tags], [seconds, 1, ["calls", "monday"]])
        assert.isTrue(v1?.features.includes("diarize"))
        assert.deepStrictEqual([flux?.duration, flux?.channels, flux?.tags], [seconds, 1, ["turns"]])

        const metadata = messages.findLast((message) => message.type === "Metadata")
        assert.strictEqual(requests[1]?.request_id, metadata?.request_id)
        assert.deepStrictEqual(v1?.models, [...metadata?.models ?? []])

        const { results } = yield* inProject((id) => Usage.breakdown(id, { grouping: "method" }))
        assert.deepStrictEqual(results.map(({ grouping }) => grouping?.method), ["streaming"])
        assert.strictEqual(results[0]?.requests, 2)
        assert.approximately(results[0]?.hours ?? 0, 2 * seconds / 3600, 1e-6)
        const tagged = yield* inProject((id) => Usage.breakdown(id, { tag: "turns", grouping: "models" }))
        assert.deepStrictEqual(tagged.results.map(({ grouping }) => grouping?.models), [flux?.models])
        const { results: billed } = yield* inProject((id) => Billing.breakdown(id, { grouping: ["line_item"] }))
        assert.sameMembers(billed.map(({ grouping }) => grouping?.line_item), ["streaming::nova-3", "streaming::flux"])
      }).pipe(Effect.provide(served(transport))))
  }
})
