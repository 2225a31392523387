/** The pipeable form of a channel that speaks: text in, audio and messages out. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import type { Session } from "../socket/spec.ts"
import { type Bucket, makeBucket } from "./limits.ts"
import { makeSentences } from "./sentences.ts"

/** How a session speaks. */
export interface Voice<Message, Interruption> {
  readonly session: Session<Message>
  /** Characters of one message. */
  readonly characters: number
  readonly speak: (text: string) => Effect.Effect<void, LiveError>
  /** Milliseconds until so many characters may go. */
  readonly wait: (characters: number) => number
  /** Milliseconds of the clock by which it waits. */
  readonly now: () => number
  /** Where a voice does not begin by itself: asks for the audio of the text so far, and how often that may be asked. */
  readonly flushing: {
    readonly perMinute: number
    readonly wait: () => number
    readonly flush: Effect.Effect<unknown, LiveError>
  } | undefined
  /** Has the text before the end spoken, if the end of the session does not do so. */
  readonly settle: Effect.Effect<unknown, LiveError>
  readonly close: Effect.Effect<void, LiveError>
  readonly interrupt: (interruption: Interruption) => Effect.Effect<unknown, LiveError>
}

/** Options of the pipe. */
export interface PipeOptions<Interruption, E, R> {
  /**
   * How long text that is no whole sentence waits for more, and text that was sent for its sound. Default 1 second.
   */
  readonly flushAfter?: Duration.Input | undefined
  /**
   * Each element drops the text that was taken so far and the audio that is made of it: somebody speaks. Text that comes
   * later is spoken.
   */
  readonly interruptions?: Stream.Stream<Interruption, E, R> | undefined
}

/** Tokens that wait for their turn; then the text waits. */
const capacity = 4096

/**
 * A few at once, so that short sentences begin without a wait, and then as many as a minute allows: after a full burst no
 * sentence has to wait longer than it takes to speak one.
 */
const pacing = (perMinute: number): Bucket => {
  const burst = Math.max(1, Math.floor(perMinute / 3))
  return makeBucket({ burst, every: perMinute === Infinity ? 0 : 60_000 / Math.max(1, perMinute - burst) })
}

/** Says the text that comes, sentence by sentence, until it ends. */
const upload = Effect.fnUntraced(function*<Message, Interruption>(
  { characters, close, flushing, now, settle, speak, wait }: Voice<Message, Interruption>,
  tokens: Queue.Dequeue<string, Cause.Done>,
  bucket: Bucket,
  after: number
): Effect.fn.Return<void, LiveError> {
  const sentences = makeSentences({ maxLength: characters })
  let lastToken = now()
  let isOpen = false

  /** Milliseconds until what was sent may be flushed. */
  const untilFlush = () => flushing === undefined || !isOpen ? Infinity : Math.max(bucket.wait(now()), flushing.wait())

  const flush = Effect.suspend(() => {
    if (flushing === undefined || untilFlush() > 0) return Effect.void
    bucket.take(now())
    isOpen = false
    return flushing.flush
  })

  const say = Effect.fnUntraced(function*(texts: ReadonlyArray<string>) {
    for (const text of texts) {
      // What was sent must not wait for its sound until more may be sent.
      for (let left = 1; left > 0;) {
        yield* flush
        left = Math.min(wait(text.length), untilFlush())
        if (left > 0) yield* Effect.sleep(left)
      }
      yield* speak(text)
      isOpen = true
    }
  })

  /** Milliseconds until something is to be done although no text comes. */
  const patience = (): number => {
    const untilCut = sentences.isEmpty() ? Infinity : lastToken + after - now()
    return Math.max(0, Math.min(untilCut, untilFlush()))
  }

  while (true) {
    const left = patience()
    const next = Effect.map(Queue.take(tokens), Option.some)
    const token = yield* Effect.catchTag(
      left === Infinity ? next : Effect.timeoutOrElse(next, { duration: left, orElse: () => Effect.succeedNone }),
      "Done",
      () => Effect.succeed("ended" as const)
    )
    if (token === "ended") break
    if (Option.isSome(token)) {
      lastToken = now()
      yield* say(sentences.push(token.value))
    } else if (now() >= lastToken + after) {
      yield* say(sentences.rest())
    }
    yield* flush
  }
  yield* say(sentences.rest())
  if (isOpen) yield* settle
  yield* close
})

/**
 * Sends a text through a session while its audio comes out. The end of the text ends the session, and the stream ends when
 * all audio has come. A failure of the text ends the session; it is the stream's, as is that of the interruptions.
 */
export const speaking = <Message, Interruption, R2, E3, R3>(
  open: Effect.Effect<Voice<Message, Interruption>, LiveError, R2>,
  { flushAfter = Duration.seconds(1), interruptions }: PipeOptions<Interruption, E3, R3>
) =>
<E, R>(
  text: Stream.Stream<string, E, R>
): Stream.Stream<Message, E | E3 | LiveError, R | R3 | Exclude<R2, Scope.Scope>> =>
  Stream.unwrap(Effect.gen(function*() {
    const after = Duration.toMillis(Duration.fromInputUnsafe(flushAfter))
    const voice = yield* open
    const { session } = voice
    const tokens = yield* Queue.bounded<string, Cause.Done>(capacity)
    const bucket = pacing(voice.flushing?.perMinute ?? Infinity)
    const turn = Semaphore.makeUnsafe(1)
    let failure: Cause.Cause<E | E3 | LiveError> | undefined

    const fail = (cause: Cause.Cause<E | E3 | LiveError>) =>
      Effect.suspend(() => {
        failure ??= cause
        return session.abort
      })
    // What ends the session is said by the messages, behind everything that came before.
    const unlessEnded = (cause: Cause.Cause<LiveError>) =>
      Effect.matchEffect(session.usable, { onFailure: () => Effect.void, onSuccess: () => fail(cause) })

    const speak = Effect.forkScoped(Effect.catchCause(
      upload(voice, tokens, bucket, after),
      unlessEnded
    ))
    let speaker = yield* speak
    const interrupt = (interruption: Interruption) =>
      turn.withPermit(Effect.gen(function*() {
        yield* Fiber.interrupt(speaker)
        // The first time makes room for one that waits: it was taken from the text, too.
        yield* Effect.ignore(Effect.andThen(Queue.clear(tokens), Queue.clear(tokens)))
        yield* Effect.catchCause(voice.interrupt(interruption), unlessEnded)
        speaker = yield* speak
      }))

    const read = Stream.runForEach(text, (token) => Queue.offer(tokens, token))
    yield* Effect.forkScoped(Effect.matchCauseEffect(read, {
      onFailure: fail,
      onSuccess: () => Queue.end(tokens)
    }))
    if (interruptions !== undefined) {
      yield* Effect.forkScoped(Effect.catchCause(Stream.runForEach(interruptions, interrupt), fail))
    }
    return Stream.catchCause(session.connection.messages, (cause) => Stream.failCause(failure ?? cause))
  }))
