import { Effect, Stream } from "effect"
import { AudioSource } from "effect-deepgram"
import { stdout } from "node:process"

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1000).toLocaleString("en")} kB`

/** Begins the line of a terminal anew. */
export const restart = "\r\u001b[K"

/** Where progress is shown. */
export interface Output {
  /** Whether a line can be written over. */
  readonly isTTY?: boolean
  /** How wide it is. */
  readonly columns?: number
  readonly write: (text: string) => unknown
}

/** Says how much of the audio has been taken: on one line of a terminal, or once at the start where there is none. */
export const withProgress = <E, R>(
  source: AudioSource.AudioSource<E, R>,
  name: string,
  output: Output = stdout
): AudioSource.AudioSource<E, R> =>
  AudioSource.make(
    Effect.map(source.open, (opened) => {
      const total = opened.size === undefined ? "" : ` of ${kilobytes(opened.size)}`
      if (output.isTTY !== true) {
        output.write(`  uploading ${name}${opened.size === undefined ? "" : `, ${kilobytes(opened.size)}`}\n`)
        return opened
      }
      let sent = 0
      const report = (bytes: number) =>
        Effect.sync(() => {
          sent += bytes
          output.write(`${restart}  uploading ${name}: ${kilobytes(sent)}${total}`)
        })
      return {
        ...opened,
        stream: opened.stream.pipe(
          Stream.tap((chunk) => report(chunk.byteLength)),
          Stream.onEnd(Effect.sync(() => output.write(`${restart}  waiting for the transcription`)))
        )
      }
    })
  )

/** Makes room for what is to stay. */
export const clearProgress = (output: Output = stdout): Effect.Effect<void> =>
  Effect.sync(() => {
    if (output.isTTY === true) output.write(restart)
  })
