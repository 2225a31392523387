/**
 * A session of a channel, whichever: the socket, what goes out, what comes in, and how it ends. Written once; a channel
 * says what is special by its contract and its {@link Rules}.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import * as Live from "../../Live.ts"
import { makeAudioMeter } from "../audioMeter.ts"
import type { Deepgram } from "../client.ts"
import type { Audio } from "../contract/audio.ts"
import type { MessageOf, Messages } from "../contract/channel.ts"
import type { Unrecognized } from "../contract/unrecognized.ts"
import type { Origin } from "../errors.ts"
import { dial, type Later } from "./dial.ts"
import { type Complaint, fromClose, held, malformed, readTwice, sendAfterClose, timedOut, tooSlow } from "./errors.ts"
import * as Inbox from "./inbox.ts"
import { audioSent, fill, gapOf, keepAlive, silence, type Stop, type Times, watch } from "./keeping.ts"
import { makeMessageDecoder, unrecognized } from "./messages.ts"
import { observe } from "./observation.ts"
import * as Outbox from "./outbox.ts"
import { makePosition } from "./position.ts"
import { make as makeQuestions } from "./questions.ts"
import type { Greeting, Limit, Session, Spec } from "./spec.ts"
import type { End, WebSocket } from "./webSocket.ts"

/** Untaken messages, in bytes, that make the server wait; and that end the session where it cannot be made to. */
const waiting = { pause: 262_144, fail: 16_777_216 }

/** Bytes that may be on their way out before a sender waits. */
const highWaterMark = 262_144

const defaults = { openTimeout: Duration.seconds(10), drainTimeout: Duration.seconds(10) }

const duration = (input: Duration.Input | undefined, otherwise: Duration.Duration): Duration.Duration =>
  input === undefined ? otherwise : Duration.fromInputUnsafe(input)

/** Deepgram takes an empty frame for the end of the audio (trap 10). */
const isAudible = (audio: Uint8Array): boolean => audio.byteLength > 0

/**
 * Opens a session; it lasts as long as the scope. To be called again for another one: nothing is kept between two.
 */
