/** FLAC: nothing is lost but what 16 bits do not hold. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { MalformedAudio } from "../errors.ts"
import { type ByteBuffer, makeByteBuffer } from "./byteBuffer.ts"
import { type FileDecoder, type FileEncoder, joinBytes, type Sound } from "./codec.ts"
import { type FlacSplitter, makeFlacSplitter } from "./flacFrames.ts"
import { readStreamInfo, streamInfoBytes } from "./flacHeader.ts"
import { libav, type PacketDecoder } from "./libav.ts"

const magic = Uint8Array.of(0x66, 0x4c, 0x61, 0x43)

/** An encoder of one file, mono, 16 bit, until the scope closes. The number of samples in its header is "unknown". */
export const flacEncoder = (
  options: { readonly sampleRate: number }
): Effect.Effect<() => FileEncoder, never, Scope.Scope> =>
  Effect.map(libav, (library) => () => {
    const encoder = library.encoder({ codec: "flac", sampleRate: options.sampleRate })
    return {
      // The only block of metadata is the last one.
      head: joinBytes([magic, Uint8Array.of(0x80, 0, 0, streamInfoBytes), encoder.extradata]),
      push: (samples) => joinBytes(encoder.push(samples)),
      end: () => joinBytes(encoder.end())
    }
  })

interface Input {
  readonly buffer: ByteBuffer
  ended: boolean
}

/** Suspends until there are `count` bytes, or no more. */
function* need(input: Input, count: number): Generator<void, boolean> {
  while (input.buffer.view().length < count && !input.ended) yield
  return input.buffer.view().length >= count
}

/** Drops `count` bytes as they come. */
function* skip(input: Input, count: number): Generator<void, void> {
  let left = count
  while (true) {
    const step = Math.min(left, input.buffer.view().length)
    input.buffer.drop(step)
    left -= step
    if (left === 0 || input.ended) return
    yield
  }
}

const lengthAt = (bytes: Uint8Array, at: number): number => (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!

/** Reads up to the first frame: the block that describes the stream, or what is wrong with the file. */
function* readMetadata(input: Input): Generator<void, Uint8Array | string> {
  const { buffer } = input
  if (!(yield* need(input, 8 + streamInfoBytes))) return "it ends inside its header"
  const header = buffer.view().slice(0, 8 + streamInfoBytes)
  if ((header[4]! & 0x7f) !== 0 || lengthAt(header, 5) !== streamInfoBytes) return "it does not begin with STREAMINFO"
  if (readStreamInfo(header.subarray(8)).sampleRate === 0) return "a sample rate of zero"
  buffer.drop(header.length)
  let last = header[4]! >= 0x80
  while (!last) {
    if (!(yield* need(input, 4))) return "it ends inside its metadata"
    last = buffer.view()[0]! >= 0x80
    yield* skip(input, 4 + lengthAt(buffer.view(), 1))
  }
  return header.subarray(8)
}

type Started = { readonly splitter: FlacSplitter; readonly decoder: PacketDecoder }

/** A decoder of one file, until the scope closes. */
export const flacDecoder: Effect.Effect<FileDecoder, never, Scope.Scope> = Effect.map(libav, (library) => {
  const input: Input = { buffer: makeByteBuffer(), ended: false }
  const metadata = readMetadata(input)
  let started: Started | undefined

  const offset = () => input.buffer.dropped() + (started?.splitter.offset() ?? 0)
  const malformed = (reason: string) => new MalformedAudio({ container: "flac", offset: offset(), reason })

  const start = (block: Uint8Array): Result.Result<Started, MalformedAudio> =>
    Result.mapBoth(library.decoder("flac", block), {
      onFailure: () => malformed("the decoder cannot be opened"),
      onSuccess: (decoder) => {
        const splitter = makeFlacSplitter(readStreamInfo(block))
        splitter.push(input.buffer.view())
        input.buffer.drop(input.buffer.view().length)
        if (input.ended) splitter.end()
        return { splitter, decoder }
      }
    })

  return {
    push: (bytes) => (started?.splitter ?? input.buffer).push(bytes),
    end: () => {
      input.ended = true
      started?.splitter.end()
    },
    next: (): Result.Result<ReadonlyArray<Sound> | undefined, MalformedAudio> => {
      if (started === undefined) {
        const step = metadata.next()
        if (step.done !== true) return Result.succeed(undefined)
        if (typeof step.value === "string") return Result.fail(malformed(step.value))
        const result = start(step.value)
        if (Result.isFailure(result)) return Result.fail(result.failure)
        started = result.success
      }
      const frame = started.splitter.next()
      return frame === undefined
        ? Result.succeed(undefined)
        : Result.mapError(started.decoder.decode(frame), () => malformed("the decoder broke down over a frame"))
    }
  }
})
