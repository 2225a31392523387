/** Of the simplest header there is. */
const headerBytes = 44

/** A WAV file of linear16: one channel of samples of 16 bits, signed, little-endian. */
export const wav = (samples: Uint8Array, sampleRate: number): Uint8Array => {
  const file = new Uint8Array(headerBytes + samples.byteLength)
  const view = new DataView(file.buffer)
  const name = (at: number, text: string) => file.set(new TextEncoder().encode(text), at)
  name(0, "RIFF")
  view.setUint32(4, file.byteLength - 8, true)
  name(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  // PCM, one channel.
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRate, true)
  // Bytes of a second, of a sample; bits of a sample.
  view.setUint32(28, sampleRate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  name(36, "data")
  view.setUint32(40, samples.byteLength, true)
  file.set(samples, headerBytes)
  return file
}
