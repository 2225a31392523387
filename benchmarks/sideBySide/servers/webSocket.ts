/** The live channel without recognition: every result is made before it is needed. */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import type { Socket } from "node:net"

const requestId = "5f7c3a52-8f1e-4a54-9f0b-0a6cf6a8f0c1"

const opcodes = { text: 1, close: 8 }

/** A frame of a server: not masked. */
const frame = (opcode: number, payload: Uint8Array): Buffer =>
  Buffer.concat([
    payload.length < 126
      ? Uint8Array.of(0x80 | opcode, payload.length)
      : Uint8Array.of(0x80 | opcode, 126, payload.length >> 8, payload.length & 255),
    payload
  ])

const message = (value: object): Buffer => frame(opcodes.text, Buffer.from(JSON.stringify(value)))

const texts = [
  "so when we left the station it had already been",
  "raining for most of the afternoon and nobody had thought",
  "about where everyone would sleep after such a long day",
  "which is why they asked whether somebody could call ahead"
]

/** As Deepgram says it while somebody speaks: ten words, 1.35 kB; one in eight is final. */
const result = (index: number): Buffer => {
  const start = Number((index * 3.84).toFixed(2))
  const words = (texts[index % texts.length] ?? "").split(" ").map((word, i) => ({
    word,
    start: Number((start + 0.08 + i * 0.32).toFixed(2)),
    end: Number((start + 0.36 + i * 0.32).toFixed(2)),
    confidence: Number((0.9999 - i * 0.00371).toFixed(7)),
    punctuated_word: i === 0 ? `${word.charAt(0).toUpperCase()}${word.slice(1)}` : i === 9 ? `${word}.` : word
  }))
  const isFinal = index % 8 === 7
  return message({
    type: "Results",
    channel_index: [0, 1],
    duration: 3.84,
    start,
    is_final: isFinal,
    speech_final: isFinal,
    channel: {
      alternatives: [{
        transcript: words.map((word) => word.punctuated_word).join(" "),
        confidence: 0.99687195,
        words
      }]
    },
    metadata: {
      request_id: requestId,
      model_info: { name: "general-nova-3", version: "2025-07-31.0", arch: "nova-3" },
      model_uuid: "c0d1a568-ce81-4fea-97e7-bd45cb1fdf3c"
    },
    from_finalize: false
  })
}

/** How many results there are before they begin anew; at most so many are sent at once. */
const count = 64
const once = Array.from({ length: count }, (_, index) => result(index))
/** Twice, so that there are as many behind each of them. */
const twice = [...once, ...once]
const results = Buffer.concat(twice)
/** Where each result begins, and the last one ends. */
const offsets = [0]
for (const { length } of twice) offsets.push((offsets.at(-1) ?? 0) + length)

/** 1000. */
const goodbye = frame(opcodes.close, Uint8Array.of(0x03, 0xe8))

/** The end of a session, when `CloseStream` has been said. */
const farewell = Buffer.concat([
  message({
    type: "Metadata",
    transaction_key: "deprecated",
    request_id: requestId,
    sha256: "a6bd7f1f0a6ecf4f0d1c94d9be9d5c9d4f0bdb8b5e3bd0a8f2f8b9d0c7d6e5f4",
    created: "2026-01-01T00:00:00.000Z",
    duration: 3.84,
    channels: 1
  }),
  goodbye
])

/** Takes frames of a client out of what comes in, in whatever pieces: tells how much audio there was, and each control. */
const makeReader = (onAudio: (frames: number) => void, onText: (text: string) => void, onClose: () => void) => {
  let rest: Buffer | undefined
  return (chunk: Buffer) => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    let audio = 0
    while (bytes.length - at >= 2) {
      const short = bytes[at + 1]! & 127
      // With the key by which it is masked.
      const head = at + (short === 126 ? 8 : short === 127 ? 14 : 6)
      if (bytes.length < head) break
      const length = short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short
      if (bytes.length < head + length) break
      const opcode = bytes[at]! & 15
      if (opcode === 2) audio++
      else if (opcode === opcodes.text) {
        const payload = bytes.subarray(head, head + length)
        onText(String(Buffer.from(payload.map((byte, i) => byte ^ bytes[head - 4 + (i & 3)]!))))
      } else if (opcode === opcodes.close) onClose()
      at = head + length
    }
    rest = at === bytes.length ? undefined : bytes.subarray(at)
    if (audio > 0) onAudio(audio)
  }
}

const headEnd = Buffer.from("\r\n\r\n")

const accept = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")

/** Speaks the protocol. What is said to so many frames of audio is up to `talk`, which begins when the session is open. */
const serve = (talk: (connection: Socket) => (frames: number) => void) => (connection: Socket): void => {
  let head = Buffer.alloc(0)

  const open = (): void => {
    const end = (last: Buffer) => {
      if (connection.writable) connection.end(last)
    }
    const onText = (text: string) => {
      if (text.includes("CloseStream")) end(farewell)
    }
    connection.on("data", makeReader(talk(connection), onText, () => end(goodbye)))
  }

  const shakeHands = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    if (head.indexOf(headEnd) < 0) return
    const key = /^sec-websocket-key: *(\S+)/im.exec(head.toString("latin1"))?.[1] ?? ""
    connection.off("data", shakeHands)
    connection.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept(key)}\r\ndg-request-id: ${requestId}\r\n\r\n`
    )
    open()
  }

  connection.on("data", shakeHands)
}

export const behaviours = {
  /** Answers each frame of audio with a result, at once. */
  live: serve((connection) => {
    let next = 0
    return (frames) => {
      for (let left = frames; left > 0 && connection.writable;) {
        const some = Math.min(left, count)
        connection.write(results.subarray(offsets[next], offsets[next + some]))
        next = (next + some) % count
        left -= some
      }
    }
  }),
  /** Says one result after the other, as fast as they are taken. */
  liveFlood: serve((connection) => {
    const push = () => {
      while (connection.writable && connection.write(results)) { /* until the client has to catch up */ }
    }
    connection.on("drain", push)
    // Behind the answer to the handshake.
    setImmediate(push)
    return () => undefined
  })
}
