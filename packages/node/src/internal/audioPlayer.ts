/** A loudspeaker, as what is done with a stream. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Playable } from "../NodeAudio.ts"
import type { Child, Failure } from "./audioProcess.ts"

/** What these messages mean: nothing of what was to be heard before is to be heard any more. */
const dropping: ReadonlySet<string> = new Set(["Interrupted", "Cleared", "SpeechInterrupted"])

/** A program, from its first sound to its last. */
interface Voice {
  readonly child: Child
  readonly scope: Scope.Closeable
  state: "silent" | "speaking" | "finishing"
}

const audioOf = (sound: Playable): Uint8Array | undefined =>
  sound instanceof Uint8Array ? sound : sound.audio instanceof Uint8Array ? sound.audio : undefined

/** Starts a program; what it fails with is told as `E`. */
interface Stage<E> {
  readonly launch: Effect.Effect<Child, Failure, Scope.Scope>
  readonly toError: (failure: Failure) => E
}

const perform = Effect.fnUntraced(function*<E, R, E2>(
  sounds: Stream.Stream<Playable, E, R>,
  { launch, toError }: Stage<E2>,
  outer: Scope.Scope
): Effect.fn.Return<void, E | E2, R> {
  const open = Effect.gen(function*() {
    const scope = yield* Scope.fork(outer)
    const child = yield* Scope.provide(launch, scope)
    return { child, scope, state: "silent" } satisfies Voice as Voice
  })
  // At once: nothing is spoken for nobody when there is no program.
  let voice: Voice | undefined = yield* Effect.mapError(open, toError)

  const close = ({ scope }: Voice) => {
    voice = undefined
    return Scope.close(scope, Exit.void)
  }
  const finish = (voice: Voice) => {
    voice.state = "finishing"
    voice.child.finish()
  }
  const heard = (voice: Voice) => Effect.andThen(voice.child.finished, close(voice))

  const play = Effect.fnUntraced(function*(audio: Uint8Array) {
    if (voice?.state === "finishing") yield* heard(voice)
    const current = voice ??= yield* open
    const { child, state } = current
    current.state = "speaking"
    if (state === "silent" && child.program.header !== undefined) yield* child.write(child.program.header)
    yield* child.write(audio)
  }, Effect.mapError(toError))

  yield* Stream.runForEach(sounds, (sound): Effect.Effect<void, E2> => {
    const audio = audioOf(sound)
    if (audio !== undefined) return play(audio)
    if (sound instanceof Uint8Array || voice === undefined || voice.state === "silent") return Effect.void
    if (dropping.has(sound.type)) return close(voice)
    if (sound.type === "AgentAudioDone") finish(voice)
    return Effect.void
  })
  if (voice === undefined) return
  finish(voice)
  yield* Effect.mapError(heard(voice), toError)
})

/**
 * Plays everything and waits until it was heard. Programs hold back what does not fill a buffer: so each turn of an agent
 * has one of its own, which is told that nothing more comes.
 */
export const playing = <E, R, E2>(
  sounds: Stream.Stream<Playable, E, R>,
  stage: Stage<E2>
): Effect.Effect<void, E | E2, R> =>
  Effect.acquireUseRelease(Scope.make(), (scope) => perform(sounds, stage, scope), Scope.close)
