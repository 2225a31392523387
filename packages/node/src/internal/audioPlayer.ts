/** A loudspeaker, as what is done with a stream. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Playable } from "../NodeAudio.ts"
import type { Child, Failure } from "./audioProcess.ts"

/** What these messages mean: nothing of what was to be heard before is to be heard any more. */
const dropping: ReadonlySet<string> = new Set(["Interrupted", "Cleared", "SpeechInterrupted"])

/** Bytes of later turns that are taken while one is being heard: as many as a session lets wait. */
const most = 16_777_216

/** A program, from its first sound to its last. */
interface Voice {
  readonly child: Child
  readonly scope: Scope.Closeable
  readonly dropped: Deferred.Deferred<void>
  state: "silent" | "speaking" | "finishing"
}

const audioOf = (sound: Playable): Uint8Array | undefined =>
  sound instanceof Uint8Array ? sound : sound.audio instanceof Uint8Array ? sound.audio : undefined

/** Starts a program; what it fails with is told as `E`. */
interface Stage<E> {
  readonly launch: Effect.Effect<Child, Failure, Scope.Scope>
  readonly toError: (failure: Failure) => E
}

/** What is to be done, in this order. `turn`: what comes next is another turn. */
type Task = Uint8Array | "turn" | "end"

const perform = Effect.fnUntraced(function*<E, R, E2>(
  sounds: Stream.Stream<Playable, E, R>,
  { launch, toError }: Stage<E2>,
  outer: Scope.Scope
): Effect.fn.Return<void, E | E2, R> {
  const open = Effect.gen(function*() {
    const scope = yield* Scope.fork(outer)
    const child = yield* Scope.provide(launch, scope)
    return { child, scope, dropped: Deferred.makeUnsafe(), state: "silent" } satisfies Voice as Voice
  })
  // At once: nothing is spoken for nobody when there is no program.
  let voice: Voice | undefined = yield* Effect.mapError(open, toError)

  let tasks: Array<Task> = []
  let size = 0
  const arrived = Latch.makeUnsafe()
  const stepped = Latch.makeUnsafe()
  const add = (task: Task) => {
    tasks.push(task)
    arrived.openUnsafe()
  }

  const close = (gone: Voice) => {
    voice = undefined
    return Scope.close(gone.scope, Exit.void)
  }
  /** Does something with a program, unless it is to fall silent. */
  const unlessDropped = (voice: Voice, doing: Effect.Effect<void, Failure>) =>
    Effect.raceFirst(doing, Deferred.await(voice.dropped))
  const finish = Effect.fnUntraced(function*(voice: Voice) {
    voice.state = "finishing"
    voice.child.finish()
    stepped.openUnsafe()
    yield* unlessDropped(voice, voice.child.finished)
    yield* close(voice)
  })
  const speak = Effect.fnUntraced(function*(voice: Voice, audio: Uint8Array) {
    const { child, state } = voice
    const { header } = child.program
    voice.state = "speaking"
    if (state === "silent" && header !== undefined) yield* unlessDropped(voice, child.write(header))
    yield* unlessDropped(voice, child.write(audio))
    stepped.openUnsafe()
  })

  const work = Effect.gen(function*() {
    while (true) {
      const [task] = tasks
      if (voice !== undefined && Deferred.isDoneUnsafe(voice.dropped)) {
        yield* close(voice)
      } else if (task === undefined) {
        arrived.closeUnsafe()
        yield* arrived.await
      } else if (task instanceof Uint8Array) {
        const current: Voice = voice ??= yield* open
        // It may have been dropped meanwhile.
        if (tasks[0] !== task) continue
        tasks.shift()
        size -= task.byteLength
        yield* speak(current, task)
      } else {
        tasks.shift()
        if (voice !== undefined) yield* finish(voice)
        if (task === "end") return
      }
    }
  })

  /** The program takes no faster than it plays. What ends a turn that is being heard is to be seen at once. */
  const takeTime = Effect.suspend(() => {
    if (voice?.state === "finishing" && size <= most) return Effect.void
    stepped.closeUnsafe()
    return stepped.await
  })

  const hear = (sound: Playable): Effect.Effect<void> => {
    const audio = audioOf(sound)
    if (audio !== undefined) {
      if (audio.byteLength === 0) return Effect.void
      size += audio.byteLength
      add(audio)
      return takeTime
    }
    if (sound instanceof Uint8Array) return Effect.void
    if (dropping.has(sound.type)) {
      tasks = []
      size = 0
      if (voice !== undefined && voice.state !== "silent") {
        Deferred.doneUnsafe(voice.dropped, Effect.void)
        arrived.openUnsafe()
      }
    } else if (sound.type === "AgentAudioDone") {
      const last = tasks.at(-1)
      if (last === undefined ? voice?.state === "speaking" : last !== "turn") add("turn")
    }
    return Effect.void
  }

  yield* Effect.all([
    Effect.andThen(Stream.runForEach(sounds, hear), Effect.sync(() => add("end"))),
    Effect.mapError(work, toError)
  ], { concurrency: 2, discard: true })
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
