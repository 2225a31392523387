/** What the contract takes for no settings of an agent: the server refuses what it does not know, and `null` (inventory 3). */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { at, decode, encode, isHolder, type Path } from "../support/agentMessages.ts"
import { type SettingsMessage, settingsVariants } from "../support/agentSettings.ts"

const variants = Object.entries(settingsVariants)

/** A copy with another value at a place. */
const withValue = (settings: unknown, path: Path, value: unknown): unknown => {
  const copy = structuredClone(settings)
  const holder = at(copy, path.slice(0, -1))
  const last = path.at(-1)
  if (isHolder(holder) && last !== undefined) holder[last] = value
  return copy
}

/** Places of values, the whole first. */
const placesOf = (value: unknown, path: Path = []): ReadonlyArray<Path> => [
  path,
  ...(isHolder(value) ? Object.entries(value) : []).flatMap(([key, member]) => placesOf(member, [...path, key]))
]

/** Whether anything may stand here: in what functions take, and in a provider that nobody describes. */
const isFree = (settings: unknown, path: Path): boolean =>
  path.some((key, i) =>
    key === "parameters" && path[i - 2] === "functions" ||
    key === "provider" && isHolder(at(settings, path.slice(0, i + 1))) &&
      at(settings, [...path.slice(0, i + 1), "type"]) === "nvidia"
  )

/** Every place of every variant, with how it is called. */
const places = variants.flatMap(([name, settings]) =>
  placesOf(settings).map((path) => ({ settings, path, label: `${name}: ${path.join(".")}` }))
)

const encodeSettings = encode("Settings")
const decodeSettings = decode("Settings")

/** What settings are called that are taken nevertheless, on either side. */
const accepted = (all: ReadonlyArray<{ readonly label: string; readonly settings: unknown }>) =>
  all.filter(({ settings }) => Result.isSuccess(encodeSettings(settings)) || Result.isSuccess(decodeSettings(settings)))
    .map(({ label }) => label)

describe("what are no settings of an agent", () => {
  it("has a member that nobody knows, at any depth", () => {
    const unknown = places.filter(({ path, settings }) =>
      isHolder(at(settings, path)) && !Array.isArray(at(settings, path)) && !isFree(settings, path)
    )
    assert.isAbove(unknown.length, 500)
    assert.deepStrictEqual(
      accepted(
        unknown.map(({ label, path, settings }) => ({ label, settings: withValue(settings, [...path, "unknown"], {}) }))
      ),
      []
    )
  })

  it("has a misspelled member", () => {
    const members = places.filter(({ path, settings }) =>
      typeof path.at(-1) === "string" && !Array.isArray(at(settings, path.slice(0, -1))) &&
      path.at(-2) !== "headers" && !isFree(settings, path.slice(0, -1))
    )
    assert.isAbove(members.length, 1000)
    assert.deepStrictEqual(
      accepted(members.map(({ label, path, settings }) => ({
        label,
        settings: withValue(
          withValue(settings, path, undefined),
          [...path.slice(0, -1), `${path.at(-1)}s`],
          at(settings, path)
        )
      }))),
      []
    )
  })

  it("holds null", () => {
    const members = places.filter(({ path, settings }) => !isFree(settings, path.slice(0, -1)))
    assert.isAbove(members.length, 1500)
    assert.deepStrictEqual(
      accepted(members.map(({ label, path, settings }) => ({
        label,
        settings: path.length === 0 ? null : withValue(settings, path, null)
      }))),
      []
    )
  })

  const thinking = (provider: object) => ({ think: { provider } })
  const listening = (options: object) => ({
    listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en", ...options } }
  })
  const speaking = (provider: object) => ({ speak: { provider } })
  const cartesia = { type: "cartesia", model_id: "sonic-2", voice: { mode: "id", id: "a-voice" } }

  const agents: Readonly<Record<string, ReadonlyArray<object>>> = {
    "a temperature": [
      ...[-0.1, 2.1, Number.NaN, Number.POSITIVE_INFINITY, "1"].flatMap((temperature) =>
        ["open_ai", "google", "groq", "aws_bedrock"].map((type) => thinking({ type, model: "one", temperature }))
      ),
      thinking({ type: "anthropic", model: "one", temperature: 1.1 }),
      thinking({ type: "anthropic", model: "one", temperature: -0.1 })
    ],
    "a threshold": [
      ...[0.49, 1.01, "0.7"].map((eot_threshold) => listening({ eot_threshold })),
      ...[0.29, 0.91].map((eager_eot_threshold) => listening({ eager_eot_threshold })),
      ...[499, 60_001, 600.5].map((eot_timeout_ms) => listening({ eot_timeout_ms }))
    ],
    "expressivity": [3, -3, 0.5].map((expressivity) =>
      speaking({ type: "deepgram", version: "v2", model: "flux-kit-en", expressivity })
    ),
    "a volume": [0.4, 2.1].map((volume) => speaking({ ...cartesia, volume })),
    "a length of context": [1, -1, "min", Number.NaN].map((context_length) => ({
      think: { provider: { type: "open_ai", model: "gpt-5" }, context_length }
    })),
    "a version": [
      listening({ version: "v3" }),
      listening({ version: "v1", eot_threshold: 0.7 }),
      listening({ version: undefined, eot_threshold: 0.7 })
    ],
    "a provider": [
      thinking({ type: "unknown", model: "one" }),
      thinking({ type: "open_ai" }),
      thinking({ model: "gpt-5" }),
      speaking({ type: "aws_bedrock", model: "one" }),
      speaking({ ...cartesia, voice: { mode: "id" } }),
      speaking({ type: "deepgram" })
    ],
    "credentials": ["type", "region", "access_key_id", "secret_access_key"].map((name) =>
      speaking({
        type: "aws_polly",
        voice: "Amy",
        language: "en-GB",
        engine: "neural",
        credentials: { type: "iam", region: "eu", access_key_id: "id", secret_access_key: "key", [name]: undefined }
      })
    )
  }

  it.each(Object.entries(agents))("has %s that cannot be", (_, wrong) => {
    assert.deepStrictEqual(
      accepted(
        wrong.map((agent) => ({ label: JSON.stringify(agent), settings: { type: "Settings", audio: {}, agent } }))
      ),
      []
    )
  })

  it("has audio that cannot be", () => {
    const wrong = [
      { input: { encoding: "linear16" } },
      { input: { sample_rate: 16_000 } },
      { input: { encoding: "linear16", sample_rate: 16_000.5 } },
      { input: { encoding: "linear16", sample_rate: "16000" } },
      { output: { sample_rate: 0.5 } },
      { output: { bitrate: 48_000.5 } },
      { output: { bit_rate: 48_000 } }
    ]
    assert.deepStrictEqual(
      accepted(
        wrong.map((audio) => ({ label: JSON.stringify(audio), settings: { type: "Settings", audio, agent: {} } }))
      ),
      []
    )
  })

  it("lacks what must be there", () => {
    const settings: SettingsMessage = { type: "Settings", audio: {}, agent: {} }
    assert.deepStrictEqual(
      accepted(["type", "audio", "agent"].map((name) => ({
        label: name,
        settings: Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name))
      }))),
      []
    )
  })
})
