/** Reads what was recorded. */
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createReadStream } from "node:fs"
import { type Call, formatVersion, Header, Line, type Part, type Recorded, SessionsError } from "./format.ts"

/** A call begins or ends. */
export interface Event {
  readonly type: "begin" | "end"
  readonly id: string
}

/** A recording, and in what order its calls began and ended. */
export interface Sequence extends Recorded {
  readonly events: ReadonlyArray<Event>
}

/** A line as text. Only the last one may be cut off. */
interface TextLine {
  readonly text: string
  readonly isWhole: boolean
}

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Line))
const decodeHeader = Schema.decodeUnknownResult(Schema.fromJsonString(Header))

const reasonOf = (error: Schema.SchemaError): string => error.message.replace(/\s+/g, " ").slice(0, 200)

const textLines = (path: string): Stream.Stream<TextLine, SessionsError> =>
  NodeStream.fromReadable({
    evaluate: () => createReadStream(path),
    onError: (cause) => new SessionsError({ path, problem: cause instanceof Error ? cause.message : String(cause) })
  }).pipe(
    Stream.decodeText,
    Stream.mapAccum(
      () => "",
      (rest: string, chunk): readonly [string, ReadonlyArray<TextLine>] => {
        // A line may be long: it is looked through once.
        if (!chunk.includes("\n")) return [rest + chunk, []]
        const lines = (rest + chunk).split("\n")
        return [lines.pop() ?? "", lines.map((text) => ({ text, isWhole: true }))]
      },
      { onHalt: (rest): ReadonlyArray<TextLine> => rest === "" ? [] : [{ text: rest, isWhole: false }] }
    )
  )

const headerOf = (path: string, text: string): Effect.Effect<Header, SessionsError> => {
  const header = decodeHeader(text)
  if (Result.isFailure(header)) {
    return Effect.fail(
      new SessionsError({ path, line: 1, problem: `no header of recorded sessions: ${reasonOf(header.failure)}` })
    )
  }
  const { emulator, version } = header.success
  return version === formatVersion ? Effect.succeed(header.success) : Effect.fail(
    new SessionsError({
      path,
      line: 1,
      problem: `format ${version}, of emulator ${emulator}, cannot be read: this emulator reads format ${formatVersion}`
    })
  )
}

const lineOf = (
  path: string,
  { isWhole, text }: TextLine,
  i: number
): Effect.Effect<ReadonlyArray<Line>, SessionsError> => {
  if (i === 0) return Effect.map(headerOf(path, text), (header) => [header])
  const line = decode(text)
  if (Result.isSuccess(line)) return Effect.succeed([line.success])
  return isWhole
    ? Effect.fail(new SessionsError({ path, line: i + 1, problem: reasonOf(line.failure) }))
    : Effect.succeed([])
}

/** The lines of a file. */
export const lines = (path: string): Stream.Stream<Line, SessionsError> =>
  textLines(path).pipe(
    Stream.mapAccumEffect(() => 0, (i, line) => Effect.map(lineOf(path, line, i), (read) => [i + 1, read] as const))
  )

/** The calls of a file, and the order of their beginnings and ends. */
export const sequence = Effect.fnUntraced(function*(path: string): Effect.fn.Return<Sequence, SessionsError> {
  const calls = new Map<string, Call & { readonly parts: Array<Part> }>()
  const events: Array<Event> = []
  let header: Header | undefined
  let complete = false
  let count = 0
  const misplaced = (problem: string) => new SessionsError({ path, line: count, problem })
  const take = (line: Line): SessionsError | undefined => {
    count++
    if (complete) return misplaced("there is something behind the end")
    switch (line.type) {
      case "Header":
        if (header !== undefined) return misplaced("a second header")
        header = line
        return undefined
      case "End":
        complete = true
        return undefined
      case "Call":
        if (calls.has(line.id)) return misplaced(`call ${line.id} begins twice`)
        calls.set(line.id, { ...line, parts: [] })
        events.push({ type: "begin", id: line.id })
        return undefined
      default: {
        const call = calls.get(line.id)
        if (call === undefined) return misplaced(`call ${line.id} did not begin`)
        call.parts.push(line)
        if (line.type === "CallEnd") events.push({ type: "end", id: line.id })
        return undefined
      }
    }
  }
  yield* Stream.runForEach(lines(path), (line) => {
    const problem = take(line)
    return problem === undefined ? Effect.void : Effect.fail(problem)
  })
  if (header === undefined) return yield* new SessionsError({ path, line: 1, problem: "the file is empty" })
  return { header, calls: [...calls.values()], complete, events }
})

/** The calls of a file. */
export const read = (path: string): Effect.Effect<Recorded, SessionsError> =>
  Effect.map(sequence(path), ({ calls, complete, header }) => ({ header, calls, complete }))
