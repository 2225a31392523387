/** Frames at random, and what a server may send to them. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { changed, largeBytes, letters, written } from "./requests.ts"
import { type Dice, mutated } from "./support.ts"

const format = { encoding: "linear16", sample_rate: 16_000 }
const openAi = { provider: { type: "open_ai", model: "gpt-4o-mini" } }
const aura = { provider: { type: "deepgram", model: "aura-2-thalia-en" } }

const settings = {
  type: "Settings",
  tags: ["a"],
  audio: { input: format, output: { ...format, container: "none" } },
  agent: {
    language: "en",
    greeting: "Hi.",
    listen: { provider: { type: "deepgram", model: "nova-3" } },
    think: {
      ...openAi,
      prompt: "Be kind.",
      functions: [{ name: "f", parameters: { type: "object", properties: {} } }]
    },
    speak: aura,
    context: { messages: [{ type: "History", role: "user", content: "Hello." }] }
  }
}

export interface Channel {
  readonly path: string
  /** Without which nothing else is of interest. */
  readonly first?: unknown
  readonly messages: ReadonlyArray<unknown>
}

/** The channels, and what a client may say on them. */
export const channels: ReadonlyArray<Channel> = [
  {
    path: "/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000&interim_results=true&vad_events=true",
    messages: [{ type: "KeepAlive" }, { type: "Finalize" }, { type: "CloseStream" }]
  },
  {
    path: "/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000",
    messages: [
      { type: "Configure", thresholds: { eot_threshold: 0.7, eot_timeout_ms: 900 }, keyterms: ["a"], numerals: true },
      { type: "ForceEndTurn" },
      { type: "CloseStream" }
    ]
  },
  {
    path: "/v1/speak?encoding=mulaw&sample_rate=8000",
    messages: [{ type: "Speak", text: "Hi." }, { type: "Flush" }, { type: "Clear" }, { type: "Close" }]
  },
  {
    path: "/v2/speak?model=flux-haley-en&encoding=mulaw&sample_rate=8000",
    messages: [
      { type: "Speak", text: "Hi." },
      { type: "Flush" },
      { type: "Interrupt", playback_offset: { value: 10 } },
      { type: "Configure", speed: 1.1 },
      { type: "Close" }
    ]
  },
  {
    path: "/v1/agent/converse",
    first: settings,
    messages: [
      settings,
      { type: "KeepAlive" },
      { type: "UpdatePrompt", prompt: "Be short." },
      { type: "UpdateSpeak", speak: aura },
      { type: "UpdateThink", think: openAi },
      { type: "UpdateListen", listen: { provider: { type: "deepgram", model: "nova-3" } } },
      { type: "InjectUserMessage", content: "Hello." },
      { type: "InjectAgentMessage", message: "Hi." },
      { type: "FunctionCallResponse", id: "x", name: "f", content: "{}" },
      { type: "ForceEndTurn" }
    ]
  }
]

interface Frame {
  readonly opcode: number
  readonly payload: Uint8Array
  readonly fin?: boolean
  readonly rsv?: number
  readonly isMasked?: boolean
  /** What the frame says that its length is. */
  readonly length?: bigint
}

const encode = ({ fin = true, isMasked = true, opcode, payload, rsv = 0, length = BigInt(payload.length) }: Frame) => {
  const mask = Buffer.from([1, 2, 3, 4])
  const second = isMasked ? 0x80 : 0
  const size = length < 126n ? Buffer.from([second | Number(length)]) : Buffer.alloc(length < 65_536n ? 3 : 9)
  if (size.length === 3) {
    size[0] = second | 126
    size.writeUInt16BE(Number(length), 1)
  } else if (size.length === 9) {
    size[0] = second | 127
    size.writeBigUInt64BE(length, 1)
  }
  const body = isMasked ? Buffer.from(payload).map((byte, i) => byte ^ (mask[i % 4] ?? 0)) : Buffer.from(payload)
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), size, ...(isMasked ? [mask] : []), body])
}

const text = (payload: string): Frame => ({ opcode: 1, payload: Buffer.from(payload) })

/** A message in several frames, with a control frame between them. */
const fragmented = ({ opcode, payload }: Frame, dice: Dice): ReadonlyArray<Frame> => {
  const at = dice.below(payload.length + 1)
  return [
    { opcode, payload: payload.subarray(0, at), fin: false },
    ...(dice.chance(0.5) ? [{ opcode: 9, payload: dice.bytes(dice.below(126)) }] : []),
    { opcode: 0, payload: payload.subarray(at) }
  ]
}

