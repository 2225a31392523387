/** This SDK over WebSocket on Node. All sessions are fibers over one client. */
import * as NodeDeepgram from "@effect-deepgram/node/NodeDeepgram"
import type { Deepgram } from "effect-deepgram/Deepgram"
import * as ListenV1 from "effect-deepgram/ListenV1"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Pull from "effect/Pull"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { frame, type Hear, type Open, options, type Session } from "../live.ts"
import type { Window } from "../loads/duplex.ts"
import type { Timing } from "../loads/opening.ts"
import { apiKey } from "./account.ts"

const makeRuntime = (baseUrl: string) =>
  ManagedRuntime.make(NodeDeepgram.layer({ apiKey: Redacted.make(apiKey), baseUrl }))

let runtime: ReturnType<typeof makeRuntime> | undefined

const run = <A, E>(url: string, effect: Effect.Effect<A, E, Deepgram>): Promise<A> => {
  runtime ??= makeRuntime(url)
  return runtime.runPromise(effect)
}

type Frames = Pull.Pull<NonEmptyReadonlyArray<Uint8Array>>

/** To the end, as many messages at a time as there are. */
const hearAll = <Message, E, R>(messages: Stream.Stream<Message, E, R>, hear: Hear): Effect.Effect<void, E, R> =>
  Stream.runForEachArray(messages, (batch) => {
    for (const message of batch) hear(message)
    return Effect.void
  })

/** Audio of a source that says when it has some, as a Stream: what has come since it was last asked, at once. */
const makeSource = () => {
  let frames: NonEmptyReadonlyArray<Uint8Array> | undefined
  let waiter: ((frames: Frames) => void) | undefined
  const next: Frames = Effect.callback((resume) => {
    if (frames === undefined) {
      waiter = resume
      return
    }
    resume(Effect.succeed(frames))
    frames = undefined
  })
  return {
    audio: Stream.fromPull(Effect.succeed(next)),
    offer: (frame: Uint8Array) => {
      if (waiter === undefined) {
        frames = frames === undefined ? [frame] : [...frames, frame]
        return
      }
      const resume = waiter
      waiter = undefined
      resume(Effect.succeed([frame]))
    }
  }
}

const openPipe: Open = async (url, _, hear) => {
  const { audio, offer } = makeSource()
  void run(url, hearAll(ListenV1.transcribeStream(options)(audio), hear))
  return { send: offer }
}

const connect = (url: string): Promise<ListenV1.Connection> =>
  // Until the process ends.
  run(url, Scope.provide(ListenV1.connect(options), Scope.makeUnsafe()))

const sending = ({ sendUnsafe }: ListenV1.Connection): Session => ({
  send: (audio) => {
    if (!sendUnsafe(audio)) throw new Error("a frame was not taken")
  }
})

export const open: Open = async (url, variant, hear) => {
  if (variant === "pipe") return openPipe(url, variant, hear)
  const connection = await connect(url)
  void run(url, variant === "callback" ? connection.onMessage(hear) : hearAll(connection.messages, hear))
  return sending(connection)
}

/** As many frames at a time as the window has room for. */
const framesOf = (window: Window): Stream.Stream<Uint8Array> => {
  const next: Frames = Effect.suspend(() => {
    if (window.isOver()) return Cause.done()
    const [first, ...others] = Array.from({ length: window.take() }, () => frame)
    return first === undefined ? room : Effect.succeed([first, ...others] as const)
  })
  const room: Frames = Effect.callback((resume) => {
    window.onRoom = () => {
      window.onRoom = () => undefined
      resume(next)
    }
  })
  return Stream.fromPull(Effect.succeed(next))
}

export const exchange = (url: string, window: Window, hear: Hear): Promise<void> =>
  run(url, hearAll(ListenV1.transcribeStream(options)(framesOf(window)), hear))

export const openEach = (url: string, times: number, { dialling, opened, rest }: Timing): Promise<void> =>
  run(
    url,
    Effect.gen(function*() {
      for (let i = 0; i < times; i++) {
        yield* Effect.scoped(Effect.suspend(() => {
          dialling()
          return Effect.tap(ListenV1.connect(options), () => Effect.sync(opened))
        }))
        yield* Effect.promise(rest)
      }
    })
  )
