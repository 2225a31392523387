/**
 * Sessions as light as can be: frames that were made before, sockets without a library, one timer for all. Nothing of
 * Effect, so that the machine is left to the emulator.
 */
import type { Buffer } from "node:buffer"
import { get } from "node:http"
import type { Socket } from "node:net"
import { closeFrame, makeReader, textFrame } from "../frames.ts"
import { ownCpu } from "../machine.ts"
import { answer } from "../peer.ts"
import { quantile } from "../result.ts"
import { frameMillis, path, record, type Recorded, recordingCount } from "./recordings.ts"

/** `prepare`: hears each recording once and opens the sessions. `run`: lets them speak. */
export type Question =
  | {
    readonly _tag: "prepare"
    readonly url: string
    readonly apiKey: string
    readonly sessions: number
    readonly frames: number
  }
  /** Milliseconds within which the sessions begin, one after the other. */
  | { readonly _tag: "run"; readonly spread: number }

/** Milliseconds. */
export interface Delays {
  readonly count: number
  readonly p10: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly worst: number
}

/** What came of it. */
export interface Answer {
  /** From the last frame that a result needed, as it was sent, to the result. */
  readonly interim: Delays
  readonly final: Delays
  /** How much later than planned frames were sent. */
  readonly lateness: Delays
  /** Sessions in which not every message was the expected one. */
  readonly wrong: number
  readonly cpu: number
  readonly wall: number
}

const delaysOf = (values: ReadonlyArray<number>): Delays => ({
  count: values.length,
  p10: quantile(values, 0.1),
  p50: quantile(values, 0.5),
  p90: quantile(values, 0.9),
  p99: quantile(values, 0.99),
  worst: quantile(values, 1)
})

