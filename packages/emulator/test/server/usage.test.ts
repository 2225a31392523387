import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Deepgram, type DeepgramError, Keys, ListenV1, Usage } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { callback, day, epoch, listen, read, recording, speak, stereo, sumOf, text } from "./calls.ts"
import { failureOf, inProject, newKey, nothing, project, send, withKey } from "./management.ts"

const breakdown = (options?: Usage.BreakdownOptions) => inProject((id) => Usage.breakdown(id, options))

const requestsOf = (options: Usage.FilterOptions) =>
  Effect.map(breakdown(options), ({ results }) => sumOf(results, "requests"))

/** What every group has in common where it is not grouped by it. */
const ungrouped = {
  accessor: null,
  endpoint: null,
  feature_set: null,
  models: null,
  method: null,
  tags: null,
  deployment: null
}

describe("usage", () => {
  it.effect("is summed up by days, in hours of audio and of channels, tokens, characters and requests", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { metadata: mono } = yield* listen()
      const { metadata: two } = yield* ListenV1.transcribeFile(stereo, { model: "nova-3", multichannel: true })
      yield* Effect.exit(ListenV1.transcribeFile(new TextEncoder().encode("no audio"), { model: "nova-3" }))
      yield* TestClock.setTime(epoch + 2 * day)
      yield* speak
      const { metadata } = yield* read
      const infos = [metadata.summary_info, metadata.topics_info]

      const { results, ...period } = yield* inProject((id) => Usage.summary(id))
      assert.deepStrictEqual<unknown>(period, {
        start: "2026-01-03",
        end: "2026-02-01",
        resolution: { units: "day", amount: 1 }
      })
      const nothing = { hours: 0, total_hours: 0, agent_hours: 0, tokens_in: 0, tokens_out: 0, tts_characters: 0 }
      assert.deepStrictEqual<unknown>(results, [
        {
          start: "2026-01-30",
          end: "2026-01-30",
          ...nothing,
          hours: (two.duration + mono.duration) / 3600,
          total_hours: (2 * two.duration + mono.duration) / 3600,
          requests: 3
        },
        {
          start: "2026-02-01",
          end: "2026-02-01",
          ...nothing,
          tokens_in: infos.reduce((sum, info) => sum + info!.input_tokens!, 0),
          tokens_out: infos.reduce((sum, info) => sum + info!.output_tokens!, 0),
          tts_characters: text.length,
          requests: 2
        }
      ])
      assert.isAbove(results![1]!.tokens_in!, 0)
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("is that of the days that are asked for, by default the last thirty", () =>
    Effect.gen(function*() {
      for (const days of [0, 1, 30]) {
        yield* TestClock.setTime(epoch + days * day)
        yield* listen()
      }
      const periodOf = (options: Usage.PeriodOptions) =>
        Effect.map(breakdown(options), ({ end, results, start }) => [start, end, sumOf(results, "requests")])
      assert.deepStrictEqual(yield* periodOf({}), ["2026-01-31", "2026-03-01", 2])
      assert.deepStrictEqual(yield* periodOf({ start: "2026-01-30" }), ["2026-01-30", "2026-03-01", 3])
      assert.deepStrictEqual(yield* periodOf({ end: "2026-01-30" }), ["2026-01-01", "2026-01-30", 1])
      assert.deepStrictEqual(yield* periodOf({ start: "2026-01-31", end: new Date(epoch + 1.5 * day) }), [
        "2026-01-31",
        "2026-01-31",
        1
      ])
      assert.deepStrictEqual(yield* periodOf({ start: "2026-03-02" }), ["2026-03-02", "2026-03-01", 0])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("is grouped by each of the things that calls have in common, and by nothing", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const other = yield* inProject((id) => Keys.create(id, { comment: "other", scopes: ["usage:write"] }))
      const { api_keys: [own] } = yield* inProject((id) => Keys.list(id))
      yield* listen({ tag: "a", punctuate: true, diarize: true })
      yield* listen({ tag: ["b", "a"], diarize: true, punctuate: true })
      const { metadata: { models: [nova2] = [] } } = yield* withKey(other.key)(
        ListenV1.transcribeFile(recording, { model: "nova-2", tag: "a" })
      )
      const { metadata: { models: [nova3] = [] } } = yield* listen()
      yield* ListenV1.submitFile(recording, { model: "nova-3", callback })
      yield* speak

      const groupsBy = (grouping: NonNullable<Usage.BreakdownOptions["grouping"]>) =>
        Effect.gen(function*() {
          const { results } = yield* breakdown({ grouping })
          return results.map(({ grouping: common, requests }) => {
            const { [grouping as "tags"]: value, ...rest } = common
            const { [grouping as "tags"]: _, ...expected } = { start: "2026-01-30", end: "2026-01-30", ...ungrouped }
            assert.deepStrictEqual<unknown>(rest, expected)
            return [value, requests]
          })
        })
      const expect = Effect.fnUntraced(function*(
        grouping: NonNullable<Usage.BreakdownOptions["grouping"]>,
        groups: ReadonlyArray<readonly [unknown, number]>
      ) {
        assert.sameDeepMembers<unknown>(yield* groupsBy(grouping), [...groups])
      })

      yield* expect("accessor", [[own!.api_key.api_key_id, 5], [other.api_key_id, 1]])
      yield* expect("endpoint", [["listen", 5], ["speak", 1]])
      yield* expect("feature_set", [["diarize,punctuate", 2], ["", 2], ["callback", 1], ["encoding", 1]])
      yield* expect("method", [["sync", 5], ["async", 1]])
      yield* expect("tags", [[["a"], 2], [["a", "b"], 1], [[], 2], [["spoken"], 1]])
      yield* expect("deployment", [["hosted", 6]])
      const models = yield* groupsBy("models")
      assert.includeDeepMembers<unknown>(models, [[[nova3], 4], [[nova2], 1]])
      assert.strictEqual(models.length, 3)

      const { results } = yield* breakdown()
      assert.deepStrictEqual<unknown>(results.map(({ grouping, requests }) => [grouping, requests]), [
        [{ start: "2026-01-30", end: "2026-01-30", ...ungrouped }, 6]
      ])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("is that of calls with certain features, labels, models, keys and methods", () =>
    Effect.gen(function*() {
      const other = yield* inProject((id) => Keys.create(id, { comment: "other", scopes: ["usage:write"] }))
      yield* listen({ punctuate: true, tag: ["a", "b"] })
      yield* listen({ punctuate: true, diarize: true })
      yield* listen({ diarize: true, redact: "pci" })
      yield* withKey(other.key)(listen({ punctuate: false }))
      yield* ListenV1.transcribeFile(recording, { model: "nova-2", keywords: "parcel" })
      yield* ListenV1.submitFile(recording, { model: "nova-3", callback })
      yield* speak
      const { metadata: { models: [nova3] = [] } } = yield* listen()

      const cases: ReadonlyArray<readonly [Usage.FilterOptions, number]> = [
        [{}, 8],
        [{ punctuate: true }, 2],
        [{ punctuate: false }, 6],
        [{ punctuate: true, diarize: true }, 3],
        [{ punctuate: false, diarize: false }, 5],
        [{ diarize: true, redact: false }, 1],
        [{ keywords: true }, 1],
        [{ keyterm: true }, 0],
        [{ callback: true }, 1],
        [{ encoding: true }, 1],
        [{ tag: "a" }, 1],
        [{ tag: "spoken" }, 1],
        [{ tag: "c" }, 0],
        [{ model: nova3 }, 6],
        [{ model: nothing }, 0],
        [{ accessor: other.api_key_id }, 1],
        [{ endpoint: "speak" }, 1],
        [{ method: "async" }, 1],
        [{ deployment: "hosted" }, 8],
        [{ deployment: "self-hosted" }, 0],
        [{ endpoint: "listen", method: "sync", punctuate: true, tag: "b" }, 1]
      ]
      for (const [options, expected] of cases) {
        assert.strictEqual(yield* requestsOf(options), expected, JSON.stringify(options))
        const { results } = yield* inProject((id) => Usage.summary(id, options))
        assert.strictEqual(sumOf(results!, "requests"), expected, JSON.stringify(options))
      }
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("has fields: what was used in the days that are asked for", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      yield* listen({ tag: "old", language: "es" })
      yield* TestClock.setTime(epoch + day)
      const { metadata } = yield* listen({ tag: ["b", "a"], punctuate: true })
      yield* speak
      yield* ListenV1.submitFile(recording, { model: "nova-3", callback, tag: "a" })

      const fields = yield* inProject((id) => Usage.fields(id, { start: "2026-01-31" }))
      assert.deepStrictEqual(
        { ...fields, models: fields.models!.map(({ name }) => name) },
        {
          tags: ["a", "b", "spoken"],
          models: ["aura-2-thalia-en", "general-nova-3"],
          processing_methods: ["async", "sync"],
          features: ["callback", "encoding", "punctuate"],
          languages: ["en"]
        }
      )
      const [uuid = ""] = metadata.models ?? []
      assert.deepStrictEqual<unknown>(fields.models![1], {
        name: "general-nova-3",
        language: "en",
        version: metadata.model_info![uuid]!.version,
        model_id: uuid
      })
      const all = yield* inProject((id) => Usage.fields(id))
      assert.deepStrictEqual([all.tags, all.languages], [["a", "b", "old", "spoken"], ["en", "es"]])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("cannot be asked for of days, in groups and of kinds that there are not, nor without a permission", () =>
    Effect.gen(function*() {
      const id = yield* project
      for (
        const query of [
          "usage?start=2026-02-30",
          "usage?end=2026-01-31T00:00:00",
          "usage?punctuate=maybe",
          "usage/fields?start=1",
          "usage/breakdown?grouping=color",
          "usage/breakdown?deployment=moon",
          "usage?method=batch",
          "usage?endpoint=think"
        ]
      ) {
        const { json, status } = yield* send("GET", `/v1/projects/${id}/${query}`)
        assert.strictEqual(status, 400, query)
        assert.deepInclude(json, { err_code: "INVALID_QUERY_PARAMETER" })
      }
      const writer = withKey(yield* newKey("usage:write"))
      const reader = withKey(yield* newKey("usage:read"))
      const asks: ReadonlyArray<(id: string) => Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>> =
        [
          Usage.summary,
          Usage.fields,
          Usage.breakdown
        ]
      for (const ask of asks) {
        yield* reader(ask(id))
        assert.strictEqual(yield* failureOf(writer(ask(id))), "PermissionDenied")
        assert.strictEqual(yield* failureOf(ask(nothing)), "NotFound")
      }
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
