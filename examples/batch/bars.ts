/** Progress of several uploads at once: bars on a terminal, and one line for each that is over anywhere. */
import { Effect, Schedule, Stream } from "effect"
import { AudioSource } from "effect-deepgram"
import { stdout } from "node:process"

/** Where progress is shown. */
export interface Output {
  /** Whether what was written can be written over. */
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly write: (text: string) => unknown
}

interface Upload {
  sent: number
  readonly size: number
}

const width = 24

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1)

/** One line; what has been sent is with Deepgram. */
const lineOf = ([name, { sent, size }]: readonly [string, Upload]): string => {
  if (sent >= size) return `  [${"#".repeat(width)}] transcribing  ${name}`
  const bar = "#".repeat(Math.floor(sent / size * width)).padEnd(width, "·")
  return `  [${bar}] ${megabytes(sent)}${size === Infinity ? "" : ` of ${megabytes(size)}`} MB  ${name}`
}

/** As much of a line as fits: characters of East Asian scripts and emoji take two columns. */
const clip = (line: string, columns: number): string => {
  let left = columns
  return [...line].filter((character) => (left -= character < "\u1100" ? 1 : 2) >= 0).join("")
}

/** Shows how `total` recordings come along, until the scope closes. */
export const makeBars = Effect.fnUntraced(function*(total: number, output: Output = stdout) {
  const uploads = new Map<string, Upload>()
  const counts = { done: 0, failed: 0 }
  let drawn = 0

  const erase = () => {
    // To the beginning of the first line, and everything below it.
    if (drawn > 0) output.write(`\r\u001b[${drawn}A\u001b[J`)
    drawn = 0
  }
  const draw = () => {
    if (output.isTTY !== true) return
    const { columns = 80, rows = 24 } = output
    const lines = [
      // What does not fit would scroll away, and could not be written over.
      ...[...uploads].slice(0, rows - 2).map(lineOf),
      `  ${counts.done + counts.failed} of ${total}${counts.failed === 0 ? "" : `, ${counts.failed} failed`}`
    ]
    erase()
    output.write(lines.map((line) => `${clip(line, columns - 1)}\n`).join(""))
    drawn = lines.length
  }
  const over = (count: "done" | "failed", name: string, line: string) =>
    Effect.sync(() => {
      uploads.delete(name)
      counts[count]++
      erase()
      output.write(`${line}\n`)
      draw()
    })

  yield* Effect.addFinalizer(() => Effect.sync(erase))
  // Not whenever something was sent: that is thousands of times in a second.
  if (output.isTTY === true) {
    yield* Effect.forkScoped(Effect.repeat(Effect.sync(draw), Schedule.spaced("100 millis")))
  }

  return {
    counts,
    /** The same audio, with a bar for what has been taken of it. */
    watch: <E, R>(name: string, source: AudioSource.AudioSource<E, R>): AudioSource.AudioSource<E, R> =>
      AudioSource.make(Effect.map(source.open, (opened) => {
        // Each attempt begins anew.
        const upload: Upload = { sent: 0, size: opened.size ?? Infinity }
        uploads.set(name, upload)
        const stream = Stream.tap(opened.stream, (chunk) => Effect.sync(() => upload.sent += chunk.byteLength))
        return { ...opened, stream }
      })),
    done: (name: string, what: string) => over("done", name, `✓ ${name}: ${what}`),
    failed: (name: string, why: string) => over("failed", name, `✗ ${name}: ${why}`)
  }
})
