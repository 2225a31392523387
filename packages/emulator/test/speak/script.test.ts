import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { combinationProblem, type Dialect, readScript } from "../../src/internal/speak/script.ts"
import { refusal, success } from "./support.ts"

const flux: Dialect = { pauses: true, pronunciations: true, stressBeforeVowel: false }
const aura: Dialect = { pauses: false, pronunciations: true, stressBeforeVowel: true }
const plain: Dialect = { pauses: false, pronunciations: false, stressBeforeVowel: false }

const codeOf = (text: string, dialect: Dialect = flux) => {
  const found = refusal(readScript(text, dialect))
  return Array.isArray(found) ? found[0] : found
}

const spoken = (text: string, dialect: Dialect = flux) =>
  success(readScript(text, dialect)).parts.map((part) => part._tag === "Speech" ? part.text : part.seconds)

const pronounced = (word: string, pronounce: string) => `\\${JSON.stringify({ word, pronounce }).replace(/\}$/, "\\}")}`

describe("text", () => {
  it("is what it is", () => {
    assert.deepStrictEqual(success(readScript("Hello, world.", flux)), {
      parts: [{ _tag: "Speech", text: "Hello, world." }],
      characters: 13,
      breaks: 0,
      pronunciations: 0,
      doubtful: 0,
      warnings: []
    })
  })

  it.prop("without braces is spoken as it is", [Schema.String], ([any]) => {
    const text = `Say ${any.replaceAll("{", "")}`
    assert.deepStrictEqual(spoken(text), [text])
  })

  it("counts characters, not UTF-16 units", () => {
    assert.strictEqual(success(readScript("😀 é", flux)).characters, 3)
  })

  it("with nothing to speak is refused", () => {
    const nothing = ["Bad Request", "Input text contains no characters."] as const
    for (const text of ["", "   ", "\n\t", "\u0000", "\\{pause:500ms\\}"]) {
      assert.deepStrictEqual(refusal(readScript(text, flux)), nothing)
    }
  })

  it("may have 2000 characters, controls not counted", () => {
    const longest = "a".repeat(1996)
    const word = pronounced("b", "bˈiː")
    assert.strictEqual(success(readScript(longest + "abcd", flux)).characters, 2000)
    assert.strictEqual(success(readScript(`${longest}\\{pause:500ms\\} cd`, flux)).characters, 1999)
    assert.strictEqual(success(readScript(longest + word.repeat(4), flux)).characters, 2000)
    for (const text of [`${longest}abcde`, longest + word.repeat(5), `${longest}\\{pause:500ms\\}abcde`]) {
      assert.deepStrictEqual(refusal(readScript(text, flux)), [
        "Payload Too Large",
        "Input text exceeds maximum character limit of 2000."
      ])
    }
  })
})

describe("pauses", () => {
  it("are written in milliseconds, seconds or structured", () => {
    for (
      const [marker, seconds] of [
        ["\\{pause:500\\}", 0.5],
        ["\\{pause:500ms\\}", 0.5],
        ["\\{pause:1s\\}", 1],
        ["\\{pause:1.1s\\}", 1.1],
        ["\\{pause:1.5s\\}", 1.5],
        ["\\{pause: 3000 ms \\}", 3],
        ["\\{ pause : 2s\\}", 2],
        ["{pause:{duration_ms:500}}", 0.5],
        ["{ pause: { duration_ms: 1200 } }", 1.2]
      ] as const
    ) {
      assert.deepStrictEqual(spoken(`One.${marker} Two.`), ["One.", seconds, " Two."], marker)
    }
    const { breaks, characters } = success(readScript("A \\{pause:1s\\} b {pause:{duration_ms:700}} c", flux))
    assert.strictEqual(breaks, 2)
    assert.strictEqual(characters, "A  b  c".length)
  })

  it("may begin and end a text", () => {
    assert.deepStrictEqual(spoken("\\{pause:1s\\}Now.\\{pause:1s\\}"), [1, "Now.", 1])
  })

  it("last from 500 to 3000 ms in steps of 100", () => {
    for (
      const marker of ["\\{pause:400ms\\}", "\\{pause:499\\}", "\\{pause:3100ms\\}", "\\{pause:0s\\}", "\\{pause:9s\\}"]
    ) {
      assert.strictEqual(codeOf(`a ${marker} b`), "BREAK_OUT_OF_RANGE", marker)
    }
    for (
      const marker of ["\\{pause:550ms\\}", "\\{pause:1.55s\\}", "\\{pause:500.5\\}", "{pause:{duration_ms:1001}}"]
    ) {
      assert.strictEqual(codeOf(`a ${marker} b`), "BREAK_INCREMENT_INVALID", marker)
    }
    for (let duration = 500; duration <= 3000; duration += 100) {
      assert.deepStrictEqual(spoken(`a \\{pause:${duration / 1000}s\\} b`)[1], duration / 1000)
    }
  })

  it("are refused when they are not well written", () => {
    for (
      const marker of [
        "{pause:800ms}",
        "\\{pause:800ms}",
        "{pause:800ms\\}",
        "\\{pause:{duration_ms:500}\\}",
        "{pause:{duration:500}}",
        "{pause:{duration_ms:500ms}}",
        "\\{pause:soon\\}",
        "\\{pause:\\}",
        "\\{pause\\}",
        "{pause}",
        "\\{pause:-500ms\\}",
        "\\{pause:1m\\}"
      ]
    ) {
      assert.strictEqual(codeOf(`a ${marker} b`), "BREAK_SYNTAX_INVALID", marker)
    }
  })

  it("are no pauses when something else is in the braces", () => {
    for (const text of ["{paused}", "{a pause: 1s}", "\\{pause for effect\\}", "pause:500ms", "{", "\\{", "{}"]) {
      assert.deepStrictEqual(spoken(`a ${text} b`), [`a ${text} b`])
    }
  })

  it("are at most eight, with text between them", () => {
    const text = (count: number) => `a${" \\{pause:500ms\\} b".repeat(count)}`
    assert.strictEqual(success(readScript(text(8), flux)).breaks, 8)
    assert.strictEqual(codeOf(text(9)), "BREAKS_LIMIT_EXCEEDED")
    assert.strictEqual(codeOf("a \\{pause:500ms\\} \\{pause:500ms\\} b"), "BREAKS_LIMIT_EXCEEDED")
    assert.strictEqual(codeOf("a \\{pause:500ms\\}{pause:{duration_ms:500}} b"), "BREAKS_LIMIT_EXCEEDED")
  })

  it("are text for Aura", () => {
    for (const text of ["a \\{pause:500ms\\} b", "a {pause} b"]) assert.deepStrictEqual(spoken(text, aura), [text])
  })
})

