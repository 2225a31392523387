import { Effect, Schema } from "effect"
import { listenV2 } from "effect-deepgram/DeepgramChannels"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { type FluxQuery, type FluxSession, openListenV2 } from "../../src/internal/live/listenV2.ts"
import type { Configure, ServerMessage } from "../../src/internal/live/turnMessages.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"

export const requestId = "01890a5d-ac96-774b-bcce-b302099a8057"

export const sampleRate = 16_000

/** Sound, bytes as they are, a control message, or the end of the session. */
export type Action = Float32Array | Uint8Array | Omit<Configure, "type"> | "ForceEndTurn" | "CloseStream"

export type TurnInfo = Extract<ServerMessage, { readonly type: "TurnInfo" }>

/** The test voice, silent for so many seconds after the last word. */
export const say = (text: string, pause: number): Float32Array =>
  Synthesizer.converse([{ text, pause }], { sampleRate })

export const quiet = (seconds: number): Float32Array => Synthesizer.silence(seconds, sampleRate)

const act = (session: FluxSession, action: Action) =>
  action === "ForceEndTurn"
    ? session.forceEndTurn
    : action === "CloseStream"
    ? session.finish
    : action instanceof Float32Array
    ? session.push(encodeSamples(action, "linear16"))
    : action instanceof Uint8Array
    ? session.push(action)
    : session.configure({ type: "Configure", ...action })

export const raw: FluxQuery = { model: "flux-general-en", encoding: "linear16", sample_rate: sampleRate }

/** What the server says to each of these actions. */
export const answers = Effect.fnUntraced(
  function*(query: Partial<FluxQuery>, actions: ReadonlyArray<Action>) {
    const session = yield* openListenV2({ ...raw, ...query }, { requestId })
    const said = [[yield* session.connected]]
    for (const action of actions) said.push([...yield* act(session, action)])
    return said
  },
  Effect.scoped,
  Effect.provide(Recognizer.layer)
)

/** Everything the server says. */
export const talk = (query: Partial<FluxQuery>, ...actions: ReadonlyArray<Action>) =>
  Effect.map(answers(query, actions), (said) => said.flat())

export const turnsOf = (messages: ReadonlyArray<ServerMessage>): ReadonlyArray<TurnInfo> =>
  messages.filter((message) => message.type === "TurnInfo")

/** `EndOfTurn 0 [0, 0.89] 0.7 Good morning. (model)` */
export const line = (message: ServerMessage): string => {
  if (message.type !== "TurnInfo") return message.type
  const { audio_window_end, audio_window_start, end_of_turn_confidence, event, transcript, trigger, turn_index } =
    message
  return `${event} ${turn_index} [${audio_window_start}, ${audio_window_end}] ${end_of_turn_confidence} ${transcript}` +
    (trigger === undefined ? "" : ` (${trigger})`)
}

/** The same without times and confidences, and without `Update`. */
export const events = (messages: ReadonlyArray<ServerMessage>): ReadonlyArray<string> =>
  messages.flatMap((message) => {
    if (message.type !== "TurnInfo") return [message.type]
    if (message.event === "Update") return []
    const { event, transcript, trigger, turn_index } = message
    return [`${event} ${turn_index} ${transcript}${trigger === undefined ? "" : ` (${trigger})`}`]
  })

/** Whether the contract knows every message, with no member beyond. */
export const areOfContract = (messages: ReadonlyArray<ServerMessage>): boolean =>
  messages.every((message) => {
    const known = Object.keys(listenV2.server[message.type].fields)
    return Schema.is(listenV2.server[message.type])(message) && Object.keys(message).every((key) => known.includes(key))
  })

/** Cuts into pieces of the lengths that `next` says. */
export const cut = (bytes: Uint8Array, next: () => number): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length;) {
    const length = Math.max(1, next())
    pieces.push(bytes.slice(at, at + length))
    at += length
  }
  return pieces
}
