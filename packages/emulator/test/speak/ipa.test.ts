import { assert, describe, it } from "@effect/vitest"
import { ipaWarnings } from "../../src/internal/speak/ipa.ts"

/** From Deepgram's own documentation. */
const documented = [
  "duːˈpɪljuːmæb",
  "æzəˈθaɪəpɹiːn",
  "ɛəɹˈmɛz",
  "ˈwɪn",
  "ˈsiːkwəl",
  "ˈmɪstɚ",
  "ˈdiːpɡræm",
  "kˈɑpiɹˌaɪt",
  "ˈæp.əl",
  "ˌɪnfɚˈmeɪʃən"
]

const doubts: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["dE7p", ["PRON-001"]],
  ["d7ːp", ["PRON-001", "PRON-002"]],
  ["ːdip", ["PRON-003"]],
  ["dˈ\u0361ip", ["PRON-004"]],
  ["t\u0361ˈip", ["PRON-005"]],
  ["dit\u0361", ["PRON-006"]],
  ["\u0361dip", ["PRON-007"]],
  ["dipˈ", ["PRON-009"]],
  ["\u0361", ["PRON-007", "PRON-006"]],
  ["ˈ", ["PRON-009"]]
]

describe("IPA", () => {
  it("is fine as Deepgram writes it", () => {
    for (const ipa of documented) assert.deepStrictEqual(ipaWarnings(ipa, false), [], ipa)
    for (const ipa of ["t\u0361ʃɪp", "ɲãː", "ç", "naˈsjõ", "bə.ˈnæ.nə", "fə(r)".replace(/[()]/g, "")]) {
      assert.deepStrictEqual(ipaWarnings(ipa, false), [], ipa)
    }
  })

  for (const [ipa, codes] of doubts) {
    it(`${JSON.stringify(ipa)}: ${codes.join(", ")}`, () => assert.deepStrictEqual(ipaWarnings(ipa, false), codes))
  }

  it("has stress marks directly before vowels with Aura", () => {
    assert.deepStrictEqual(ipaWarnings("duːpˈɪljuːmæb", true), [])
    assert.deepStrictEqual(ipaWarnings("duːˈpɪljuːmæb", true), ["PRON-008"])
    assert.deepStrictEqual(ipaWarnings("dipˈ", true), ["PRON-009"])
  })
})
