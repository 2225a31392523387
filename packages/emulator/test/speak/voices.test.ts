import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { auraVoices, fluxVoices } from "effect-deepgram/DeepgramApi"
import { catalogue } from "../../src/internal/catalogue.ts"
import {
  auraVoice,
  fluxVoice,
  isControllable,
  isVoice,
  parseVoice,
  type Voice
} from "../../src/internal/speak/voices.ts"
import { refusal, success } from "./support.ts"

describe("voices", () => {
  it("are those that Deepgram documents, and custom ones", () => {
    for (const name of auraVoices) assert.strictEqual(success(auraVoice(name, [])).model.name, name)
    for (const name of fluxVoices) assert.strictEqual(success(fluxVoice(name, [])).model.name, name)
    assert.strictEqual(success(auraVoice(undefined, [])).model.name, "aura-asteria-en")
    assert.strictEqual(success(auraVoice("aura-2-ours-en", ["aura-2-ours-en"])).model.name, "aura-2-ours-en")
    assert.strictEqual(success(fluxVoice("flux-ours-en", ["flux-ours-en"])).model.name, "flux-ours-en")
    for (const voice of [auraVoice("aura-2-nobody-en", []), fluxVoice("aura2", []), fluxVoice("flux-nobody-en", [])]) {
      assert.isTrue(Result.isFailure(voice))
    }
    assert.deepStrictEqual(refusal(auraVoice("aura-2-nobody-en", [])), [
      "INVALID_QUERY_PARAMETER",
      "Invalid 'model' value of 'aura-2-nobody-en'."
    ])
  })

  it("are no custom models that listen: what is called like a voice is one", () => {
    const custom = ["ours", "nova-3-ours", "aurally", "aura-ours", "flux-ours"]
    assert.deepStrictEqual(custom.filter(isVoice), ["aura-ours", "flux-ours"])
    for (const name of ["ours", "nova-3-ours", "aurally"]) {
      for (const voice of [auraVoice(name, custom), fluxVoice(name, custom)]) {
        assert.deepStrictEqual(refusal(voice), ["INVALID_QUERY_PARAMETER", `Invalid 'model' value of '${name}'.`])
      }
    }
    const { stt, tts } = catalogue({ custom, includeOutdated: false })
    const listed = (models: ReadonlyArray<{ readonly canonical_name?: string }>) =>
      models.map(({ canonical_name = "" }) => canonical_name).filter((name) => custom.includes(name))
    assert.deepStrictEqual([listed(stt), listed(tts)], [["ours", "nova-3-ours", "aurally"], ["aura-ours", "flux-ours"]])
  })

  it("are of the family that their names say, even of one that nobody knows", () => {
    assert.deepStrictEqual(parseVoice("aura-2-thalia-en"), { arch: "aura-2", name: "thalia", language: "en" })
    assert.deepStrictEqual(parseVoice("aura-zeus-en"), { arch: "aura", name: "zeus", language: "en" })
    assert.deepStrictEqual(parseVoice("aura-3-ours-es"), { arch: "aura-3", name: "ours", language: "es" })
    assert.deepStrictEqual(parseVoice("flux-ours"), { arch: "flux", name: "ours", language: "en" })
  })

  it("are not those of the other family, not even as custom models", () => {
    const onV1 = "V2_MODEL_ON_V1_SPEAK_ENDPOINT"
    const onV2 = "V1_MODEL_ON_V2_SPEAK_ENDPOINT"
    for (const name of fluxVoices) {
      assert.propertyVal(refusal(auraVoice(name, fluxVoices)), "0", onV1)
    }
    for (const name of auraVoices) {
      assert.propertyVal(refusal(fluxVoice(name, auraVoices)), "0", onV2)
    }
  })

  it("have the UUIDs of the catalogue, their family and their language", () => {
    const custom = ["aura-2-ours-en", "aura-3-ours-es", "aura-ours"]
    const { tts } = catalogue({ custom, includeOutdated: true })
    for (const name of [...auraVoices, ...custom]) {
      const { model } = success(auraVoice(name, custom))
      const listed = tts.find(({ canonical_name }) => canonical_name === name)
      assert.strictEqual(model.uuid, listed?.uuid)
      assert.strictEqual(model.arch, listed?.architecture)
      assert.deepStrictEqual([model.language], listed?.languages)
    }
    assert.include(success(fluxVoice("flux-haley-en", [])).model, { arch: "flux", language: "en" })
  })

  it("are spread over the four test voices", () => {
    const count = (voices: ReadonlyArray<Voice>) =>
      [0, 1, 2, 3].map((test) => voices.filter(({ testVoice }) => testVoice === test).length)
    for (
      const counts of [
        count(auraVoices.map((name) => success(auraVoice(name, [])))),
        count(fluxVoices.map((name) => success(fluxVoice(name, []))))
      ]
    ) {
      const fair = counts.reduce((sum, count) => sum + count) / 4
      for (const number of counts) assert.isTrue(number > fair / 2 && number < fair * 2, counts.join())
    }
  })

  it("can be controlled in Aura-2, English and Spanish", () => {
    const controllable = auraVoices.filter((name) => isControllable(success(auraVoice(name, []))))
    assert.deepStrictEqual(controllable, auraVoices.filter((name) => /^aura-2-.*-(en|es)$/.test(name)))
  })
})
