/** A session of Flux: turns, one after another, each of which can be interrupted (inventory 2.4). */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { SynthesisError } from "../../Synthesizer.ts"
import type { VendorError } from "../vendorError.ts"
import { isSpeakable } from "./liveText.ts"
import {
  addMessage,
  addStretch,
  charactersOf,
  makeTurn,
  markupWarning,
  pronunciationsOf,
  reportOf,
  type ServerMessage,
  splitText,
  spokenText,
  type Stretch,
  type Turn,
  warning
} from "./liveTurn.ts"
import { type LiveVoice, millisOf, utter } from "./liveVoice.ts"
import { withoutMarkup } from "./markup.ts"
import { hasPause } from "./pauses.ts"
import { makeRoom } from "./room.ts"
import { lengthOf } from "./script.ts"

/** What a session is opened with. */
export interface FluxOptions {
  readonly voice: LiveVoice
  /** As far as it was asked for. */
  readonly speed: number | undefined
  /** Why the voice cannot speak at a speed. */
  readonly speedProblem: (speed: number) => VendorError | undefined
  readonly say: (message: ServerMessage) => Effect.Effect<void>
  /** So many characters are being spoken. */
  readonly spoken: (characters: number) => Effect.Effect<void>
}

/** A text that Flux does not take: fatal. */
export type TextProblem =
  /** Controls that cannot be on a socket, or not together. */
  | { readonly _tag: "Controls"; readonly message: string }
  /** There is no end to a word, or nothing to speak for too long. */
  | { readonly _tag: "TooLong" }

/** What a client can have done. */
export interface FluxSession {
  /** Waits while too much text waits to be spoken. */
  readonly speak: (text: string) => Effect.Effect<void, TextProblem>
  readonly flush: Effect.Effect<void>
  readonly interrupt: (playedTo: number | undefined) => Effect.Effect<void>
  readonly configure: (speed: number | undefined) => Effect.Effect<void>
  /** Takes no more text. */
  readonly close: Effect.Effect<void>
  /** Speaks and answers, until all is said after {@link close}. */
  readonly run: Effect.Effect<void, SynthesisError>
  /** Whether something is being said. */
  readonly isBusy: () => boolean
}

const together = "Pronunciation controls cannot be combined with a 'speed' other than 1.0."

const refuse = (problem: TextProblem) => Effect.fail(problem)

/** Characters of all turns that may wait to be spoken. */
const mostWaiting = 1_000_000

/** What a turn and a stretch take of that, besides their text. */
const turnOverhead = 1000
const stretchOverhead = 100

const weightOf = ({ text }: Stretch): number => text.length + stretchOverhead

/** Longest text that cannot be cut anywhere, in UTF-16 units: no voice speaks a longer word. */
const longestUncut = 65_536

/** What is to be looked at for controls of a text that is continued: what stands before was looked at. */
const newPart = (before: string, text: string): string => {
  const brace = before.lastIndexOf("{")
  return brace < 0 ? before.slice(-1) + text : before.slice(Math.max(0, brace - 1)) + text
}

