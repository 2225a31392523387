/** Our SDK with the transport of its Node package, with its defaults. */
import * as NodeAudio from "@effect-deepgram/node/NodeAudio"
import * as NodeDeepgram from "@effect-deepgram/node/NodeDeepgram"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import type * as Load from "../loads/calls.ts"
import type * as DecodingLoad from "../loads/decoding.ts"
import type * as DownloadLoad from "../loads/download.ts"
import type * as UploadLoad from "../loads/upload.ts"
import * as Calls from "./oursCalls.ts"

const clientOf = (url: string) => NodeDeepgram.layer(Calls.settings(url))

/** Spans that an exporter takes away, this many at a time. */
const batchSize = 512

/** Keeps each span that has ended until there are enough for a batch, as exporters do. */
const exporting = (): Tracer.Tracer => {
  let batch: Array<Tracer.Span> = []
  class Exported extends Tracer.NativeSpan {
    override end(...args: Parameters<Tracer.NativeSpan["end"]>): void {
      super.end(...args)
      if (batch.push(this) === batchSize) batch = []
    }
  }
  return Tracer.make({ span: (options) => new Exported(options) })
}

export const transcribe: Load.Peer["transcribe"] = (calls) =>
  Calls.transcribe(
    calls.variant === "traced"
      ? Layer.merge(clientOf(calls.url), Layer.sync(Tracer.Tracer, exporting))
      : clientOf(calls.url),
    calls
  )

export const upload: UploadLoad.Peer["upload"] = (recording) =>
  Calls.upload(clientOf(recording.url), NodeAudio.file(recording.path), recording)

export const speak: DownloadLoad.Peer["speak"] = (speech) => Calls.speak(clientOf(speech.url), speech)

export const decode: DecodingLoad.Peer["decode"] = (answer) => Calls.decode(clientOf("http://127.0.0.1"), answer)
