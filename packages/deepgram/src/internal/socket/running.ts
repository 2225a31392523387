/**
 * A session of a channel while it lasts: what goes out, what comes in, and how it ends. There may be thousands, of which
 * each keeps what is here: a class keeps its methods once, and what is mostly not asked for is made when it is.
 */
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import * as Live from "../../Live.ts"
import { type AudioMeter, makeAudioMeter } from "../audioMeter.ts"
import type { Audio } from "../contract/audio.ts"
import type { MessageOf, Messages } from "../contract/channel.ts"
import type { Unrecognized } from "../contract/unrecognized.ts"
import type { Origin } from "../errors.ts"
import type { Dialled, Later } from "./dial.ts"
import { fromClose, held, malformed, readTwice, sendAfterClose, timedOut, tooSlow } from "./errors.ts"
import { Greeter } from "./greeter.ts"
import * as Inbox from "./inbox.ts"
import { Learnt } from "./learnt.ts"
import { type Decoder, decoderOf, unrecognized } from "./messages.ts"
import type { Observation } from "./observation.ts"
import * as Outbox from "./outbox.ts"
import { Pulse } from "./pulse.ts"
import { type Asked, type Match, Questions } from "./questions.ts"
import type { Limit, Session, Spec } from "./spec.ts"
import type { End, WebSocket } from "./webSocket.ts"

/** Untaken messages, in bytes, that make the server wait; and that end the session where it cannot be made to. */
const waiting = { pause: 262_144, fail: 16_777_216 }

/** The time limits of a session. */
export interface Limits {
  readonly drainTimeout: Duration.Duration
  readonly watchdog: Duration.Duration | undefined
}

/** Deepgram takes an empty frame for the end of the audio (trap 10). */
const isAudible = (audio: Uint8Array): boolean => audio.byteLength > 0

/** What the server says on a channel. */
export type Known<M extends Messages, A> = MessageOf<M> | A

/** What a reader is handed. */
export type Heard<M extends Messages, A> = Known<M, A> | Unrecognized

/** How a text begins that brings what the server is to work on. */
const inputOf = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : `{"type":${JSON.stringify(name)}`