/** Opens a session. */
export const openSpeakV2 = Effect.fnUntraced(function*(
  { say, speed: firstSpeed, speedProblem, spoken, voice }: FluxOptions
): Effect.fn.Return<FluxSession> {
  const upcoming = yield* Queue.unbounded<Turn | "Closed">()
  // From the first text to the last message of each; the first one is active, the others are pending.
  const turns: Array<Turn> = []
  // The turn that takes text.
  let open: Turn | undefined
  let speed = firstSpeed
  let isClosing = false
  let isBusy = false
  let isInterrupting = false
  // Where the last interruption was: the next one must be later.
  let lastPlayed: number | undefined
  // What was made, in milliseconds; of what was interrupted, only what was played.
  let audio = 0
  // Sums of the session, in milliseconds and characters.
  let produced = 0
  let input = 0
  let billable = 0

  const room = makeRoom(mostWaiting)
  const hold = (turn: Turn, more: number) => {
    turn.held += more
    room.change(more)
  }

  const ignore = (code: string, reason: string) => say(warning(code, `${reason} The request will be ignored.`))

  const inactive = ignore("NO_ACTIVE_SPEECH", "There is no active turn.")

  const opened = Effect.suspend(() =>
    open === undefined
      ? Effect.tap(makeTurn, (turn) =>
        Effect.sync(() => {
          open = turn
          turns.push(turn)
          hold(turn, turnOverhead)
          Queue.offerUnsafe(upcoming, turn)
        }))
      : Effect.succeed(open)
  )

  const add = (turn: Turn, text: string) => hold(turn, weightOf(addStretch(turn, text, speed ?? 1)))

  /** The open turn takes no more text; `answers` are given before the last of it is spoken. */
  const finish = (turn: Turn, answers: ReadonlyArray<ServerMessage>) => {
    open = undefined
    const rest = turn.draft.rest()
    const isSilent = turn.stretches.length === 0 && !isSpeakable(spokenText(rest))
    if (isSilent) addMessage(turn, silent)
    for (const answer of answers) addMessage(turn, answer)
    if (!isSilent && rest !== "") add(turn, rest)
    Queue.offerUnsafe(turn.steps, { _tag: "End" })
  }

  const speakTurn = Effect.fnUntraced(function*(turn: Turn) {
    const frames = {
      ...voice,
      send: (frame: Uint8Array) =>
        Effect.suspend(() => {
          const length = millisOf(frame, voice.format)
          turn.audio += length
          audio += length
          produced += length
          return voice.send(frame)
        })
    }
    while (true) {
      isBusy = false
      const step = yield* Queue.take(turn.steps)
      isBusy = true
      switch (step._tag) {
        case "Speech": {
          hold(turn, -weightOf(step.stretch))
          const characters = charactersOf(step.stretch)
          turn.spoken += characters
          yield* spoken(characters)
          yield* utter(frames, step.stretch.text, step.stretch.speed)
          break
        }
        case "Message":
          yield* say(step.message)
          break
        case "End":
          return
      }
    }
  })

  const conclude = (turn: Turn): ServerMessage => {
    const { interruption } = turn
    if (interruption === undefined) return { type: "SpeechMetadata", ...reportOf(turn) }
    const { playedTo } = interruption
    const made = audio
    // What was made and not played does not count any more, and nobody has heard more than was made.
    audio = Math.min(made, playedTo ?? made)
    lastPlayed = Math.min(playedTo ?? Infinity, Math.round(made))
    return {
      type: "SpeechInterrupted",
      audio_played_ms: lastPlayed,
      ...(playedTo === undefined ? undefined : splitText(turn, audio - turn.start, voice.format.sampleRate)),
      metadata: reportOf(turn)
    }
  }

  const run = Effect.gen(function*() {
    while (true) {
      isBusy = false
      const turn = yield* Queue.take(upcoming)
      isBusy = true
      if (turn === "Closed") break
      turn.start = audio
      yield* say({ type: "SpeechStarted", speech_id: turn.id })
      yield* Effect.raceFirst(Deferred.await(turn.interrupted), speakTurn(turn))
      isBusy = true
      turns.shift()
      hold(turn, -turn.held)
      input += turn.input
      billable += turn.spoken
      yield* say(conclude(turn))
      if (turn.interruption !== undefined) isInterrupting = false
    }
    yield* say({
      type: "SessionMetadata",
      total_audio_duration_ms: Math.round(produced),
      total_input_character_count: input,
      total_billable_character_count: billable
    })
  })

  /** Why the speed cannot be changed to another one. */
  const problemOf = (wanted: number): ServerMessage | undefined => {
    const failure = { type: "ConfigureFailure", field: "speed" } as const
    const problem = speedProblem(wanted)
    if (problem !== undefined) {
      // Where there is no value that would do, none is repeated.
      const value = problem.err_code === "SPEED_NOT_SUPPORTED" ? undefined : { value: wanted }
      return { ...failure, code: problem.err_code, ...value, description: problem.err_msg }
    }
    if (wanted === 1 || open === undefined || !isPronounced(open)) return undefined
    return { ...failure, code: "CONTROL_COMBINATION_INVALID", value: wanted, description: together }
  }

  return {
    run,
    isBusy: () => isBusy,
    speak: Effect.fnUntraced(function*(text) {
      if (isClosing) return
      yield* room.any
      const turn = yield* opened
      const plain = withoutMarkup(text)
      if (plain !== text) yield* say(markupWarning)
      turn.input += lengthOf(text)
      const part = newPart(turn.draft.text(), plain)
      if (hasPause(part)) {
        return yield* refuse({ _tag: "Controls", message: "Pause controls are not supported when streaming." })
      }
      if ((speed ?? 1) !== 1 && pronunciationsOf(part).length > 0) {
        return yield* refuse({ _tag: "Controls", message: together })
      }
      for (const stretch of turn.draft.append(plain)) add(turn, stretch)
      if (turn.draft.text().length > longestUncut) return yield* refuse({ _tag: "TooLong" })
    }),
    flush: Effect.suspend(() => {
      if (isClosing) return Effect.void
      if (open === undefined) return inactive
      finish(open, [{ type: "Flushed", speech_id: open.id }])
      return Effect.void
    }),
    interrupt: (playedTo) =>
      Effect.suspend(() => {
        const [active] = turns
        if (isInterrupting) return ignore("INTERRUPT_IN_PROGRESS", "An earlier interrupt is still being processed.")
        if (audio === 0 && lastPlayed === undefined) {
          return ignore("NO_AUDIO_GENERATED", "No audio has been generated yet.")
        }
        if (active === undefined) return inactive
        if (playedTo !== undefined && lastPlayed !== undefined && playedTo <= lastPlayed) {
          return ignore("INVALID_INTERRUPT_OFFSET", `The playback offset must be more than ${lastPlayed} ms.`)
        }
        isInterrupting = true
        if (open === active) open = undefined
        active.interruption = { playedTo }
        Deferred.doneUnsafe(active.interrupted, Effect.void)
        return Effect.void
      }),
    configure: (wanted) =>
      Effect.suspend(() => {
        const problem = wanted === undefined ? undefined : problemOf(wanted)
        if (problem !== undefined) return say(problem)
        speed = wanted ?? speed
        return say({ type: "ConfigureSuccess", applied: speed === undefined ? {} : { speed } })
      }),
    close: Effect.sync(() => {
      if (isClosing) return
      isClosing = true
      if (open !== undefined) finish(open, [])
      Queue.offerUnsafe(upcoming, "Closed")
    })
  }
})

const silent = warning("NO_SYNTHESIZABLE_TEXT", "The turn has no text that can be spoken. No audio is generated.")

const isPronounced = (turn: Turn): boolean =>
  turn.pronunciations > 0 || turn.doubtful > 0 || pronunciationsOf(turn.draft.text()).length > 0
