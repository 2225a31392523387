import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ListenV1, Models } from "effect-deepgram"
import { auraVoices, listenModels } from "effect-deepgram/DeepgramApi"
import { inProject, nothing, project, send } from "./management.ts"

const recording = Recording.wav("Good morning.", { sampleRate: 8_000, encoding: "mulaw" })

const all = Models.list({ include_outdated: true })

const namesOf = ({ stt, tts }: Models.ModelList) => [...stt, ...tts].map(({ canonical_name }) => canonical_name)

layer(Emulator.layerSdk({ models: ["ours", "aura-2-ours-es"] }))("the catalogue", (it) => {
  it.effect("describes what the names say", () =>
    Effect.gen(function*() {
      const { languages, stt, tts } = yield* Models.list()
      const { languages: known, uuid, version, ...nova } = stt.find((model) => model.canonical_name === "nova-3")!
      assert.deepStrictEqual(nova, {
        name: "general",
        canonical_name: "nova-3",
        architecture: "nova-3",
        batch: true,
        streaming: true,
        formatted_output: true,
        multilingual: true
      })
      assert.isTrue(known?.includes("multi"))
      assert.match(uuid!, /^[0-9a-f-]{36}$/)
      assert.isString(version)
      const voice = tts.find(({ canonical_name }) => canonical_name === "aura-2-celeste-es")!
      assert.deepStrictEqual({ ...voice, uuid: "", version: "" }, {
        name: "celeste",
        canonical_name: "aura-2-celeste-es",
        architecture: "aura-2",
        languages: ["es"],
        version: "",
        uuid: "",
        metadata: { display_name: "Celeste" }
      })
      assert.include(languages, { de: "German", ja: "Japanese", multi: "Multilingual" })
      const used = new Set([...stt, ...tts].flatMap((model) => model.languages ?? []))
      assert.deepStrictEqual(Object.keys(languages!).toSorted(), [...used].toSorted())
    }))

  it.effect("has every documented voice, every documented model under one of its names, and no Flux", () =>
    Effect.gen(function*() {
      const names = namesOf(yield* all)
      assert.includeMembers(names, auraVoices as Array<string>)
      assert.includeMembers(names, [
        "nova-3",
        "nova-3-medical",
        "nova-2-drivethru",
        "enhanced-finance",
        "base",
        "video"
      ])
      for (const name of listenModels) {
        assert.isTrue(names.includes(name) || names.includes(name.replace("-general", "")))
      }
      assert.isFalse(names.some((name) => name?.startsWith("flux")))
      assert.strictEqual(new Set(names).size, names.length)
      const models = yield* all
      const uuids = [...models.stt, ...models.tts].map(({ uuid }) => uuid)
      assert.strictEqual(new Set(uuids).size, uuids.length)
    }))

  it.effect("leaves out what is outdated, unless asked", () =>
    Effect.gen(function*() {
      const current = namesOf(yield* Models.list())
      assert.includeMembers(current, ["nova-3", "nova-2-meeting", "aura-asteria-en"])
      for (const old of ["nova", "enhanced", "base", "phonecall"]) assert.notInclude(current, old)
      assert.deepStrictEqual(yield* Models.list({ include_outdated: false }), yield* Models.list())
      const { status } = yield* send("GET", "/v1/models?include_outdated=maybe")
      assert.strictEqual(status, 400)
    }))

  it.effect("names the models of transcripts by the same ids", () =>
    Effect.gen(function*() {
      const { stt } = yield* inProject((id) => Models.listForProject(id, { include_outdated: true }))
      for (const model of ["nova-3", "nova-3-general", "nova-2-meeting", "enhanced", "meeting", "ours"] as const) {
        const { metadata } = yield* ListenV1.transcribeFile(recording, { model })
        const [id = ""] = metadata.models ?? []
        const found = stt.find(({ uuid }) => uuid === id)
        assert.strictEqual(found?.architecture, metadata.model_info?.[id]?.arch, model)
        assert.strictEqual(found?.version, metadata.model_info?.[id]?.version)
      }
    }))

  it.effect("gives each model by its id", () =>
    Effect.gen(function*() {
      const { stt, tts } = yield* all
      for (const model of [stt[0]!, stt.at(-1)!, tts[0]!, tts.at(-1)!]) {
        assert.deepStrictEqual({ ...yield* Models.get(model.uuid!) }, { ...model })
        assert.deepStrictEqual({ ...yield* inProject((id) => Models.getForProject(id, model.uuid!)) }, { ...model })
      }
      for (const path of [`/v1/models/${nothing}`, `/v1/projects/${yield* project}/models/${nothing}`]) {
        const { json, status } = yield* send("GET", path)
        assert.strictEqual(status, 404)
        assert.include(json, { category: "NOT_FOUND", message: "Model not found." })
      }
    }))

  it.effect("shows custom models to their project alone", () =>
    Effect.gen(function*() {
      const { languages, stt, tts } = yield* inProject((id) => Models.listForProject(id))
      assert.deepStrictEqual([stt.at(-1)?.canonical_name, tts.at(-1)?.canonical_name], ["ours", "aura-2-ours-es"])
      assert.property(languages, "es")
      const own = stt.at(-1)!.uuid!
      assert.strictEqual((yield* inProject((id) => Models.getForProject(id, own))).canonical_name, "ours")
      assert.notIncludeMembers(namesOf(yield* all), ["ours", "aura-2-ours-es"])
      assert.strictEqual((yield* send("GET", `/v1/models/${own}`)).status, 404)
    }))
})

it.effect("is not public", () =>
  Effect.gen(function*() {
    for (const path of ["/v1/models", `/v1/models/${nothing}`]) {
      assert.strictEqual((yield* send("GET", path, { authorization: "" })).status, 401)
    }
  }).pipe(Effect.provide(Emulator.layer())))
