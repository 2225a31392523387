/**
 * The front of a WAV file, read as it arrives: everything up to the first sample.
 *
 * Written for the files that exist rather than for the ones the standard describes. The RIFF size is never believed,
 * odd chunks may lack their pad byte, and a `data` size of zero, 0xFFFFFFFF or more than there is means "to the end"
 * (recorders that stream, or that died). Nothing is kept but the few bytes that a chunk header needs.
 */
import { MalformedAudio, type UnsupportedAudio } from "./errors.ts"
import { type ForeignFormat, formatBytes, readFormat, unsupportedWav, type WavFormat } from "./wavFormat.ts"

/** The samples begin: `rest` are the first of their bytes, the following ones go on with them. */
export interface WavReady {
  readonly _tag: "Ready"
  readonly format: WavFormat
  /** Bytes of samples to expect, from the start of `rest`; `Infinity`: up to the end of the file. May be too many. */
  readonly dataBytes: number
  readonly rest: Uint8Array
}

/** Where the parser stands. */
export type WavProgress =
  | { readonly _tag: "More" }
  | { readonly _tag: "Broken"; readonly error: MalformedAudio | UnsupportedAudio }
  | WavReady

/** An incremental parser; after `Ready` or `Broken` it is finished. */
export interface WavParser {
  readonly push: (bytes: Uint8Array) => WavProgress
  /** There are no more bytes: never answers `More`. */
  readonly end: () => WavProgress
}

/** Chunks that recorders write after the samples: they tell an empty `data` chunk from an unknown size. */
const knownChunks = new Set([
  "fmt ",
  "data",
  "fact",
  "LIST",
  "JUNK",
  "junk",
  "FLLR",
  "PAD ",
  "bext",
  "iXML",
  "axml",
  "chna",
  "id3 ",
  "ID3 ",
  "cue ",
  "smpl",
  "inst",
  "PEAK",
  "cart",
  "afsp",
  "_PMX",
  "ds64",
  "levl",
  "acid",
  "strc"
])

const unknownSize = 0xffffffff

class Input {
  pending: Uint8Array = new Uint8Array(0)
  /** Where `pending` starts in the file. */
  offset = 0
  ended = false

  append(bytes: Uint8Array): void {
    if (this.pending.length === 0) {
      this.pending = bytes
    } else {
      const joined = new Uint8Array(this.pending.length + bytes.length)
      joined.set(this.pending)
      joined.set(bytes, this.pending.length)
      this.pending = joined
    }
  }

  consume(count: number): void {
    this.pending = this.pending.subarray(count)
    this.offset += count
  }

  view(): DataView {
    return new DataView(this.pending.buffer, this.pending.byteOffset, this.pending.length)
  }

  /** Four bytes as text; anything but printable ASCII becomes `?`. */
  id(at: number): string {
    let id = ""
    for (let i = at; i < at + 4; i++) {
      const byte = this.pending[i] ?? 0
      id += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?"
    }
    return id
  }

  printable(at: number): boolean {
    return this.pending.subarray(at, at + 4).every((byte) => byte >= 0x20 && byte < 0x7f)
  }
}

/** Suspends until there are `count` bytes, or no more. */
function* need(input: Input, count: number): Generator<void, boolean> {
  while (input.pending.length < count && !input.ended) yield
  return input.pending.length >= count
}

/** Drops `count` bytes as they come; false when there are not that many. */
function* skip(input: Input, count: number): Generator<void, boolean> {
  let left = count
  while (true) {
    const step = Math.min(left, input.pending.length)
    input.consume(step)
    left -= step
    if (left === 0 || input.ended) return left === 0
    yield
  }
}

/** An odd chunk is followed by a zero byte, which some recorders forget: is the next byte that one? */
const isPad = (input: Input): boolean => !input.printable(0) || knownChunks.has(input.id(1))

function* walk(input: Input): Generator<void, WavProgress> {
  const malformed = (reason: string, offset = input.offset): WavProgress => ({
    _tag: "Broken",
    error: new MalformedAudio({ container: "wav", offset, reason })
  })

  if (!(yield* need(input, 12))) return malformed("it ends inside its first 12 bytes", input.pending.length)
  const magic = input.id(0)
  if (magic !== "RIFF" && magic !== "RIFX" && magic !== "RF64" && magic !== "BW64") {
    return malformed(`it starts with "${magic}" instead of "RIFF"`)
  }
  if (input.id(8) !== "WAVE") return malformed(`a RIFF file of the kind "${input.id(8)}" instead of "WAVE"`, 8)
  const littleEndian = magic !== "RIFX"
  input.consume(12)

  let format: WavFormat | ForeignFormat | undefined
  let longDataBytes = 0
  let odd = false
  let emptyData = false
  let place = "after the header"
  const ready = (dataBytes: number): WavProgress => {
    if (format === undefined) return malformed("the `data` chunk comes before the `fmt ` chunk")
    return "codec" in format
      ? { _tag: "Broken", error: unsupportedWav(format, dataBytes) }
      : { _tag: "Ready", format, dataBytes, rest: input.pending }
  }

  while (true) {
    if (odd && (yield* need(input, 9)) && isPad(input)) input.consume(1)
    if (!(yield* need(input, 8))) {
      if (emptyData || (format !== undefined && "codec" in format)) return ready(0)
      return malformed(`it ends ${place}, without a \`data\` chunk`, input.offset + input.pending.length)
    }
    const id = input.id(0)
    const size = input.view().getUint32(4, littleEndian)
    const offset = input.offset
    odd = size % 2 === 1
    if (!input.printable(0)) return malformed(`no chunk starts here, ${place}`)
    if (id === "data") {
      if (format === undefined) return ready(size)
      input.consume(8)
      if (size === 0) {
        if (!(yield* need(input, 4)) || !knownChunks.has(input.id(0))) return ready(Infinity)
        emptyData = true
        continue
      }
      if (size !== unknownSize) return ready(size)
      return ready(longDataBytes === 0 ? Infinity : longDataBytes)
    }
    input.consume(8)
    let left = size
    if (id === "fmt ") {
      if (size < 16) return malformed(`a \`fmt \` chunk of ${size} bytes`, offset)
      left = Math.max(0, size - formatBytes)
      const kept = size - left
      if (!(yield* need(input, kept))) {
        return malformed("it ends inside its `fmt ` chunk", input.offset + input.pending.length)
      }
      const chunk = new DataView(input.pending.buffer, input.pending.byteOffset, kept)
      const read = readFormat(chunk, littleEndian, input.offset)
      if ("_tag" in read) return { _tag: "Broken", error: read }
      format = read
      input.consume(kept)
    } else if (id === "ds64" && size >= 16 && (yield* need(input, 16))) {
      longDataBytes = Number(input.view().getBigUint64(8, littleEndian))
    }
    const complete = yield* skip(input, left)
    place = `${complete ? "after" : "inside"} the chunk "${id}" of ${size} bytes at byte ${offset}`
  }
}

/** A fresh parser for one file. */
export const makeWavParser = (): WavParser => {
  const input = new Input()
  const steps = walk(input)
  const advance = (): WavProgress => {
    const step = steps.next()
    return step.done === true ? step.value : { _tag: "More" }
  }
  return {
    push: (bytes) => {
      input.append(bytes)
      return advance()
    },
    end: () => {
      input.ended = true
      return advance()
    }
  }
}