describe("pronunciations", () => {
  it("are spoken and counted as the word", () => {
    const text = `Hello, ${pronounced("Mr.", "ˈmɪstɚ")} Bond.`
    const script = success(readScript(text, flux))
    assert.deepStrictEqual(script.parts, [{ _tag: "Speech", text: "Hello, Mr. Bond." }])
    assert.strictEqual(script.characters, 16)
    assert.strictEqual(script.pronunciations, 1)
    assert.strictEqual(script.doubtful, 0)
  })

  it("may have spaces and escapes", () => {
    assert.deepStrictEqual(
      spoken(`Say \\{ "pronounce" : "h\\u0259lˈoʊ" , "word" : "hello" \\}!`),
      ["Say hello!"]
    )
  })

  it("are text without backslashes, and when they are no JSON", () => {
    for (
      const text of [
        `{"word":"a","pronounce":"b"}`,
        `\\{"word":"a","pronounce":"b"}`,
        `\\{"word":"a"\\}`,
        `\\{"word":1,"pronounce":"b"\\}`,
        `\\{"word":"a","pronounce":"b\\}`,
        `\\{word:"a",pronounce:"b"\\}`
      ]
    ) {
      assert.deepStrictEqual(spoken(`Say ${text}!`), [`Say ${text}!`])
      assert.strictEqual(success(readScript(text, flux)).pronunciations, 0)
    }
  })

  it("are text for voices that do not know them", () => {
    const text = pronounced("a", "b")
    assert.deepStrictEqual(spoken(text, plain), [text])
  })

  it("are doubted, and spoken all the same", () => {
    const script = success(
      readScript(`${pronounced("one", "ːwʌn")} ${pronounced("two", "tuː")} ${pronounced("three", "ː3")}`, flux)
    )
    assert.strictEqual(script.pronunciations, 3)
    assert.strictEqual(script.doubtful, 2)
    assert.deepStrictEqual(script.warnings, ["PRON-003", "PRON-001"])
    assert.deepStrictEqual(script.parts, [{ _tag: "Speech", text: "one two three" }])
    assert.deepStrictEqual(success(readScript(pronounced("win", "ˈwɪn"), aura)).warnings, ["PRON-008"])
  })

  it("are at most 500", () => {
    assert.strictEqual(success(readScript(pronounced("a", "b").repeat(500), flux)).pronunciations, 500)
    assert.strictEqual(codeOf(pronounced("a", "b").repeat(501)), "PRONUNCIATIONS_LIMIT_EXCEEDED")
  })

  it("have at most 128 characters, and ten times as many as the word, though fifteen are always allowed", () => {
    for (const [word, length] of [["a", 15], ["ab", 20], ["abcdefghijklmn", 128]] as const) {
      assert.strictEqual(success(readScript(pronounced(word, "ɑ".repeat(length)), flux)).pronunciations, 1)
      assert.strictEqual(codeOf(pronounced(word, "ɑ".repeat(length + 1))), "PRONUNCIATION_TOO_LONG")
    }
  })
})

describe("controls together", () => {
  const script = (text: string) => success(readScript(text, flux))
  const both = script(`a \\{pause:500ms\\} ${pronounced("b", "biː")}`)
  const pause = script("a \\{pause:500ms\\} b")
  const pronunciation = script(pronounced("b", "biː"))

  it("clash as Deepgram says", () => {
    assert.strictEqual(combinationProblem(both, 1)?.err_code, "CONTROL_COMBINATION_INVALID")
    assert.strictEqual(combinationProblem(both, 1.5)?.err_code, "CONTROL_COMBINATION_INVALID")
    assert.strictEqual(combinationProblem(pronunciation, 0.95)?.err_code, "CONTROL_COMBINATION_INVALID")
    assert.strictEqual(combinationProblem(pause, 1.2)?.err_code, "PAUSE_SPEED_CAP_EXCEEDED")
  })

  it("are fine otherwise", () => {
    assert.isUndefined(combinationProblem(pronunciation, 1))
    for (const speed of [0.5, 1, 1.15]) assert.isUndefined(combinationProblem(pause, speed))
    assert.isUndefined(combinationProblem(script("plain"), 1.5))
  })
})