export class Running<M extends Messages, A extends Audio>
  implements Session<Heard<M, A>>, Later, Inbox.Owner<LiveError>
{
  readonly connection: Session<Heard<M, A>>["connection"]
  readonly #spec: Pick<Spec<M, A>, "channel" | "filler" | "operation" | "options">
  readonly #pulse: Pulse
  readonly #observed: Observation
  readonly #decode: Decoder<M>
  readonly #closeFrame: Outbox.Frame
  readonly #input: string | undefined
  readonly #meter: AudioMeter
  readonly #learnt: Learnt<Known<M, A>>
  readonly #greeter: Greeter<Known<M, A>> | undefined
  readonly #inbox = new Inbox.Inbox<Heard<M, A>, LiveError>(this)
  readonly #outbox: Outbox.Outbox<LiveError>
  readonly #questions = new Questions<Heard<M, A>, LiveError>()
  readonly #opened = Deferred.makeUnsafe<void, LiveError>()
  readonly #ended = Deferred.makeUnsafe<void, LiveError>()
  readonly #limits: Limits
  /** From the first dialling on, also what is refused. */
  #line: WebSocket | undefined
  /** From the opening on. */
  #socket: WebSocket | undefined
  #failure: Cause.Cause<LiveError> | undefined
  #state: "alive" | "closing" | "ended" = "alive"
  #isCloseSent = false
  #isPaused = false
  #mutes = 0
  #audioBytes = 0
  #handedOver = 0

  constructor(spec: Spec<M, A>, limits: Limits, clock: Clock.Clock, observed: Observation) {
    const { channel, filler, greeting, operation, options, rules } = spec
    // Not the query: it is as long as all of this.
    this.#spec = { channel, filler, operation, options }
    this.#observed = observed
    this.#decode = decoderOf(channel.server)
    const { message } = channel.close
    this.#closeFrame = message === undefined ? Outbox.hangUp : JSON.stringify({ type: message })
    this.#input = inputOf(channel.input)
    this.#meter = makeAudioMeter(spec.format)
    this.#outbox = new Outbox.Outbox(options.capacity ?? Live.defaultCapacity, this)
    this.#limits = limits
    this.#pulse = new Pulse(clock, limits.watchdog)
    this.#learnt = new Learnt(rules, channel.close)
    this.#greeter = greeting && new Greeter(greeting)
    this.connection = {
      messages: Stream.fromPull(Effect.sync(() => this.#inbox.one)),
      onMessage: (hear) => this.#inbox.each(hear),
      send: (audio) => Effect.suspend(() => this.#send(audio)),
      sendUnsafe: (audio) => this.#sendUnsafe(audio),
      close: Effect.suspend(() => this.#close()),
      position: Effect.sync(() => ({
        sent: this.#meter.seconds(),
        acknowledged: this.#learnt.progress.acknowledged()
      })),
      requestId: Effect.sync(() => this.#learnt.requestId)
    }
  }

  // The session, as the modules of the channels see it.

  get batches(): Stream.Stream<Heard<M, A>, LiveError> {
    return Stream.fromPull(Effect.sync(() => this.#inbox.all))
  }

  get usable(): Effect.Effect<void, LiveError> {
    return Effect.suspend(() => this.#usable())
  }

  get opened(): Effect.Effect<void, LiveError> {
    return Deferred.await(this.#opened)
  }

  get ended(): Effect.Effect<void, LiveError> {
    return Deferred.await(this.#ended)
  }

  /** The scope ends, and the session with it. */
  get abort(): Effect.Effect<void> {
    return Effect.sync(() => {
      if (this.hasEnded()) return
      this.#observed.ended({
        exit: Exit.interrupt(),
        requestId: this.#learnt.requestId,
        seconds: this.#meter.seconds()
      })
      this.#fail(this.#closedHere())
    })
  }

  sendAll(audio: ReadonlyArray<Uint8Array>): Effect.Effect<void, LiveError> {
    return Effect.suspend(() => {
      if (this.#state !== "alive") return this.#usable()
      const frames = audio.every(isAudible) ? audio : audio.filter(isAudible)
      this.#handedOver += frames.length
      return this.#outbox.sendAll(frames)
    })
  }

  isIdle(): boolean {
    return this.#outbox.isIdle()
  }

  handedOver(): number {
    return this.#handedOver
  }

  // Handed on by itself.
  readonly say = (message: object): Effect.Effect<void, LiveError> =>
    Effect.suspend(() => this.#state === "alive" ? this.#outbox.send(JSON.stringify(message)) : this.#usable())

  readonly append = (message: object): void => {
    if (this.#state === "alive") this.#outbox.append(JSON.stringify(message))
  }

  mute(): { readonly callOff: () => void } {
    this.#mutes++
    this.#inbox.remove(({ type }) => type === "Audio")
    // Behind audio that nobody wants may be what is waited for.
    this.#resume()
    let isMuted = true
    return {
      callOff: () => {
        if (isMuted) this.#mutes--
        isMuted = false
      }
    }
  }

  ask<B>(
    message: object,
    match: (message: Heard<M, A>) => Match<B>,
    group?: unknown
  ): Effect.Effect<Asked<B, LiveError>, LiveError> {
    const said = Effect.andThen(this.usable, Effect.suspend(() => this.#outbox.deliver(JSON.stringify(message))))
    return this.#questions.ask(said, match, group)
  }

  patiently<B, C>(
    answer: Effect.Effect<B, LiveError>,
    after: Duration.Duration,
    otherwise: Effect.Effect<C, LiveError>
  ): Effect.Effect<B | C, LiveError> {
    return Effect.raceFirst(answer, Effect.andThen(this.#silent(after), otherwise))
  }

  late({ after, operation, option, what }: Limit): Effect.Effect<never, LiveError> {
    return Effect.suspend(() =>
      Effect.fail(timedOut(operation, this.#inVain(what), after, option, this.#learnt.requestId))
    )
  }

  // The opening.

  onDialling(line: WebSocket): void {
    this.#line = line
    // Nobody would close it.
    if (this.hasEnded()) line.abandon()
  }

  /** The socket is open. Succeeds when the channel may be used. */
  begin({ origin, requestId, socket }: Dialled, openTimeout: Duration.Duration): Effect.Effect<void, LiveError> {
    this.#learnt.requestId ??= requestId
    this.#socket = socket
    // It may have ended meanwhile, and the watchdog may end it now.
    if (!this.hasEnded()) this.#keep(socket)
    if (this.hasEnded()) this.#pulse.stop()
    if (this.#greeter === undefined) {
      this.#use(socket)
      return Effect.void
    }
    if (!this.hasEnded()) this.#greeter.say(socket)
    const { operation } = this.#spec
    const left = Duration.toMillis(openTimeout) - (this.#pulse.now() - this.#pulse.born)
    return Effect.timeoutOrElse(this.opened, {
      duration: Math.max(0, left),
      orElse: (): Effect.Effect<never, LiveError> =>
        this.#learnt.complaint === undefined
          ? this.late({ operation, what: "the session could not be used", after: openTimeout, option: "openTimeout" })
          // It said why, and closes nothing.
          : Effect.fail(fromClose(held, this.#learnt.complaint, origin, this.#learnt.requestId))
    })
  }

  /** Nothing is said and heard any more. */
  end(exit: Exit.Exit<void, LiveError>): void {
    if (this.#state === "ended") return
    this.#state = "ended"
    const failure = Exit.isFailure(exit) ? exit.cause : undefined
    this.#failure = failure
    this.#observed.ended({ exit, requestId: this.#learnt.requestId, seconds: this.#meter.seconds() })
    this.#pulse.stop()
    // Those who wait go on at once, and may close the scope.
    this.#outbox.fail(failure ?? Cause.fail(this.#closedHere()))
    this.#inbox.end(failure)
    Deferred.doneUnsafe(this.#opened, exit)
    Deferred.doneUnsafe(this.#ended, exit)
    this.#questions.end(failure)
    // What the server still says, nobody wants to know.
    this.#socket?.abandon()
  }

  /** The end of the scope. Before the socket is closed: nobody must wait for what will not come. */
  get close(): Effect.Effect<void> {
    return Effect.andThen(this.abort, Effect.suspend(() => this.#line?.release() ?? Effect.void))
  }

  // Not to be narrowed: much of what is called may end the session.
  hasEnded(): boolean {
    return this.#state === "ended"
  }

  // What the socket says.

  onText(text: string, origin: Origin): void {
    // A socket that is being closed goes on for a while.
    if (this.#state === "ended") return
    const message = this.#decode(text)
    if (Result.isSuccess(message)) this.#receive(message.success, text.length)
    else this.#fail(malformed(text, message.failure, origin, this.#learnt.requestId))
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#state === "ended") return
    const message = this.#spec.channel.speaks === true ? { type: "Audio", audio: bytes } as A : unrecognized(bytes)
    this.#receive(message, bytes.byteLength)
  }

  onEnd(how: End, origin: Origin): void {
    // To say why costs more than the end.
    if (this.#state === "ended") return
    if (how._tag !== "Closed" && how._tag !== "Held") return
    const isAgreed = this.#isCloseSent && (how._tag === "Held" || this.#spec.channel.close.codes.includes(how.code))
    const isClean = isAgreed && this.#learnt.isAllSaid && this.#learnt.complaint === undefined
    const closed = how._tag === "Closed" ? how : held
    this.end(
      isClean
        ? Exit.void
        : Exit.fail(fromClose(closed, this.#learnt.complaint, origin, this.#learnt.requestId, isAgreed))
    )
  }

  // What inbox and outbox say.

  onTaken(): void {
    this.#resume()
  }

  busy(): LiveError {
    return readTwice(this.#spec.operation, this.#learnt.requestId)
  }

  onSent(frame: Outbox.Frame): void {
    if (frame === this.#closeFrame) this.#isCloseSent = true
    if (frame === Outbox.hangUp) return
    const now = this.#pulse.now()
    if (typeof frame === "string") {
      if (this.#input !== undefined && frame.startsWith(this.#input)) this.#observed.sent(now, undefined)
      return
    }
    this.#audioBytes += frame.byteLength
    const rate = this.#meter.bytesPerSecond()
    this.#meter.add(frame)
    this.#pulse.audioSent(now, rate === undefined ? undefined : frame.byteLength / rate)
    this.#observed.sent(now, this.#meter)
  }

  #closedHere(): LiveError {
    return sendAfterClose(this.#spec.operation, this.#learnt.requestId)
  }

  #fail(error: LiveError): void {
    this.end(Exit.fail(error))
  }

  #usable(): Effect.Effect<void, LiveError> {
    return this.#state === "alive" ? Effect.void : Effect.failCause(this.#failure ?? Cause.fail(this.#closedHere()))
  }

  #send(audio: Uint8Array): Effect.Effect<void, LiveError> {
    if (this.#state !== "alive" || !isAudible(audio)) return this.#usable()
    this.#handedOver++
    return this.#outbox.send(audio)
  }

  #sendUnsafe(audio: Uint8Array): boolean {
    if (this.#state !== "alive") return false
    if (!isAudible(audio)) return true
    const isTaken = this.#outbox.sendUnsafe(audio)
    if (isTaken) this.#handedOver++
    return isTaken
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#pulse.resumed()
    this.#socket?.resume()
  }

  #receive(message: Heard<M, A>, bytes: number): void {
    const now = this.#pulse.now()
    this.#pulse.received(now)
    const known = message.type === "Unrecognized" ? undefined : message as Known<M, A>
    if (known !== undefined && this.#learnt.learn(known)) this.#observed.result(now)
    if (this.#mutes > 0 && message.type === "Audio") return this.#questions.hear(message)
    this.#inbox.add(message, bytes)
    this.#questions.hear(message)
    if (known !== undefined && this.#greeter !== undefined) this.#greet(this.#greeter, known)
    const size = this.#inbox.size()
    // Whoever closes wants to hear the end, also if nobody reads.
    if (size < (this.#state === "closing" ? waiting.fail : waiting.pause) || this.#isPaused) return
    if (this.#socket?.canPause === true) {
      this.#isPaused = true
      this.#socket.pause()
    } else if (size >= waiting.fail) {
      this.#fail(
        tooSlow(this.#spec.operation, size, "this runtime cannot make the server wait", this.#learnt.requestId)
      )
    }
  }

  /** Anything may be said from now on. */
  #use(socket: WebSocket): void {
    if (this.hasEnded()) return
    const now = this.#pulse.now()
    this.#pulse.opened(now)
    this.#observed.opened(now)
    this.#outbox.open(socket)
    Deferred.doneUnsafe(this.#opened, Exit.void)
  }

  #greet(greeter: Greeter<Known<M, A>>, message: Known<M, A>): void {
    // Whoever hears a message may end the session at once.
    if (this.hasEnded() || !greeter.hear(message, this.#socket) || this.#socket === undefined) return
    this.#use(this.#socket)
  }

  /** Says that somebody is there, at the end of what waits. */
  #sayIfIdle(frame: Outbox.Frame): void {
    if (this.#state === "alive") this.#outbox.sendIfIdle(frame)
  }

  #keep(socket: WebSocket): void {
    const { channel, filler, operation, options } = this.#spec
    const { after, message } = channel.keepAlive
    const { watchdog } = this.#limits
    const say = () => message === "ping" ? socket.ping() : this.#sayIfIdle(JSON.stringify({ type: message }))
    this.#pulse.keep({
      alive: options.keepAlive === false ? undefined : { after, say },
      filled: filler && {
        after: filler.after,
        send: () => {
          // Behind half a sample everything would be shifted.
          if (this.#audioBytes % filler.sampleBytes === 0) this.#sayIfIdle(filler.frame)
        }
      },
      watched: watchdog && {
        after: watchdog,
        paused: () => this.#isPaused,
        stalled: () => !this.#outbox.isIdle(),
        fail: () => {
          const what = "no message came, although audio was sent,"
          this.#fail(timedOut(operation, what, watchdog, "watchdog", this.#learnt.requestId))
        }
      }
    })
  }

  /** What was waited for in vain. */
  #inVain(what: string): string {
    return this.#isPaused ? "nobody took the messages, behind which the answer is," : what
  }

  // Of the time in which nothing could have come in: before the opening, and while the server is made to wait.
  #silent(after: Duration.Duration): Effect.Effect<void> {
    return Effect.suspend(() => {
      let from = this.#pulse.now()
      let taken = this.#inbox.taken()
      return this.#pulse.silence(after, () => {
        // Whoever reads slowly makes the server wait, and whoever does not read at all waits for nothing.
        const isRead = taken !== this.#inbox.taken()
        taken = this.#inbox.taken()
        if (this.#socket === undefined || this.#isPaused && isRead) from = this.#pulse.now()
        return from
      })
    })
  }

  #close(): Effect.Effect<void, LiveError> {
    if (this.#state === "alive") {
      this.#state = "closing"
      this.#outbox.append(this.#closeFrame)
      this.#resume()
    }
    // Anew for whoever closes again: the one before may have been interrupted.
    return Effect.andThen(this.opened, this.#drained())
  }

  #drained(): Effect.Effect<void, LiveError> {
    const { operation } = this.#spec
    const { drainTimeout } = this.#limits
    const what = "the server did not end the session"
    return Effect.raceFirst(
      this.ended,
      Effect.flatMap(this.#silent(drainTimeout), () => {
        this.#fail(timedOut(operation, this.#inVain(what), drainTimeout, "drainTimeout", this.#learnt.requestId))
        return this.ended
      })
    )
  }
}
