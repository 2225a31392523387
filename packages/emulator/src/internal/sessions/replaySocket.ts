/** A session over WebSocket, held again. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"
import type { Difference } from "../../Sessions.ts"
import * as Compare from "./compare.ts"
import { bytesOf } from "./content.ts"
import type { Part, RecordedCall } from "./format.ts"
import { endOf, turnOf } from "./replayHttp.ts"
import * as Resend from "./resend.ts"

/** What has come by now. */
interface Seen {
  status: number
  headers: IncomingMessage["headers"]
  readonly texts: Array<string>
  /** How much audio had come before each text, in bytes. */
  readonly audioBefore: Array<number>
  readonly audio: Array<Uint8Array>
  audioBytes: number
  refusal: Array<Buffer>
  /** Nothing more comes. */
  end: { readonly code: number; readonly reason: string } | undefined
  failure: string | undefined
}

const noFrame = 1006

/** Dials; `onEvent` is called whenever something has come. */
const dial = (call: RecordedCall, surroundings: Resend.Surroundings, seen: Seen, onEvent: () => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const url = Resend.urlOf(call, surroundings).replace(/^http/, "ws")
      const socket = new WebSocket(url, [...Resend.protocols(call, surroundings)], {
        headers: Resend.headers(call, surroundings),
        perMessageDeflate: false,
        maxPayload: 0
      })
      const answered = ({ headers, statusCode }: IncomingMessage) => {
        seen.status = statusCode ?? 0
        seen.headers = headers
      }
      socket.on("upgrade", answered)
      socket.on("unexpected-response", (_, response) => {
        answered(response)
        response.on("data", (piece: Buffer) => seen.refusal.push(piece)).on("close", () => {
          seen.end = { code: noFrame, reason: "" }
          onEvent()
        })
      })
      socket.on("message", (data: Buffer, isBinary) => {
        if (isBinary) {
          seen.audio.push(data)
          seen.audioBytes += data.length
        } else {
          seen.texts.push(data.toString("utf8"))
          seen.audioBefore.push(seen.audioBytes)
        }
        onEvent()
      })
      socket.on("open", onEvent)
      socket.on("error", ({ message }) => {
        seen.failure = message
        onEvent()
      })
      socket.on("close", (code, reason) => {
        seen.end = { code, reason: reason.toString("utf8") }
        onEvent()
      })
      return socket
    }),
    (socket) => Effect.sync(() => socket.on("error", () => undefined).terminate())
  )

/** What had come before a message of the client was sent. */
interface Before {
  texts: number
  audioBytes: number
  /** Whether the last of it was audio. */
  endsWithAudio: boolean
}

const isServersTurn = (part: Part): boolean =>
  (part.type === "Closed" && part.by === "server") || (part.type === "CallEnd" && part.cut !== "client")

/** Whether the client did not wait for everything: more may come than did then. */
const isBrokenOff = (call: RecordedCall): boolean =>
  endOf(call) === "client" || Resend.partOf(call, "Closed")?.by === "client"

/** Sends a session again, and says what is not as it was. */
export const replaySocket = (
  call: RecordedCall,
  surroundings: Resend.Surroundings
): Effect.Effect<ReadonlyArray<Difference>> =>
  Effect.gen(function*() {
    const { names } = surroundings
    const begun = yield* Clock.currentTimeMillis
    const seen: Seen = {
      status: 0,
      headers: {},
      texts: [],
      audioBefore: [],
      audio: [],
      audioBytes: 0,
      refusal: [],
      end: undefined,
      failure: undefined
    }
    const recorded = Resend.partsOf(call, "Sent").filter(({ kind }) => kind === "text").map(({ text = "" }) => text)
    const differences: Array<Difference> = []
    let compared = 0
    const waiting = new Set<() => void>()
    const onEvent = () => {
      // At once: what is sent next may have to name what has come.
      for (; compared < seen.texts.length; compared++) {
        const [before, now] = [recorded[compared], seen.texts[compared] ?? ""]
        const path = `$.messages[${compared}]`
        if (before !== undefined) differences.push(...Compare.text(before, now, path, names))
        else if (!isBrokenOff(call)) differences.push({ path, recorded: undefined, replayed: now })
      }
      for (const check of waiting) check()
    }
    const until = (isTrue: () => boolean) =>
      Effect.callback<void>((resume) => {
        const check = () => {
          if (isTrue()) resume(Effect.void)
        }
        waiting.add(check)
        check()
        return Effect.sync(() => waiting.delete(check))
      }).pipe(Effect.ensuring(Effect.sync(() => waiting.clear())))
    const socket = yield* dial(call, surroundings, seen, onEvent)
    const send = (data: Uint8Array | string) =>
      Effect.callback<void>((resume) => {
        if (socket.readyState !== socket.OPEN) return resume(Effect.void)
        socket.send(data, () => resume(Effect.void))
      })

    const before: Before = { texts: 0, audioBytes: 0, endsWithAudio: false }
    let isLate = false
    let last = 0
    /** Waits for what had come by then; who did not come once is not waited for again. */
    const arrived = (at: number, isThere: () => boolean) => {
      const duration = isLate ? 0 : Resend.patienceFor(at - last, surroundings)
      last = at
      return until(() => isThere() || seen.end !== undefined).pipe(
        Effect.timeoutOrElse({
          duration,
          orElse: () =>
            Effect.sync(() => {
              isLate = true
            })
        })
      )
    }
    // Audio that a text follows is there, whatever its length, when the text is.
    const hasCome = () =>
      seen.texts.length > before.texts ||
      (seen.texts.length === before.texts && (!before.endsWithAudio || seen.audioBytes >= before.audioBytes))

    const opening = Resend.partOf(call, "Answer")
    yield* arrived(opening?.at ?? 0, () => socket.readyState === socket.OPEN)
    for (const part of call.parts) {
      if (seen.end !== undefined) break
      if (part.type === "Sent") {
        if (part.kind === "text") before.texts++
        else before.audioBytes += bytesOf(part).length
        before.endsWithAudio = part.kind === "binary"
      } else if (part.type === "Received") {
        yield* arrived(part.at, hasCome)
        yield* turnOf(begun, part.at, surroundings)
        yield* send(part.kind === "text" ? names.rename(part.text ?? "") : bytesOf(part))
      } else if (isServersTurn(part)) {
        yield* arrived(part.at, () => seen.end !== undefined)
      } else if (part.type === "Closed") {
        yield* arrived(part.at, hasCome)
        yield* turnOf(begun, part.at, surroundings)
        yield* Effect.sync(() => part.code === 1005 ? socket.close() : socket.close(part.code, part.reason))
      }
    }
    if (endOf(call) === "client") {
      yield* arrived(call.parts.at(-1)?.at ?? 0, hasCome)
    }
    return [...differences, ...compareRest(call, seen, surroundings)]
  }).pipe(Effect.scoped)

