/**
 * A session of a channel, whichever: the socket, what goes out, what comes in, and how it ends. Written once; a channel
 * says what is special by its contract and its {@link Rules}.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import * as Errors from "../../DeepgramError.ts"
import * as Live from "../../Live.ts"
import { makeAudioMeter } from "../audioMeter.ts"
import type { Deepgram } from "../client.ts"
import type { Channel, MessageOf, Messages } from "../contract/channel.ts"
import type { Unrecognized } from "../contract/unrecognized.ts"
import { type Origin, refused } from "../errors.ts"
import { type Destination, dial, type Later } from "./dial.ts"
import { type Complaint, fromClose, malformed, sendAfterClose, timedOut, tooSlow } from "./errors.ts"
import * as Inbox from "./inbox.ts"
import { keepAlive, silence, type Times, watch } from "./keeping.ts"
import { makeMessageDecoder, unrecognized } from "./messages.ts"
import { observe } from "./observation.ts"
import * as Outbox from "./outbox.ts"
import * as Questions from "./questions.ts"
import type { End, WebSocket } from "./webSocket.ts"

/** What the messages of a channel mean to the session. */
export interface Rules<Message> {
  /** Deepgram's id of the session, where a message has it. */
  readonly requestId: (message: Message) => string | undefined
  /** Why the server is about to close, if the message says so. */
  readonly complaint: (message: Message) => Complaint | undefined
  /** Seconds of audio up to which nothing can change any more, and which of how many channels they are of. */
  readonly acknowledged: (
    message: Message
  ) => { readonly seconds: number; readonly channel: number; readonly channels: number } | undefined
  /** Whether it says something about the audio. */
  readonly isResult: (message: Message) => boolean
}

/** What is opened. */
export interface Spec<M extends Messages> {
  readonly operation: string
  readonly channel: Channel<Schema.Top, Messages, M>
  readonly rules: Rules<MessageOf<M>>
  readonly query: Destination["query"]
  /** What the audio is, as far as it is said. */
  readonly format: Parameters<typeof makeAudioMeter>[0]
  readonly options: Live.Options
  /** Audio that stands in for audio that does not come, and after how long. */
  readonly filler?: { readonly frame: Uint8Array; readonly after: Duration.Duration } | undefined
}

/** A session, with what the modules of the channels build on. */
export interface Session<Message> extends Live.Connection<Message> {
  /** Fails when nothing can be sent any more, as `send` would. */
  readonly usable: Effect.Effect<void, LiveError>
  /** Whether everything that was handed in has been sent: what waits is not in the position. */
  readonly isIdle: () => boolean
  /** Sends a control message, in line with the audio. */
  readonly control: (message: object) => Effect.Effect<void, LiveError>
  /**
   * Sends a control message and waits until `match` finds the answer among the messages; those who asked before are
   * given theirs first. Nothing when the session ended as it should before there was one. Says also whether the server
   * answers always.
   */
  readonly ask: <A>(
    message: object,
    match: (message: Message) => A | undefined,
    answered: "always" | "perhaps"
  ) => Effect.Effect<A | undefined, LiveError>
}

/** Untaken messages, in bytes, that make the server wait; and that end the session where it cannot be made to. */
const waiting = { pause: 262_144, fail: 16_777_216 }

/** Bytes that may be on their way out before a sender waits. */
const highWaterMark = 262_144

const defaults = { openTimeout: Duration.seconds(10), drainTimeout: Duration.seconds(10) }

const duration = (input: Duration.Input | undefined, otherwise: Duration.Duration): Duration.Duration =>
  input === undefined ? otherwise : Duration.fromInputUnsafe(input)

/**
 * Opens a session; it lasts as long as the scope. To be called again for another one: nothing is kept between two.
 */
