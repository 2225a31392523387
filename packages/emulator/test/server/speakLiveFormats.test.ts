/** Whatever can be asked for on sockets can be heard, however its text was cut. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { connect } from "./socket.ts"
import { audioOf, samplesOf, textOf } from "./spoken.ts"

const text = "Hello there, this is the first of two sentences, it is long enough. And this is the second one. Bye"

const pieces = text.match(/.{1,7}/gs) ?? []

const channels = [
  ["/v1/speak?model=aura-2-thalia-en", DeepgramChannels.speakV1Formats],
  ["/v2/speak?model=flux-haley-en", DeepgramChannels.speakV2Formats]
] as const

layer(Emulator.layer())("live speech", (it) => {
  for (const [path, formats] of channels) {
    for (const encoding of ["linear16", "mulaw", "alaw"] as const) {
      for (const rate of [undefined, ...formats[encoding].sampleRates]) {
        it.effect(`of ${path} is heard as ${encoding} of ${rate ?? "default"} Hz`, () =>
          Effect.gen(function*() {
            const sampleRate = rate ?? formats[encoding].sampleRates[0]
            const { end, say } = yield* connect(
              `${path}&encoding=${encoding}${rate === undefined ? "" : `&sample_rate=${rate}`}`
            )
            for (const piece of pieces) yield* say({ type: "Speak", text: piece })
            yield* say({ type: "Close" })
            const { code, messages } = yield* end
            assert.strictEqual(code, 1000)
            const format = { encoding, sampleRate }
            assert.strictEqual(textOf(messages, format), text)
            const frames = messages.flatMap(({ audio }) => audio instanceof Uint8Array ? [audio] : [])
            const longest = Math.max(...frames.map((frame) => samplesOf(frame, format).length / sampleRate))
            assert.isAtMost(longest, 0.0501)
            assert.strictEqual(audioOf(messages).length % (encoding === "linear16" ? 2 : 1), 0)
          }))
      }
    }
  }
})