const connect = (url: string, apiKey: string, onText: (text: string) => void): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Token ${apiKey}`,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="
    }
    get(`${url}${path}`, { headers })
      .on("upgrade", (_, socket, head: Buffer) => {
        const read = makeReader(onText, () => socket.end(closeFrame))
        socket.on("data", read).on("error", () => undefined)
        if (head.length > 0) read(head)
        resolve(socket as Socket)
      })
      .on("response", ({ statusCode }) => reject(new Error(`the handshake was answered with ${statusCode}`)))
      .on("error", reject)
  })

/** A message without what is of one session alone; none of those that are not about audio. */
const essence = (text: string): { readonly key: string; readonly transcript: string; readonly final: boolean } => {
  const { channel, duration, is_final, speech_final, start, timestamp, type, last_word_end } = JSON.parse(text)
  const transcript = channel?.alternatives?.[0]?.transcript ?? ""
  const words = JSON.stringify(channel?.alternatives?.[0]?.words)
  return {
    key: [type, is_final, speech_final, start, duration, timestamp, last_word_end, transcript, words].join(" "),
    transcript,
    final: is_final === true
  }
}

/** A message that has to come, and the frame by which it is due; after the last one those of the end. */
interface Expected {
  readonly frame: number
  readonly key: string
  readonly kind: "interim" | "final" | "other"
}

interface Script {
  readonly frames: Recorded["frames"]
  readonly expected: ReadonlyArray<Expected>
}

const closeStream = textFrame(JSON.stringify({ type: "CloseStream" }))
/** No such message: answered at once, so that it is known what came before. */
const question = textFrame(JSON.stringify({ type: "WhatNow" }))

/** Hears a recording once, frame by frame, each one after what the one before brought. */
const rehearse = async (url: string, apiKey: string, { frames, text }: Recorded): Promise<Script> => {
  const expected: Array<Expected> = []
  const finals: Array<string> = []
  let frame = 0
  let proceed = () => {}
  const socket = await connect(url, apiKey, (message) => {
    const { final, key, transcript } = essence(message)
    if (key.startsWith("Error")) return proceed()
    expected.push({ frame, key, kind: final ? "final" : key.startsWith("Results") ? "interim" : "other" })
    if (final && transcript !== "") finals.push(transcript)
    if (key.startsWith("Metadata")) proceed()
  })
  const ask = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      proceed = resolve
      socket.write(bytes)
    })
  for (; frame < frames.length; frame++) {
    socket.write(frames[frame]!)
    await ask(question)
  }
  await ask(closeStream)
  socket.destroy()
  // The last word may have been cut.
  const heard = finals.join(" ").split(" ").slice(0, -1).join(" ")
  if (heard.length < 10 || !text.startsWith(heard)) throw new Error(`heard "${heard}" instead of "${text}"`)
  return { frames, expected }
}

interface Session {
  readonly script: Script
  readonly socket: Socket
  /** When each frame was sent. */
  readonly sent: Float64Array
  begin: number
  next: number
}

const sessions: Array<Session> = []
const interim: Array<number> = []
const final: Array<number> = []
let wrong = 0
let open = 0
let onDone = () => {}

const openSession = async (url: string, apiKey: string, script: Script): Promise<void> => {
  let at = 0
  let isRight = true
  const socket = await connect(url, apiKey, (text) => {
    const now = performance.now()
    const { key } = essence(text)
    const expected = script.expected[at++]
    if (key !== expected?.key) isRight = false
    else if (expected.frame < script.frames.length && expected.kind !== "other") {
      const delay = now - (session.sent[expected.frame] ?? NaN)
      if (expected.kind === "final") final.push(delay)
      else interim.push(delay)
    }
  })
  socket.once("close", () => {
    if (!isRight || at !== script.expected.length) wrong++
    if (--open === 0) onDone()
  })
  const session: Session = { script, socket, sent: new Float64Array(script.frames.length), begin: 0, next: 0 }
  sessions.push(session)
  open++
}

const prepare = async ({ apiKey, frames, sessions: count, url }: Extract<Question, { _tag: "prepare" }>) => {
  const scripts: Array<Script> = []
  for (let i = 0; i < Math.min(count, recordingCount); i++) scripts.push(await rehearse(url, apiKey, record(i, frames)))
  for (let i = 0; i < count; i++) await openSession(url, apiKey, scripts[i % scripts.length]!)
}

/** Sends every frame when it is due, `frameMillis` after the one before. */
const speak = (spread: number): Promise<ReadonlyArray<number>> =>
  new Promise((resolve) => {
    const late: Array<number> = []
    const buckets: Array<Array<Session>> = Array.from({ length: frameMillis }, () => [])
    for (const [index, session] of sessions.entries()) {
      session.begin = Math.floor((index * spread) / sessions.length)
      buckets[session.begin % frameMillis]?.push(session)
    }
    const end = Math.max(...sessions.map(({ begin, script }) => begin + script.frames.length * frameMillis))
    const begin = performance.now()
    let due = 0
    const tick = setInterval(() => {
      for (let now = performance.now(); due <= end && begin + due <= now; due++) {
        for (const session of buckets[due % frameMillis] ?? []) {
          if (session.begin > due || session.next > session.script.frames.length) continue
          const frame = session.script.frames[session.next]
          now = performance.now()
          if (frame !== undefined) {
            session.sent[session.next] = now
            late.push(now - begin - due)
          }
          session.socket.write(frame ?? closeStream)
          session.next++
        }
      }
      if (due > end) clearInterval(tick)
    }, 1)
    onDone = () => resolve(late)
  })

const run = async (spread: number): Promise<Answer> => {
  const cpu = ownCpu()
  const begin = performance.now()
  const late = await speak(spread)
  const used = { cpu: ownCpu() - cpu, wall: performance.now() - begin }
  return { interim: delaysOf(interim), final: delaysOf(final), lateness: delaysOf(late), wrong, ...used }
}

answer<Question, Answer | null>((question) =>
  question._tag === "run" ? run(question.spread) : prepare(question).then(() => null)
)
