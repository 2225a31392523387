/** Where in an answer its bytes are, however it is written. */
import { assert, describe, it } from "@effect/vitest"
import * as Cursor from "../../src/internal/faults/cursor.ts"

const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

const chunked = (pieces: ReadonlyArray<string>) =>
  [...pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`), "0\r\n\r\n"].join("")

/** What passes before a place, when an answer is written in pieces of a size. */
const before = (answer: string, place: Cursor.Place, size: number): string => {
  const cursor = Cursor.make()
  let passed = ""
  for (let at = 0; at < answer.length; at += size) {
    const piece = answer.slice(at, at + size)
    const free = cursor.advance(Buffer.from(piece, "latin1"), place)
    passed += piece.slice(0, free)
    if (free < piece.length) break
  }
  return passed
}

/** The content of chunks, the last of which may not be whole. */
const contentOf = (text: string): string => {
  const [line = "", size = ""] = /^([\da-f]+)\r\n/.exec(text) ?? []
  const length = Number.parseInt(size, 16)
  return line === "" ? "" : text.slice(line.length).slice(0, length) + contentOf(text.slice(line.length + length + 2))
}

describe("a place", () => {
  const pieces = ["a", "bc\r\n", "d".repeat(300), "0\r\n\r\n"]
  const content = pieces.join("")
  const sizes = [1, 2, 3, 7, 50, 1e6]

  it("in a chunked body counts the content alone", () => {
    for (const size of sizes) {
      for (let after = 0; after <= content.length; after++) {
        const passed = before(head + chunked(pieces), { part: "body", after }, size)
        assert.strictEqual(contentOf(passed.slice(head.length)), content.slice(0, after), `${after} by ${size}`)
      }
    }
  })

  it("behind the content is none", () => {
    const whole = head + chunked(pieces)
    for (const size of sizes) {
      for (const after of [content.length, content.length + 1]) {
        assert.strictEqual(before(whole, { part: "body", after }, size), whole)
      }
    }
  })

  it("in the head, or in a body that is as it is", () => {
    const plain = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789"
    const start = plain.indexOf("1234")
    for (const size of sizes) {
      for (let after = 0; after < start; after++) {
        assert.strictEqual(before(plain, { part: "head", after }, size), plain.slice(0, after))
      }
      for (let after = 0; after <= 9; after++) {
        assert.strictEqual(before(plain, { part: "body", after }, size), plain.slice(0, start + after))
      }
    }
  })

  it("in a body is not in a session", () => {
    const session = "HTTP/1.1 101 Switching Protocols\r\n\r\nframes"
    assert.strictEqual(before(session, { part: "body", after: 2 }, 5), session)
  })
})
