/** A large recording, from a file. */
import type { Figures } from "../comparison.ts"
import { fileChunk } from "../peers/account.ts"
import type { Question } from "../roundProcess.ts"
import { times, type Worker } from "../worker.ts"
import { idleMemory, peakMemory } from "./memory.ts"
import { makeRecordingFile } from "./recordingFile.ts"

/** What is sent, and where. The answer must have the size of the file as the duration of the recording. */
export interface Recording {
  readonly url: string
  readonly path: string
  readonly bytes: number
}

/** What a peer has to have. */
export interface Peer {
  readonly upload: (recording: Recording) => Promise<Worker>
}

export const measure = async ({ upload }: Peer, { ports, size }: Question): Promise<Figures> => {
  const { bytes = 0, uploads = 1 } = size
  const { growTo, path } = makeRecordingFile()
  const workerOf = (bytes: number) => {
    growTo(bytes)
    return upload({ url: `http://127.0.0.1:${ports.upload}`, path, bytes })
  }
  // Loads what is loaded late, and is too little to leave much memory behind.
  const little = await workerOf(fileChunk)
  await little(times(1))
  const idle = await idleMemory()
  const quarter = await workerOf(bytes / 4)
  const atAQuarter = await peakMemory(() => quarter(times(1)))
  const whole = await workerOf(bytes)
  let took = 0
  const peak = await peakMemory(async () => {
    const begin = performance.now()
    await whole(times(uploads))
    took = performance.now() - begin
  })
  return {
    "MB per second": (bytes * uploads) / 1000 / took,
    "peak memory over idle": peak - idle,
    "peak at a quarter": atAQuarter - idle,
    "peak over that at a quarter": peak - atAQuarter
  }
}
