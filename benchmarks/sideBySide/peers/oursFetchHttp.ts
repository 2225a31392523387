/** Our SDK over the global `fetch`: with its defaults, or with validation that is compiled. */
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Deepgram from "effect-deepgram/Deepgram"
import { createReadStream } from "node:fs"
import type * as Load from "../loads/calls.ts"
import type * as DecodingLoad from "../loads/decoding.ts"
import type * as UploadLoad from "../loads/upload.ts"
import { fileChunk } from "./account.ts"
import * as Calls from "./oursCalls.ts"

const clientOf = (url: string) => Deepgram.layer(Calls.settings(url))

export const transcribe: Load.Peer["transcribe"] = async (calls) => {
  if (calls.variant === "compiled") (await import("effect-deepgram/jit")).enable()
  return Calls.transcribe(clientOf(calls.url), calls)
}

export const upload: UploadLoad.Peer["upload"] = (recording) =>
  Calls.upload(
    clientOf(recording.url),
    NodeStream.fromReadable({ evaluate: () => createReadStream(recording.path, { highWaterMark: fileChunk }) }),
    recording
  )

export const decode: DecodingLoad.Peer["decode"] = (answer) => Calls.decode(clientOf("http://127.0.0.1"), answer)
