/** The script of the page: a press of the button begins captions, the next one ends them. */
import * as Deepgram from "effect-deepgram/Deepgram"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { captions } from "./captions.ts"
import * as Microphone from "./microphone.ts"
import * as TestVoice from "./testVoice.ts"
import { fetchToken } from "./token.ts"
import { view } from "./view.ts"
import { wordsOf } from "./words.ts"

const main = Effect.gen(function*() {
  const { caption, fail, press, show, wantsVoice } = yield* view

  const session = Effect.gen(function*() {
    yield* show("asking")
    const scope = yield* Scope.fork(yield* Effect.scope)
    const { audio, sampleRate, stop } = yield* Scope.provide(
      (yield* wantsVoice) ? TestVoice.open : Microphone.open(),
      scope
    )
    yield* show("listening")
    yield* press.pipe(
      Effect.andThen(show("finishing")),
      Effect.andThen(stop),
      Effect.forkScoped
    )
    // Nobody who has pressed the button wants to see the sign of an open microphone until the last words are there.
    const released = Stream.ensuring(audio, Scope.close(scope, Exit.void))
    yield* Stream.runForEach(captions({ audio: released, sampleRate }), caption)
  }).pipe(
    // Before anything else is said.
    Effect.scoped,
    Effect.andThen(show("ended")),
    Effect.catch((error) => fail(wordsOf(error))),
    Effect.catchDefect((defect) => fail(`Something is wrong with this page: ${String(defect)}`))
  )

  yield* show("idle")
  // Without a turn in between, in which a press would be lost.
  return yield* Effect.forever(Effect.andThen(press, session), { disableYield: true })
})

// The token is asked for by each session: one that was granted when the page was loaded would have expired.
Effect.runFork(
  Effect.provide(
    main,
    Deepgram.layer({ accessToken: fetchToken, baseUrl: document.body.dataset["deepgram"] })
  )
)