export const open = Effect.fnUntraced(function*<M extends Messages, A extends Audio = never>(
  spec: Spec<M, A>
): Effect.fn.Return<Session<MessageOf<M> | A | Unrecognized>, LiveError, Deepgram | Scope.Scope> {
  type Known = MessageOf<M> | A
  type Message = Known | Unrecognized
  const { channel, greeting, operation, options, rules } = spec
  const clock = yield* Clock.Clock
  const drainTimeout = duration(options.drainTimeout, defaults.drainTimeout)
  const { message: closeMessage } = channel.close
  const closeFrame = closeMessage === undefined ? Outbox.hangUp : JSON.stringify({ type: closeMessage })
  // How a text begins that brings what the server is to work on.
  const input = channel.input === undefined ? undefined : `{"type":${JSON.stringify(channel.input)}`
  const decode = makeMessageDecoder(channel.server)
  const meter = makeAudioMeter(spec.format)
  const position = makePosition(meter.seconds)
  const watchdog = options.watchdog === undefined ? undefined : Duration.fromInputUnsafe(options.watchdog)
  const { model = spec.query["model"] } = spec
  const observed = yield* observe({
    operation,
    channel: channel.name,
    model: typeof model === "string" ? model : undefined,
    reconnects: spec.reconnects ?? 0
  })

  const questions = makeQuestions<Message, LiveError>()
  const opened = Deferred.makeUnsafe<void, LiveError>()
  const ended = Deferred.makeUnsafe<void, LiveError>()
  const born = clock.currentTimeMillisUnsafe()
  const times: Times = {
    lastSent: born,
    lastAudio: 0,
    audioEnd: born,
    lastReceived: 0,
    unanswered: Infinity,
    gap: watchdog === undefined ? Infinity : gapOf(watchdog)
  }
  let keepers: ReadonlyArray<Stop> = []
  let socket: WebSocket | undefined
  let requestId: string | undefined
  let complaint: Complaint | undefined
  let failure: Cause.Cause<LiveError> | undefined
  let state: "alive" | "closing" | "ended" = "alive"
  let isCloseSent = false
  let isPaused = false
  let mutes = 0
  let greeted: "not yet" | "asked for" | "said" | "granted" = "not yet"
  // What a server says last is missing where it, or a proxy, ended the session too early.
  let isAllSaid = channel.close.last === undefined
  let audioBytes = 0
  let handedOver = 0

  // Not to be narrowed: much of what is called may end the session.
  const hasEnded = () => state === "ended"

  const stopKeepers = () => {
    for (const stop of keepers) stop()
  }

  const resume = () => {
    if (!isPaused) return
    isPaused = false
    // The server could not answer until now.
    times.unanswered = Infinity
    socket?.resume()
  }

  const inbox = Inbox.make<Message, LiveError>({
    onTaken: resume,
    busy: () => readTwice(operation, requestId)
  })

  const outbox = Outbox.make<LiveError>({
    capacity: options.capacity ?? Live.defaultCapacity,
    highWaterMark,
    onSent: (frame) => {
      if (frame === closeFrame) isCloseSent = true
      if (frame === Outbox.hangUp) return
      const now = clock.currentTimeMillisUnsafe()
      if (typeof frame === "string") {
        if (input !== undefined && frame.startsWith(input)) observed.sent(now, undefined)
        return
      }
      audioBytes += frame.byteLength
      const rate = meter.bytesPerSecond()
      meter.add(frame)
      audioSent(times, now, rate === undefined ? undefined : frame.byteLength / rate)
      observed.sent(now, meter.seconds())
    }
  })

  const end = (exit: Exit.Exit<void, LiveError>) => {
    if (state === "ended") return
    state = "ended"
    failure = Exit.isFailure(exit) ? exit.cause : undefined
    observed.ended({ exit, requestId, seconds: meter.seconds() })
    stopKeepers()
    // Those who wait go on at once, and may close the scope.
    outbox.fail(failure ?? Cause.fail(sendAfterClose(operation, requestId)))
    inbox.end(failure)
    Deferred.doneUnsafe(opened, exit)
    Deferred.doneUnsafe(ended, exit)
    questions.end(failure)
    // What the server still says, nobody wants to know.
    socket?.abandon()
  }

  const fail = (error: LiveError) => end(Exit.fail(error))

  const receive = (message: Message, bytes: number) => {
    const now = clock.currentTimeMillisUnsafe()
    times.lastReceived = now
    times.unanswered = Infinity
    if (message.type !== "Unrecognized") learn(message as Known, now)
    if (mutes > 0 && message.type === "Audio") return questions.hear(message)
    inbox.add(message, bytes)
    questions.hear(message)
    if (greeting !== undefined && message.type !== "Unrecognized") greet(greeting, message as Known)
    const size = inbox.size()
    // Whoever closes wants to hear the end, also if nobody reads.
    if (size < (state === "closing" ? waiting.fail : waiting.pause) || isPaused) return
    if (socket?.pause !== undefined) {
      isPaused = true
      socket.pause()
    } else if (size >= waiting.fail) {
      fail(tooSlow(operation, size, "this runtime cannot make the server wait", requestId))
    }
  }

  const learn = (message: Known, now: number) => {
    const { last = message.type } = channel.close
    isAllSaid = last === message.type
    requestId ??= rules.requestId(message)
    complaint = rules.complaint(message) ?? complaint
    const final = rules.acknowledged(message)
    if (final !== undefined) position.acknowledge(final)
    if (rules.isResult(message)) observed.result(now)
  }

  /** Anything may be said from now on. */
  const begin = (dialled: WebSocket) => {
    // Whoever hears a message may end the session at once.
    if (hasEnded()) return
    const now = clock.currentTimeMillisUnsafe()
    times.lastSent = now
    times.audioEnd = now
    observed.opened(now)
    outbox.open(dialled)
    Deferred.doneUnsafe(opened, Exit.void)
  }

  const sayGreeting = () => {
    // The server may have asked before the dialling was over here.
    if (greeting === undefined || greeted !== "asked for" || socket === undefined || hasEnded()) return
    greeted = "said"
    socket.send(JSON.stringify(greeting.say))
  }

  const greet = ({ asks, grants }: Greeting<Known>, message: Known) => {
    if (greeted === "not yet" && asks(message)) {
      greeted = "asked for"
      sayGreeting()
    } else if (greeted === "said" && socket !== undefined && grants(message)) {
      greeted = "granted"
      begin(socket)
    }
  }

  const listener = (origin: Origin): Later => ({
    onText: (text) => {
      // A socket that is being closed goes on for a while.
      if (state === "ended") return
      const message = decode(text)
      if (Result.isSuccess(message)) receive(message.success, text.length)
      else fail(malformed(text, message.failure, origin, requestId))
    },
    onBytes: (bytes) => {
      if (state === "ended") return
      receive(channel.speaks === true ? { type: "Audio", audio: bytes } as A : unrecognized(bytes), bytes.byteLength)
    },
    onEnd: (how: End) => {
      // To say why costs more than the end.
      if (state === "ended") return
      if (how._tag !== "Closed" && how._tag !== "Held") return
      const isAgreed = isCloseSent && (how._tag === "Held" || channel.close.codes.includes(how.code))
      const isClean = isAgreed && isAllSaid && complaint === undefined
      const closed = how._tag === "Closed" ? how : held
      end(isClean ? Exit.void : Exit.fail(fromClose(closed, complaint, origin, requestId, isAgreed)))
    }
  })

  /** The scope ends, and the session with it. */
  const abort = Effect.sync(() => {
    observed.ended({ exit: Exit.interrupt(), requestId, seconds: meter.seconds() })
    fail(sendAfterClose(operation, requestId))
  })

  const keep = (opened: WebSocket) => {
    const { after, message } = channel.keepAlive
    const say = message === "ping"
      ? () => opened.ping?.()
      : () => state === "alive" ? outbox.sendIfIdle(JSON.stringify({ type: message })) : undefined
    const { filler } = spec
    return [
      options.keepAlive === false ? undefined : keepAlive(clock, times, after, say),
      filler && fill(clock, times, filler.after, () => {
        // Behind half a sample everything would be shifted.
        if (state === "alive" && audioBytes % filler.sampleBytes === 0) outbox.sendIfIdle(filler.frame)
      }),
      watchdog &&
      watch(
        clock,
        times,
        watchdog,
        { paused: () => isPaused, stalled: () => !outbox.isIdle() },
        () => fail(timedOut(operation, "no message came, although audio was sent,", watchdog, "watchdog", requestId))
      )
    ].filter((keeper) => keeper !== undefined)
  }

  /** What was waited for in vain. */
  const inVain = (what: string) => isPaused ? "nobody took the messages, behind which the answer is," : what

  const late = ({ after, operation, option, what }: Limit) =>
    Effect.suspend(() => Effect.fail(timedOut(operation, inVain(what), after, option, requestId)))

  const own = yield* Scope.fork(yield* Effect.scope)
  const resources = yield* Scope.fork(own)
  // Before the socket is closed: nobody must wait for what will not come.
  yield* Scope.addFinalizer(own, abort)
  const start = Effect.gen(function*() {
    const openTimeout = duration(options.openTimeout, defaults.openTimeout)
    const dialled = yield* dial({
      operation,
      host: channel.host,
      path: channel.path,
      query: spec.query,
      openTimeout,
      secrets: spec.secrets
    }, listener)
    requestId ??= dialled.requestId
    socket = dialled.socket
    // It may have ended meanwhile, and the watchdog may end it now.
    if (!hasEnded()) keepers = keep(dialled.socket)
    if (hasEnded()) stopKeepers()
    if (greeting === undefined) return begin(dialled.socket)
    sayGreeting()
    const left = Duration.toMillis(openTimeout) - (clock.currentTimeMillisUnsafe() - born)
    yield* Effect.timeoutOrElse(Deferred.await(opened), {
      duration: Math.max(0, left),
      orElse: (): Effect.Effect<never, LiveError> =>
        complaint === undefined
          ? late({ operation, what: "the session could not be used", after: openTimeout, option: "openTimeout" })
          // It said why, and closes nothing.
          : Effect.fail(fromClose(held, complaint, dialled.origin, requestId))
    })
  }).pipe(
    Scope.provide(resources),
    // Whoever waits must hear of defects too, and who dials again and again in one scope must not fill it.
    Effect.onExit((exit) => {
      if (Exit.isSuccess(exit)) return Effect.void
      // An interruption is said by `abort`.
      const ending = Cause.hasInterruptsOnly(exit.cause) ? Effect.void : Effect.sync(() => end(exit))
      return Effect.andThen(ending, Scope.close(own, exit))
    })
  )

  if (options.waitForOpen === false) yield* Effect.forkScoped(Effect.exit(start))
  else yield* start

  const usable = Effect.suspend((): Effect.Effect<void, LiveError> =>
    state === "alive" ? Effect.void : Effect.failCause(failure ?? Cause.fail(sendAfterClose(operation, requestId)))
  )

  // Of the time in which nothing could have come in: before the opening, and while the server is made to wait.
  const silent = (after: Duration.Duration) =>
    Effect.suspend(() => {
      let from = clock.currentTimeMillisUnsafe()
      let taken = inbox.taken()
      return silence(clock, times, after, () => {
        // Whoever reads slowly makes the server wait, and whoever does not read at all waits for nothing.
        const isRead = taken !== inbox.taken()
        taken = inbox.taken()
        if (socket === undefined || isPaused && isRead) from = clock.currentTimeMillisUnsafe()
        return from
      })
    })

  // Runs anew for whoever closes again: the one before may have been interrupted.
  const drained = Effect.andThen(
    Deferred.await(opened),
    Effect.raceFirst(
      Deferred.await(ended),
      Effect.flatMap(silent(drainTimeout), () => {
        fail(
          timedOut(operation, inVain("the server did not end the session"), drainTimeout, "drainTimeout", requestId)
        )
        return Deferred.await(ended)
      })
    )
  )

  return {
    connection: {
      messages: Stream.fromPull(Effect.succeed(inbox.one)),
      onMessage: inbox.each,
      send: (audio) =>
        Effect.suspend(() => {
          if (state !== "alive" || !isAudible(audio)) return usable
          handedOver++
          return outbox.send(audio)
        }),
      sendUnsafe: (audio) => {
        if (state !== "alive") return false
        if (!isAudible(audio)) return true
        const isTaken = outbox.sendUnsafe(audio)
        if (isTaken) handedOver++
        return isTaken
      },
      close: Effect.suspend(() => {
        if (state === "alive") {
          state = "closing"
          outbox.append(closeFrame)
          resume()
        }
        return drained
      }),
      position: Effect.sync(position.read),
      requestId: Effect.sync(() => requestId)
    },
    batches: Stream.fromPull(Effect.succeed(inbox.all)),
    sendAll: (audio) =>
      Effect.suspend(() => {
        if (state !== "alive") return usable
        const frames = audio.every(isAudible) ? audio : audio.filter(isAudible)
        handedOver += frames.length
        return outbox.sendAll(frames)
      }),
    usable,
    isIdle: outbox.isIdle,
    handedOver: () => handedOver,
    opened: Deferred.await(opened),
    ended: Deferred.await(ended),
    abort,
    say: (message) => Effect.andThen(usable, outbox.send(JSON.stringify(message))),
    append: (message) => {
      if (state === "alive") outbox.append(JSON.stringify(message))
    },
    mute: () => {
      mutes++
      inbox.remove(({ type }) => type === "Audio")
      // Behind audio that nobody wants may be what is waited for.
      resume()
      let isMuted = true
      return {
        callOff: () => {
          if (isMuted) mutes--
          isMuted = false
        }
      }
    },
    ask: (message, match, group) =>
      questions.ask(Effect.andThen(usable, outbox.deliver(JSON.stringify(message))), match, group),
    patiently: (answer, after, otherwise) => Effect.raceFirst(answer, Effect.andThen(silent(after), otherwise)),
    late
  }
})
