/** Runs in the browser's audio thread: cuts what is heard into frames of `linear16`, as Deepgram takes it. */

// The global scope of worklets is not among TypeScript's own types.
declare const sampleRate: number
declare const registerProcessor: (
  name: string,
  processor: new(options: ProcessorOptions) => AudioWorkletProcessor
) => void
declare class AudioWorkletProcessor {
  readonly port: MessagePort
}

interface ProcessorOptions {
  readonly processorOptions: { readonly frameSeconds: number }
}

/** Bytes of a sample of `linear16`. */
const width = 2

/**
 * Says frames to its port, as `ArrayBuffer`s of mono samples in little endian. Told anything by it, it says what it has of
 * a frame, then `undefined`, and ends.
 */
class Framer extends AudioWorkletProcessor {
  readonly #size: number
  #frame: DataView<ArrayBuffer>
  #at = 0
  #isOpen = true

  constructor({ processorOptions: { frameSeconds } }: ProcessorOptions) {
    super()
    this.#size = Math.round(sampleRate * frameSeconds) * width
    this.#frame = new DataView(new ArrayBuffer(this.#size))
    this.port.addEventListener("message", () => {
      this.#isOpen = false
      if (this.#at > 0) this.#say(this.#frame.buffer.slice(0, this.#at))
      this.port.postMessage(undefined, [])
    })
    this.port.start()
  }

  #say(frame: ArrayBuffer): void {
    this.port.postMessage(frame, [frame])
    this.#frame = new DataView(new ArrayBuffer(this.#size))
    this.#at = 0
  }

  /** Is called for 128 samples at a time. `false`: it is not wanted any more. */
  process([input]: ReadonlyArray<ReadonlyArray<Float32Array>>): boolean {
    // Nothing while no source is connected; the node mixes what comes into one channel.
    for (const sample of input?.[0] ?? []) {
      if (!this.#isOpen) break
      this.#frame.setInt16(this.#at, Math.max(-1, Math.min(1, sample)) * 0x7fff, true)
      this.#at += width
      if (this.#at === this.#size) this.#say(this.#frame.buffer)
    }
    return this.#isOpen
  }
}

registerProcessor("framer", Framer)
