/** The programs that are weighed, by their variants. Those of ours are what `published/test/sizes.test.ts` has budgets for. */
import type { Program } from "../loads/bundle.ts"

const ours = `
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Deepgram from "effect-deepgram/Deepgram"
import * as ListenV1 from "effect-deepgram/ListenV1"
const run = (program) =>
  Effect.runPromise(Effect.provide(program, Deepgram.layer({ accessToken: Redacted.make("a token") })))
`

const official = `
import { DeepgramClient } from "@deepgram/sdk"
const client = new DeepgramClient({ accessToken: "a token" })
`

const missing = ["crypto", "fs"]

export const programs = {
  transcribeUrl: {
    code: `${ours}
run(ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" })).then(console.log)`
  },
  live: {
    code: `${ours}
import * as Stream from "effect/Stream"
run(Stream.runForEach(
  ListenV1.transcribeStream({ model: "nova-3" })(Stream.never),
  (message) => Effect.sync(() => console.log(message))
))`
  },
  "official, transcribeUrl": {
    code: `${official}
client.listen.v1.media.transcribeUrl({ url: "https://dpgr.am/spacewalk.wav", model: "nova-3" }).then(console.log)`,
    missing
  },
  "official, live": {
    code: `${official}
client.listen.v1.connect({ model: "nova-3" }).then((connection) => connection.on("message", console.log).connect())`,
    missing
  }
} satisfies Readonly<Record<string, Program>>
