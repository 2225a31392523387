/** Texts on their way to a voice: in order, in pieces that are not too long, and not too many of them. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { BadRequest, type LiveError } from "../../DeepgramError.ts"
import { refused } from "../errors.ts"
import type { Match } from "../socket/questions.ts"
import type { Session } from "../socket/spec.ts"
import { makeWindow, type Window } from "./limits.ts"
import { makeSentences } from "./sentences.ts"

/** What the server allows. */
export interface Limits {
  /** Characters of one message. */
  readonly characters: number
  readonly charactersPerMinute: number
  readonly flushesPerMinute: number
}

/** How a server is told to be silent, and what it answers. */
export interface Dropping<Message, A> {
  readonly operation: string
  readonly message: object
  readonly match: (message: Message) => Match<A>
  /** Whether the server drops the text that is open, too. */
  readonly endsOpen: () => boolean
}

/** A minute, and something for what takes longer on its way than what follows it. */
const minute = 61_000

/** Milliseconds: more than any timer holds would be none. */
const longestSleep = 60_000

const pieces = (text: string, maxLength: number): ReadonlyArray<string> => {
  if (text.length <= maxLength) return [text]
  const end = text.trimEnd().length
  // It belongs to no sentence, but may stand between this text and the next one. Alone it might be no text to the server.
  const space = text.slice(end, end + maxLength / 2)
  const room = maxLength - space.length
  const sentences = makeSentences({ maxLength: room })
  const cut: Array<string> = []
  for (const sentence of [...sentences.push(text.slice(0, end)), ...sentences.rest()]) {
    const joined = `${cut.at(-1) ?? ""}${sentence}`
    if (joined.length <= room) cut[Math.max(0, cut.length - 1)] = joined
    else cut.push(sentence)
  }
  return [...cut.slice(0, -1), `${cut.at(-1) ?? ""}${space}`]
}

export const makeSpeaker = Effect.fnUntraced(function*<Message>(
  operation: string,
  session: Session<Message>,
  limits: Limits,
  answerTimeout: Duration.Duration
) {
  const clock = yield* Clock.Clock
  const scope = yield* Effect.scope
  const characters = makeWindow({ limit: limits.charactersPerMinute, millis: minute })
  const flushes = makeWindow({ limit: limits.flushesPerMinute, millis: minute })
  // The time of day may be set back.
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const order = Semaphore.makeUnsafe(1)
  let dropped = Deferred.makeUnsafe<void>()
  let dropSaid = Deferred.makeUnsafe<void>()
  Deferred.doneUnsafe(dropSaid, Effect.void)
  let isClosing = false
  let isOpen = false

  const turn = (allowed: Window, amount: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      const wait = allowed.wait(amount, now())
      return wait === 0
        ? Effect.void
        : Effect.andThen(Effect.sleep(Math.min(wait, longestSleep)), turn(allowed, amount))
    })

  /** Counts what is sent; also if it was not, which only delays what comes next. */
  const counted = <A, E>(say: Effect.Effect<A, E>, allowed: Window, amount: number) =>
    Effect.ensuring(say, Effect.sync(() => allowed.take(amount, now())))

  /** Given up when the session is over. */
  const unlessOver = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A | undefined, E | LiveError> =>
    Effect.raceFirst(effect, Effect.as(Effect.andThen(session.ended, session.usable), undefined))

  // The limits are about what the server gets: that is nothing before the opening.
  const inOrder = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | LiveError> =>
    Effect.andThen(session.opened, order.withPermit(effect))

  /** In its turn; given up when everything is dropped before it has come. */
  const inTurn = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A | undefined, E | LiveError> =>
    Effect.suspend(() => unlessOver(Effect.raceFirst(inOrder(effect), Effect.as(Deferred.await(dropped), undefined))))

  const speakPiece = (text: string) =>
    Effect.andThen(
      turn(characters, text.length),
      counted(
        Effect.suspend(() => {
          isOpen = true
          return session.say({ type: "Speak", text })
        }),
        characters,
        text.length
      )
    )

  const endOpen = Effect.sync(() => {
    isOpen = false
  })

  const ask = <A>({ endsOpen, match, message, operation }: Dropping<Message, A>) => {
    const { callOff } = session.mute()
    const said = Deferred.makeUnsafe<void>()
    dropSaid = said
    const asked = session.ask(message, (message) => {
      const found = match(message)
      // At once, and not when somebody goes on: what comes next is new.
      if (found !== undefined && found !== "mine") callOff()
      return found
    })
    const what = "there was no answer"
    const late = session.late({ operation, after: answerTimeout, what, option: "answerTimeout" })
    const dropping = Effect.suspend(() => endsOpen() ? Effect.tap(asked, endOpen) : asked)
    return unlessOver(inOrder(dropping)).pipe(
      Effect.ensuring(Effect.sync(() => Deferred.doneUnsafe(said, Effect.void))),
      Effect.onError(() => Effect.sync(callOff)),
      Effect.flatMap((asked) =>
        asked === undefined
          ? Effect.undefined
          : Effect.andThen(
            // Whoever asked may go, and the silence must end all the same.
            Effect.forkIn(session.patiently(asked.answer, answerTimeout, Effect.sync(callOff)), scope),
            session.patiently(asked.answer, answerTimeout, late)
          )
      )
    )
  }

  const dropTexts = Effect.sync(() => {
    const before = dropped
    dropped = Deferred.makeUnsafe()
    Deferred.doneUnsafe(before, Effect.void)
  })

  const drop = <A>(question: Dropping<Message, A>): Effect.Effect<A | undefined, LiveError> =>
    Effect.andThen(
      dropTexts,
      Effect.suspend(() => {
        if (!isClosing) return ask(question)
        // Nothing can be said any more: what still comes is for nobody.
        session.mute()
        return Effect.undefined
      })
    )

  const close = Effect.gen(function*() {
    yield* unlessOver(inOrder(Effect.void))
    // Whoever drops what has been waited for says so first.
    yield* Effect.suspend(() => Deferred.await(dropSaid))
    isClosing = true
    yield* session.connection.close
  })

  return {
    /** Sends a text, when it may go. What waits while everything is dropped is not sent. */
    speak: (text: string): Effect.Effect<void, LiveError> =>
      text === ""
        ? refused(BadRequest, operation, "there is no text to speak")
        : Effect.asVoid(inTurn(Effect.forEach(pieces(text, limits.characters), speakPiece, { discard: true }))),
    /** Milliseconds until so many characters may go. */
    wait: (amount: number): number => characters.wait(amount, now()),
    /** Has the text before it spoken, by `say`, when that may be asked for. */
    flush: <A, E>(say: Effect.Effect<A, E>) =>
      inTurn(Effect.andThen(turn(flushes, 1), counted(Effect.tap(say, endOpen), flushes, 1))),
    /** Milliseconds until a flush may go. */
    flushWait: (): number => flushes.wait(1, now()),
    /** Milliseconds of the clock by which it waits. */
    now,
    /** Drops the texts that wait, and the audio that came and comes, until the answer has come. */
    drop,
    /** Drops the texts that wait, and the audio that came: of a server that has nothing to say any more. */
    dropHere: Effect.andThen(dropTexts, Effect.sync(() => session.mute().callOff())),
    /** There is text that was sent and of which the server does not know that it ends. */
    isOpen: () => isOpen,
    /** Ends the session, behind everything that was handed over. */
    close
  }
})

/** Speaks, whatever the channel. */
export type Speaker<Message> = Effect.Success<ReturnType<typeof makeSpeaker<Message>>>
