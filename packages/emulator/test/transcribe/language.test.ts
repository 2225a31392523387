import { assert, describe, it } from "@effect/vitest"
import { alternative, channel, transcribe } from "./speech.ts"

const samples: Readonly<Record<string, string>> = {
  en: "Good morning, how are you? I would like to talk about my account.",
  es: "Buenos días, me gustaría hablar con usted sobre la cuenta.",
  fr: "Bonjour, je voudrais parler avec vous de mon compte.",
  de: "Guten Morgen, ich möchte mit Ihnen über mein Konto sprechen.",
  it: "Buongiorno, vorrei parlare con lei della fattura che ho ricevuto.",
  pt: "Bom dia, eu não recebi a fatura e gostaria de falar com você.",
  nl: "Goedemorgen, ik wil het graag met u over mijn rekening hebben.",
  sv: "God morgon, jag vill prata med dig om mitt konto och min faktura.",
  tr: "Günaydın, hesabım için sizinle konuşmak istiyorum, bu çok iyi.",
  id: "Selamat pagi, saya ingin berbicara dengan anda tentang akun yang ini.",
  pl: "Dzień dobry, chciałbym porozmawiać o moim koncie, czy to jest możliwe?",
  ru: "Доброе утро, я хотел бы поговорить с вами о счёте, это очень важно.",
  uk: "Добрий ранок, я хотів би поговорити про рахунок, це дуже важливо.",
  ja: "おはようございます。 口座について 話したいです。",
  zh: "早上好， 我想 谈谈 我的 账户。",
  ko: "안녕하세요, 제 계좌에 대해 이야기하고 싶습니다.",
  hi: "सुप्रभात, मैं अपने खाते के बारे में बात करना चाहता हूँ।",
  ar: "صباح الخير، أود أن أتحدث عن حسابي."
}

describe("detect_language", () => {
  for (const [code, text] of Object.entries(samples)) {
    it(code, () => {
      const { detected_language, language_confidence = 0 } = channel({ detect_language: true }, text)
      assert.strictEqual(detected_language, code)
      assert.isTrue(language_confidence > 0.9 && language_confidence <= 1, `${language_confidence}`)
    })
  }

  it("goes by rare letters, too", () => {
    for (const [code, text] of [["sv", "Fåtölj"], ["de", "Straße"], ["tr", "Işık"], ["pl", "Łódź"], ["uk", "Київ"]]) {
      assert.strictEqual(channel({ detect_language: true }, text!).detected_language, code)
    }
  })

  it("is not sure of a name, nor of two languages", () => {
    const name = channel({ detect_language: true }, "Deepgram")
    assert.strictEqual(name.detected_language, "en")
    assert.isBelow(name.language_confidence ?? 1, 0.2)
    const both = channel({ detect_language: true }, `${samples["ru"]} ${samples["en"]}`)
    assert.isBelow(both.language_confidence ?? 1, 0.7)
  })

  it("chooses among the candidates, as they are written, and is no surer for it", () => {
    const { detected_language, language_confidence = 1 } = channel(
      { detect_language: ["fr", "de-CH"] },
      "Ich bin nicht sure what you want from me, und das ist gut."
    )
    assert.strictEqual(detected_language, "de-CH")
    assert.isBelow(language_confidence, 0.99)
    assert.strictEqual(channel({ detect_language: "ja" }, "Hello there.").detected_language, "ja")
    assert.strictEqual(channel({ detect_language: "ja" }, "Hello there.").language_confidence, 0)
  })

  it("says so when it cannot detect a candidate", () => {
    const query = { detect_language: ["en", "eo"] }
    assert.strictEqual(channel(query, "Hello, how are you?").detected_language, "en")
    assert.isFalse("detected_language" in channel({ detect_language: "eo" }, "Hello, how are you?"))
    const { metadata } = transcribe([], query)
    assert.deepStrictEqual(metadata.warnings, [{
      parameter: "detect_language",
      type: "unsupported_language",
      message: "The emulator cannot detect `eo`."
    }])
  })

  it("detects nothing in nothing", () => {
    assert.isFalse("detected_language" in channel({ detect_language: true }))
    assert.isFalse("detected_language" in channel({ detect_language: true }, "123 — 4"))
    assert.isFalse("detected_language" in channel({ detect_language: false }, "Hello"))
    assert.isFalse("detected_language" in channel({}, "Hello"))
  })
})

describe("language=multi", () => {
  it("gives the language of each sentence", () => {
    const text = "Good morning, how are you? Bien, gracias, pero no hablo muy bien, lo siento. Deepgram."
    const { languages, words = [] } = alternative({ language: "multi", punctuate: true }, text)
    assert.deepStrictEqual(languages, ["es", "en"])
    assert.strictEqual(
      words.filter(({ language }) => language === "es").map(({ punctuated_word }) => punctuated_word).join(" "),
      "Bien, gracias, pero no hablo muy bien, lo siento. Deepgram."
    )
    assert.isTrue(words.every(({ language }) => language === "en" || language === "es"))
  })

  it("only", () => {
    const { words, ...rest } = alternative({ language: "es" }, "Hola")
    assert.isFalse("languages" in rest)
    assert.isTrue(words?.every((word) => !("language" in word)))
    assert.deepStrictEqual(alternative({ language: "multi" }).languages, [])
  })
})