export const open = Effect.fnUntraced(function*<M extends Messages>(
  spec: Spec<M>
): Effect.fn.Return<Session<MessageOf<M> | Unrecognized>, LiveError, Deepgram | Scope.Scope> {
  type Message = MessageOf<M> | Unrecognized
  const { channel, operation, options, rules } = spec
  const clock = yield* Clock.Clock
  const drainTimeout = duration(options.drainTimeout, defaults.drainTimeout)
  const closeFrame = JSON.stringify({ type: channel.close.message })
  const decode = makeMessageDecoder(channel.server)
  const meter = makeAudioMeter(spec.format)
  const { model } = spec.query
  const observed = yield* observe({
    operation,
    channel: channel.name,
    model: typeof model === "string" ? model : undefined
  })

  const questions = Questions.make<Message, LiveError>()
  const opened = Deferred.makeUnsafe<void, LiveError>()
  const ended = Deferred.makeUnsafe<void, LiveError>()
  const times: Times = { lastSent: clock.currentTimeMillisUnsafe(), lastReceived: 0, unanswered: Infinity }
  const acknowledged = new Map<number, number>()
  let channels = 1
  let keepers: ReadonlyArray<Fiber.Fiber<void>> = []
  let socket: WebSocket | undefined
  let requestId: string | undefined
  let complaint: Complaint | undefined
  let failure: LiveError | undefined
  let state: "alive" | "closing" | "ended" = "alive"
  let isCloseSent = false
  let isPaused = false

  const resume = () => {
    if (!isPaused) return
    isPaused = false
    socket?.resume()
  }

  const inbox = Inbox.make<Message, LiveError>({
    onTaken: resume,
    busy: () => refused(Errors.BadRequest, operation, "the messages of this connection are being read already")
  })

  const outbox = Outbox.make<LiveError>({
    capacity: options.capacity ?? Live.defaultCapacity,
    highWaterMark,
    onSent: (frame) => {
      if (typeof frame === "string") {
        if (frame === closeFrame) isCloseSent = true
        return
      }
      times.lastSent = clock.currentTimeMillisUnsafe()
      if (times.unanswered === Infinity) times.unanswered = times.lastSent
      meter.add(frame)
      observed.sent(times.lastSent)
    }
  })

  const end = (why: LiveError | undefined) => {
    if (state === "ended") return
    state = "ended"
    failure = why
    const exit = failure === undefined ? Exit.void : Exit.fail(failure)
    observed.ended({ exit, requestId, seconds: meter.seconds() })
    for (const keeper of keepers) keeper.interruptUnsafe()
    // Those who wait go on at once, and may close the scope.
    outbox.fail(failure ?? sendAfterClose(operation, requestId))
    inbox.end(failure)
    Deferred.doneUnsafe(opened, exit)
    Deferred.doneUnsafe(ended, exit)
    questions.end(failure)
    // What the server still says, nobody wants to know.
    socket?.abandon()
  }

  const receive = (message: Message, bytes: number) => {
    const now = clock.currentTimeMillisUnsafe()
    times.lastReceived = now
    times.unanswered = Infinity
    if (message.type !== "Unrecognized") learn(message as MessageOf<M>, now)
    questions.hear(message)
    inbox.add(message, bytes)
    const size = inbox.size()
    // Whoever closes wants to hear the end, also if nobody reads.
    if (size < (state === "closing" ? waiting.fail : waiting.pause) || isPaused) return
    if (socket?.pause !== undefined) {
      isPaused = true
      socket.pause()
    } else if (size >= waiting.fail) {
      end(tooSlow(operation, size, requestId))
    }
  }

  const learn = (message: MessageOf<M>, now: number) => {
    requestId ??= rules.requestId(message)
    complaint = rules.complaint(message) ?? complaint
    const final = rules.acknowledged(message)
    if (final !== undefined) {
      channels = final.channels
      acknowledged.set(final.channel, final.seconds)
    }
    if (rules.isResult(message)) observed.result(now)
  }

  const listener = (origin: Origin): Later => ({
    onText: (text) => {
      // A socket that is being closed goes on for a while.
      if (state === "ended") return
      const message = decode(text)
      if (Result.isSuccess(message)) receive(message.success, text.length)
      else end(malformed(text, message.failure, origin, requestId))
    },
    onBytes: (bytes) => {
      if (state !== "ended") receive(unrecognized(bytes), bytes.byteLength)
    },
    onEnd: (how: End) => {
      if (how._tag !== "Closed") return
      const isClean = isCloseSent && channel.close.codes.includes(how.code)
      end(isClean ? undefined : fromClose(how, complaint, origin, requestId))
    }
  })

  /** The scope ends, and the session with it. */
  const abort = Effect.sync(() => {
    observed.ended({ exit: Exit.interrupt(), requestId, seconds: meter.seconds() })
    end(sendAfterClose(operation, requestId))
  })

  const resources = yield* Scope.fork(yield* Effect.scope)
  const start = Effect.gen(function*() {
    const dialled = yield* dial({
      operation,
      host: channel.host,
      path: channel.path,
      query: spec.query,
      openTimeout: duration(options.openTimeout, defaults.openTimeout)
    }, listener)
    requestId ??= dialled.requestId
    socket = dialled.socket
    times.lastSent = clock.currentTimeMillisUnsafe()
    observed.opened(times.lastSent)
    const { after, message } = channel.keepAlive
    const say = message === "ping"
      ? () => dialled.socket.ping?.()
      : () => state === "alive" ? outbox.sendIfIdle(JSON.stringify({ type: message })) : undefined
    const { filler } = spec
    const watched = options.watchdog === undefined ? undefined : Duration.fromInputUnsafe(options.watchdog)
    const tasks = [
      options.keepAlive === false ? undefined : keepAlive(clock, times, after, say),
      filler && keepAlive(clock, times, filler.after, () => {
        if (state === "alive") outbox.sendIfIdle(filler.frame)
      }),
      watched &&
      watch(
        clock,
        times,
        watched,
        () => end(timedOut(operation, "no message came, although audio was sent,", watched, "watchdog", requestId))
      )
    ]
    keepers = yield* Effect.forEach(tasks.filter((task) => task !== undefined), (task) => Effect.forkScoped(task))
    outbox.open(dialled.socket)
    Deferred.doneUnsafe(opened, Exit.void)
  }).pipe(Scope.provide(resources), Effect.tapError((error) => Effect.sync(() => end(error))))

  // Before the socket is closed: nobody must wait for what will not come.
  yield* Effect.addFinalizer(() => abort)
  if (options.waitForOpen === false) yield* Effect.forkIn(Effect.ignore(start), resources)
  else yield* start

  const usable = Effect.suspend((): Effect.Effect<void, LiveError> =>
    state === "alive" ? Effect.void : Effect.fail(failure ?? sendAfterClose(operation, requestId))
  )

  const control = (message: object) => Effect.andThen(usable, outbox.send(JSON.stringify(message)))

  // Runs anew for whoever closes again: the one before may have been interrupted.
  const drained = Effect.andThen(
    Deferred.await(opened),
    Effect.suspend(() =>
      Effect.raceFirst(
        Deferred.await(ended),
        Effect.flatMap(silence(clock, times, drainTimeout, clock.currentTimeMillisUnsafe()), () => {
          end(timedOut(operation, "the server did not end the session", drainTimeout, "drainTimeout", requestId))
          return Deferred.await(ended)
        })
      )
    )
  )

  return {
    messages: Stream.fromPull(Effect.succeed(inbox.pull)),
    send: (audio) =>
      Effect.suspend(() =>
        // Deepgram takes an empty frame for the end of the audio (trap 10).
        state !== "alive" || audio.byteLength === 0 ? usable : outbox.send(audio)
      ),
    close: Effect.suspend(() => {
      if (state === "alive") {
        state = "closing"
        outbox.append(closeFrame)
        resume()
      }
      return drained
    }),
    position: Effect.sync(() => ({
      sent: meter.seconds(),
      acknowledged: acknowledged.size < channels ? 0 : Math.min(...acknowledged.values())
    })),
    requestId: Effect.sync(() => requestId),
    usable,
    isIdle: outbox.isIdle,
    control,
    ask: (message, match, answered) => questions.ask(control(message), match, answered)
  }
})