/** Frames that a server has to send away who sends them. */
const broken = (frame: Frame, dice: Dice): Frame =>
  dice.pick<() => Frame>([
    () => ({ ...frame, rsv: 1 + dice.below(7) }),
    () => ({ ...frame, isMasked: false }),
    () => ({ ...frame, opcode: dice.pick([0, 3, 7, 11, 15]) }),
    () => ({ ...frame, length: dice.pick([2n ** 63n, 2n ** 53n, 2n ** 40n, 1n << 32n]) }),
    () => ({ opcode: 9, payload: dice.bytes(200) }),
    () => ({ opcode: 9, payload: dice.bytes(3), fin: false }),
    () => ({ opcode: 8, payload: dice.bytes(1 + dice.below(6)) }),
    () => ({ opcode: 1, payload: Buffer.from([0xff, 0xfe, 0xc3]) }),
    () => ({ opcode: 2, payload: Buffer.alloc(1_100_000) })
  ])()

const message = ({ messages }: Channel, dice: Dice): Frame => {
  if (dice.chance(0.3)) return { opcode: 2, payload: dice.bytes(dice.below(2000)) }
  const one = dice.pick(messages)
  return text(dice.chance(0.4) ? JSON.stringify(one) : written(one, dice))
}

const framesOf = (channel: Channel, dice: Dice): ReadonlyArray<Frame> => {
  const first = channel.first === undefined || dice.chance(0.1)
    ? []
    : [text(JSON.stringify(dice.chance(0.5) ? channel.first : changed(channel.first, dice)))]
  const others = Array.from({ length: dice.below(8) }, (): ReadonlyArray<Frame> => {
    const frame = message(channel, dice)
    if (dice.chance(0.08)) return [broken(frame, dice)]
    if (dice.chance(0.1)) return [{ opcode: dice.pick([9, 10]), payload: dice.bytes(dice.below(20)) }]
    return dice.chance(0.15) ? fragmented(frame, dice) : [frame]
  })
  return [...first, ...others.flat(), { opcode: 8, payload: Buffer.from([0x03, 0xe8]) }]
}

const handshake = ({ path }: Channel): Buffer => {
  const head = [
    `GET ${path} HTTP/1.1`,
    "host: x",
    `authorization: Token ${Emulator.defaultApiKey}`,
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    "",
    ""
  ]
  return Buffer.from(head.join("\r\n"))
}

/** The handshake of a channel, and what its client says. */
export const session = (channel: Channel, dice: Dice): Buffer => {
  const frames = Buffer.concat(framesOf(channel, dice).map(encode))
  return Buffer.concat([handshake(channel), dice.chance(0.1) ? mutated(frames, dice) : frames])
}

/** The handshake of a channel, and a large message. */
export const largeSession = (channel: Channel, dice: Dice): Buffer => {
  const filler = dice.pick(letters)
  const message = dice.chance(0.5)
    ? { opcode: 2, payload: Buffer.alloc(largeBytes, filler) }
    : text(JSON.stringify({ ...Object(dice.pick(channel.messages)), more: filler.repeat(largeBytes) }))
  const first = channel.first === undefined ? [] : [text(JSON.stringify(channel.first))]
  const frames = [...first, message, { opcode: 8, payload: Buffer.from([0x03, 0xe8]) }]
  return Buffer.concat([handshake(channel), ...frames.map(encode)])
}

/** Codes with which a server may close, if it says why; it repeats those of its client. */
const codes = [1000, 1002, 1003, 1007, 1008, 1009]

/** Bytes of the longest closing that clients send here. */
const longestClosing = 6

/** What a server sent is an answer to a handshake, messages, and at most one closing, which is not its own fault. */
export const assertSession = (received: Buffer): void => {
  const end = received.indexOf("\r\n\r\n")
  assert.match(received.toString("latin1", 0, Math.max(0, end)), /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  let rest = received.subarray(end + 4)
  let isClosed = false
  while (rest.length > 0) {
    assert.isFalse(isClosed, "something is said after the closing")
    const [first = 0, second = 0] = rest
    assert.strictEqual(first & 0xf0, 0x80, "a frame that is part of a message, or of an extension")
    assert.isBelow(second, 128, "a server masks nothing")
    const at = second < 126 ? 2 : second === 126 ? 4 : 10
    // Who closed first may have cut what the server said.
    if (rest.length < at) return
    const length = second < 126 ? second : second === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
    const payload = rest.subarray(at, at + length)
    rest = rest.subarray(at + length)
    if (payload.length < length) return
    const opcode = first & 0x0f
    assert.include([1, 2, 8, 10], opcode)
    if (opcode === 1) {
      const said: unknown = JSON.parse(payload.toString("utf8"))
      assert.property(said, "type")
      assert.notPropertyVal(said, "code", "INTERNAL_SERVER_ERROR")
    }
    if (opcode !== 8) continue
    isClosed = true
    if (length > longestClosing) assert.include(codes, payload.readUInt16BE(0), payload.toString("utf8", 2))
  }
}