/** Everything but the messages. */
const compareRest = (
  call: RecordedCall,
  seen: Seen,
  { names }: Resend.Surroundings
): ReadonlyArray<Difference> => {
  const answer = Resend.partOf(call, "Answer")
  const isPart = isBrokenOff(call)
  const sent = Resend.partsOf(call, "Sent")
  const refusal = Buffer.concat(Resend.partsOf(call, "AnswerBody").map(bytesOf))
  const texts = sent.filter(({ kind }) => kind === "text")
  if (answer !== undefined && seen.status === 0) {
    return [{ path: "$.status", recorded: answer.status, replayed: seen.failure }]
  }
  return [
    ...(answer === undefined
      ? []
      : [
        ...Compare.json(answer.status, seen.status, "$.status", names),
        ...Compare.headers(answer.headers, seen.headers, names)
      ]),
    ...(answer?.status === 101 && seen.status === 101
      ? []
      : Compare.body(refusal, Buffer.concat(seen.refusal), "$.body", names)),
    ...(isPart ? [] : texts.slice(seen.texts.length).map(({ text }, i): Difference => ({
      path: `$.messages[${seen.texts.length + i}]`,
      recorded: text,
      replayed: undefined
    }))),
    ...compareAudio(sent, seen, isPart),
    ...(answer?.status === 101 ? compareClose(call, seen, names) : [])
  ]
}

/** Audio by its bytes, and by its place among the texts. */
const compareAudio = (
  sent: ReadonlyArray<Extract<Part, { readonly type: "Sent" }>>,
  seen: Seen,
  isPart: boolean
): ReadonlyArray<Difference> => {
  const audio: Array<Uint8Array> = []
  const before: Array<number> = []
  let length = 0
  for (const part of sent) {
    if (part.kind === "text") before.push(length)
    else {
      const bytes = bytesOf(part)
      audio.push(bytes)
      length += bytes.length
    }
  }
  const differences = Compare.bytes(Buffer.concat(audio), Buffer.concat(seen.audio), "$.audio", isPart)
  const moved = before.findIndex((bytes, i) => i < seen.audioBefore.length && bytes !== seen.audioBefore[i])
  const at = (bytes: number | undefined) => `${bytes} bytes before message ${moved}`
  return differences.length > 0 || moved < 0
    ? differences
    : [{ path: "$.audio", recorded: at(before[moved]), replayed: at(seen.audioBefore[moved]) }]
}

const compareClose = (
  call: RecordedCall,
  { end }: Seen,
  names: Resend.Surroundings["names"]
): ReadonlyArray<Difference> => {
  const closed = Resend.partOf(call, "Closed")
  const cut = endOf(call)
  if (closed === undefined) {
    return cut === "client" || end?.code === noFrame
      ? []
      : [{ path: "$.end", recorded: cut, replayed: end === undefined ? "open" : "complete" }]
  }
  // A client that closes is answered with its own code.
  if (closed.by === "client" || end === undefined) {
    return end === undefined && closed.by === "server"
      ? [{ path: "$.close", recorded: closed.code, replayed: undefined }]
      : []
  }
  return Compare.json(
    { code: closed.code, reason: closed.reason },
    { code: end.code, reason: end.reason },
    "$.close",
    names
  )
}
