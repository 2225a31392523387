/** What is asked of a session, and what it is to the modules of the channels. */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import type * as Live from "../../Live.ts"
import type { AudioFormat } from "../audioMeter.ts"
import type { Audio } from "../contract/audio.ts"
import type { Channel, MessageOf, Messages } from "../contract/channel.ts"
import type { Destination } from "./dial.ts"
import type { Complaint } from "./errors.ts"
import type { Acknowledged } from "./position.ts"
import type { Asked, Match } from "./questions.ts"

/** What the messages of a channel mean to the session. */
export interface Rules<Message> {
  /** Deepgram's id of the session, where a message has it. */
  readonly requestId: (message: Message) => string | undefined
  /** Why the server is about to close, if the message says so. */
  readonly complaint: (message: Message) => Complaint | undefined
  readonly acknowledged: (message: Message) => Acknowledged | undefined
  /** Whether it is about what was sent: for audio what was heard, for a text audio. */
  readonly isResult: (message: Message) => boolean
}

/** What has to be said and answered before anything else may be. */
export interface Greeting<Message> {
  /** The server asks for it. */
  readonly asks: (message: Message) => boolean
  readonly say: object
  /** The server has taken it: the channel may be used. */
  readonly grants: (message: Message) => boolean
}

/** What is opened; `A` is `Audio` for channels that speak. */
export interface Spec<M extends Messages, A extends Audio = never> {
  readonly operation: string
  readonly channel: Channel<Schema.Top, Messages, M>
  readonly rules: Rules<MessageOf<M> | NoInfer<A>>
  readonly query: Destination["query"]
  /** Where the query does not say it. */
  readonly model?: string | undefined
  /** What the audio is, as far as it is said. */
  readonly format: AudioFormat
  readonly options: Live.Options
  readonly greeting?: Greeting<MessageOf<M> | NoInfer<A>> | undefined
  /** What no error may show, besides what is known of the request: as of now, there may be more later. */
  readonly secrets?: (() => Iterable<string>) | undefined
  /** Audio that stands in for audio that does not come, and after how long. */
  readonly filler?: {
    readonly frame: Uint8Array
    readonly after: Duration.Duration
    readonly sampleBytes: number
  } | undefined
  /** How often the session of the caller was opened before. Default 0. */
  readonly reconnects?: number | undefined
}

/** How long something may take, and which option says so. */
export interface Limit {
  readonly operation: string
  readonly after: Duration.Duration
  readonly what: string
  readonly option: string
}

/** A session, with what the modules of the channels build on. */
export interface Session<Message> {
  readonly connection: Live.Connection<Message>
  /** The messages, as many at a time as there are: for whoever takes all of them. */
  readonly batches: Stream.Stream<Message, LiveError>
  /** `send` for many frames: those that may go at once leave in one write. */
  readonly sendAll: (audio: ReadonlyArray<Uint8Array>) => Effect.Effect<void, LiveError>
  /** Fails when nothing can be sent any more, as `send` would. */
  readonly usable: Effect.Effect<void, LiveError>
  /** Nothing waits to be sent: what was handed over has left. */
  readonly isIdle: () => boolean
  /** How many frames of audio have been handed over. */
  readonly handedOver: () => number
  /** Sends a message, in line with the audio; it suspends while the network does not keep up. */
  readonly say: (message: object) => Effect.Effect<void, LiveError>
  /** Puts a message behind everything that waits; none, when the session is being closed. */
  readonly append: (message: object) => void
  /** Drops the audio that came and was not taken, and what comes until it is called off. */
  readonly mute: () => { readonly callOff: () => void }
  /** Succeeds when the channel may be used. */
  readonly opened: Effect.Effect<void, LiveError>
  /** Succeeds when the session has ended as it should. */
  readonly ended: Effect.Effect<void, LiveError>
  /** Ends the session, as the end of its scope does. */
  readonly abort: Effect.Effect<void>
  /** Sends a control message, in line with the audio, and looks for its answer among the messages. */
  readonly ask: <A>(
    message: object,
    match: (message: Message) => Match<A>,
    group?: unknown
  ) => Effect.Effect<Asked<A, LiveError>, LiveError>
  /** Waits for an answer as long as the server says anything; when it was silent for so long, it is `otherwise`. */
  readonly patiently: <A, B>(
    answer: Effect.Effect<A, LiveError>,
    after: Duration.Duration,
    otherwise: Effect.Effect<B, LiveError>
  ) => Effect.Effect<A | B, LiveError>
  /** Fails because the time of a limit is over. */
  readonly late: (limit: Limit) => Effect.Effect<never, LiveError>
}
