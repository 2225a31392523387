/** A program with the vendor's client, which is the same for calls and for sockets. */
import { DeepgramClient } from "@deepgram/sdk"
import { ready } from "./startReady.ts"

const client = new DeepgramClient({ apiKey: "a key" })

/** What the program is for: bundlers must keep it. */
export const transcribe = (): PromiseLike<unknown> =>
  client.listen.v1.media.transcribeUrl({ url: "https://dpgr.am/spacewalk.wav", model: "nova-3" })

ready()
