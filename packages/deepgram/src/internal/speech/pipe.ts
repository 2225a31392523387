/** The pipeable form of a channel that speaks: text in, audio and messages out. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
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
  /** Asks for the audio of the text so far: after each sentence, as often as that may be asked, or when no more comes. */
  readonly flushing: {
    readonly when: "often" | "paused"
    readonly perMinute: number
    readonly wait: () => number
    readonly flush: Effect.Effect<unknown, LiveError>
  }
  /** Has the text before the end spoken, if the end of the session does not do so. */
  readonly settle: Effect.Effect<unknown, LiveError>
  readonly close: Effect.Effect<void, LiveError>
  readonly interrupt: (interruption: Interruption) => Effect.Effect<unknown, LiveError>
}

/** Options of the pipe. */
export interface PipeOptions<Interruption, E, R> {
  /**
   * How long the text may pause. Then what is no whole sentence is spoken too; and of Flux the turn ends, as it does at the
   * end of the text. Default 1 second.
   */
  readonly flushAfter?: Duration.Input | undefined
  /**
   * Each element drops the text that was taken so far and the audio that is made of it: somebody speaks. Text that comes
   * later is spoken, so whoever writes it has to be stopped, too.
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
  let isFlushed = false

  /** Milliseconds until what was sent is to be flushed. */
  const untilFlush = () =>
    !isOpen
      ? Infinity
      : flushing.when === "paused"
      ? lastToken + after - now()
      // What follows an interruption is not kept waiting for what was interrupted.
      : Math.max(isFlushed ? bucket.wait(now()) : 0, flushing.wait())

  const flush = Effect.suspend(() => {
    if (untilFlush() > 0) return Effect.void
    bucket.take(now())
    isFlushed = true
    isOpen = false
    return flushing.flush
  })

  const say = Effect.fnUntraced(function*(texts: ReadonlyArray<string>) {
    for (const text of texts) {
      if (flushing.when === "often") yield* flush
      while (wait(text.length) > 0) {
        // What was sent must not wait for its sound until more may be sent.
        yield* flush
        yield* Effect.sleep(Math.min(wait(text.length), Math.max(1, untilFlush())))
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
    // Looked at, and taken when the wait is over: what is taken in a race may be lost with it.
    const next = Effect.as(Queue.peek(tokens), "some" as const)
    const what = yield* Effect.catchTag(
      left === Infinity ? next : Effect.timeoutOrElse(next, { duration: left, orElse: () => Effect.succeed("none") }),
      "Done",
      () => Effect.succeed("ended" as const)
    )
    if (what === "ended") break
    if (what === "some") {
      const token = yield* Effect.orDie(Queue.take(tokens))
      lastToken = now()
      yield* say(sentences.push(token))
      // However long it took to say: more may have come meanwhile.
      if (flushing.when === "paused") continue
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
    const bucket = pacing(voice.flushing.perMinute)
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
        yield* Effect.catch(Effect.andThen(Queue.clear(tokens), Queue.clear(tokens)), () => Effect.void)
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
