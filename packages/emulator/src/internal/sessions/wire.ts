/** What is sent on connections, behind everything that could still change it. */
import type { Duplex } from "node:stream"
import { type Listener, type Reader, reader } from "./answers.ts"
import type { Writer } from "./writer.ts"

type Written = (error?: Error | null) => void

interface Piece {
  readonly chunk: Buffer | string
  readonly encoding: BufferEncoding
}

/** Calls of one connection that wait for their answers, in order. */
const waiting = new WeakMap<Duplex, Array<Reader>>()

const bytesOf = ({ chunk, encoding }: Piece): Buffer => typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk

/**
 * Listens to a connection as long as it lives. It becomes one of a class of its own: what others set on the connection
 * itself, and take away again, lies above it. It sends only while the writer has room.
 */
const tap = (stream: Duplex, writer: Writer): Array<Reader> => {
  const readers: Array<Reader> = []
  const hear = (pieces: ReadonlyArray<Piece>) => {
    if (readers.length === 0) return
    for (const piece of pieces) {
      let rest = bytesOf(piece)
      while (rest.length > 0 && readers.length > 0) {
        rest = readers[0]?.take(rest) ?? rest
        if (rest.length > 0) readers.shift()
      }
    }
  }
  const inTime = (step: () => void) => writer.isFull() ? writer.onRoom(step) : step()
  const write = stream._write.bind(stream)
  const writev = stream._writev?.bind(stream)
  const heard = {
    _write: (chunk: Buffer | string, encoding: BufferEncoding, written: Written) =>
      inTime(() => {
        hear([{ chunk, encoding }])
        write(chunk, encoding, written)
      }),
    _writev: writev === undefined ? undefined : (chunks: Array<Piece>, written: Written) =>
      inTime(() => {
        hear(chunks)
        writev(chunks, written)
      })
  }
  Object.setPrototypeOf(stream, Object.assign(Object.create(Object.getPrototypeOf(stream)), heard))
  stream.once("close", () => {
    for (const reader of readers) reader.close()
  })
  return readers
}

/** Listens to the next answer on a connection. */
export const listen = (stream: Duplex, writer: Writer, listener: Listener): void => {
  const readers = waiting.get(stream) ?? tap(stream, writer)
  waiting.set(stream, readers)
  readers.push(reader(listener))
}
