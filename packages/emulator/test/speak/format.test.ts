import { assert, describe, it } from "@effect/vitest"
import { auraFormats, fluxFormats } from "effect-deepgram/DeepgramApi"
import { type FormatQuery, outputFormat } from "../../src/internal/speak/format.ts"
import { refusal, success } from "./support.ts"

const aura = (query: FormatQuery) => outputFormat(query, auraFormats)
const flux = (query: FormatQuery) => outputFormat(query, fluxFormats)

describe("outputFormat", () => {
  it("takes what is first where nothing is said", () => {
    assert.deepStrictEqual(success(aura({})), {
      encoding: "mp3",
      container: undefined,
      sampleRate: 22_050,
      bitRate: 48_000
    })
    assert.deepStrictEqual(success(aura({ encoding: "linear16" })), {
      encoding: "linear16",
      container: "wav",
      sampleRate: 24_000,
      bitRate: undefined
    })
    assert.deepStrictEqual(success(flux({ encoding: "mulaw" })), {
      encoding: "mulaw",
      container: "wav",
      sampleRate: 8000,
      bitRate: undefined
    })
    assert.deepStrictEqual(success(flux({ encoding: "opus" })), {
      encoding: "opus",
      container: "ogg",
      sampleRate: 48_000,
      bitRate: 12_000
    })
    assert.strictEqual(success(aura({ encoding: "aac" })).bitRate, 48_000)
    assert.strictEqual(success(aura({ encoding: "flac" })).sampleRate, 22_050)
  })

  it("takes every combination of the tables", () => {
    for (const formats of [auraFormats, fluxFormats]) {
      for (const [encoding, { bitRates = [], containers, sampleRates }] of Object.entries(formats)) {
        const rates = sampleRates.length > 1 ? sampleRates : [undefined]
        const bits = "lowest" in bitRates ? [bitRates.lowest, bitRates.highest] : bitRates
        for (const sample_rate of rates) {
          for (const container of [undefined, ...containers]) {
            for (const bit_rate of [undefined, ...bits]) {
              const format = success(outputFormat({ encoding, container, sample_rate, bit_rate }, formats))
              assert.strictEqual(format.sampleRate, sample_rate ?? sampleRates[0])
              assert.strictEqual(format.container, container ?? containers[0])
              if (bit_rate !== undefined) assert.strictEqual(format.bitRate, bit_rate)
            }
          }
        }
      }
    }
  })

  it("refuses other names as Deepgram does", () => {
    assert.deepStrictEqual(refusal(flux({ encoding: "flac16" })), [
      "INVALID_QUERY_PARAMETER",
      "unknown variant `flac16`, expected one of `linear16`, `mulaw`, `alaw`, `mp3`, `opus`, `flac`, `aac`"
    ])
    assert.deepStrictEqual(refusal(flux({ encoding: "linear16", container: "mp4" })), [
      "INVALID_QUERY_PARAMETER",
      "unknown variant `mp4`, expected one of `wav`, `ogg`, `none`"
    ])
  })

  const unsupported: ReadonlyArray<readonly [ReturnType<typeof aura>, string]> = [
    [aura({ container: "wav" }), "`container` is not applicable when `encoding=mp3`"],
    [aura({ encoding: "flac", container: "none" }), "`container` is not applicable when `encoding=flac`"],
    [aura({ encoding: "opus", container: "none" }), "`container=none` is invalid when `encoding=opus`"],
    [aura({ encoding: "linear16", container: "ogg" }), "`container=ogg` is invalid when `encoding=linear16`"],
    [aura({ sample_rate: 24_000 }), "`sample_rate` is not applicable when `encoding=mp3`"],
    [aura({ sample_rate: 22_050 }), "`sample_rate` is not applicable when `encoding=mp3`"],
    [aura({ encoding: "opus", sample_rate: 48_000 }), "`sample_rate` is not applicable when `encoding=opus`"],
    [aura({ encoding: "mulaw", sample_rate: 24_000 }), "`sample_rate` must be 8000 or 16000 when `encoding=mulaw`"],
    [
      aura({ encoding: "linear16", sample_rate: 44_100 }),
      "`sample_rate` must be 8000, 16000, 24000, 32000, or 48000 when `encoding=linear16`"
    ],
    [aura({ encoding: "linear16", bit_rate: 48_000 }), "`bit_rate` is not applicable when `encoding=linear16`"],
    [aura({ encoding: "flac", bit_rate: 48_000 }), "`bit_rate` is not applicable when `encoding=flac`"],
    [aura({ bit_rate: 8000 }), "`bit_rate` must be 32000 or 48000 when `encoding=mp3`"],
    [flux({ bit_rate: 9 }), "`bit_rate` must be 8000, 16000, 24000, 32000, 40000, or 48000 when `encoding=mp3`"],
    [
      aura({ encoding: "opus", bit_rate: 3999 }),
      "`bit_rate` must be a whole number from 4000 to 650000 when `encoding=opus`"
    ],
    [
      aura({ encoding: "aac", bit_rate: 192_001 }),
      "`bit_rate` must be a whole number from 4000 to 192000 when `encoding=aac`"
    ],
    [
      aura({ encoding: "aac", bit_rate: 4000.5 }),
      "`bit_rate` must be a whole number from 4000 to 192000 when `encoding=aac`"
    ]
  ]
  for (const [format, reason] of unsupported) {
    it(`refuses: ${reason}`, () =>
      assert.deepStrictEqual(refusal(format), [
        "UNSUPPORTED_AUDIO_FORMAT",
        `Unsupported audio format: ${reason}.`
      ]))
  }
})
