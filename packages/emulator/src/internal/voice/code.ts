/**
 * The alphabet of the test voice.
 *
 * A word is one burst of symbols of 10 ms. Every symbol is the sum of two sine tones that both start at phase zero, so
 * that the wave is continuous from symbol to symbol without any ramps:
 *
 * - a low tone that says *where* in the word we are. The sequence of low tones holds every ordered pair of its eight
 *   tones exactly once, so two different frames of 20 ms never agree: whatever is dropped, doubled or swapped leaves at
 *   least 5 ms of a wrong low tone;
 * - a high tone that says *what* is said: four bits, rotated by an amount that depends on the position.
 *
 * All tones are multiples of 100 Hz, hence orthogonal over one symbol whatever their phase. The speaker's pitch moves
 * the low tones by 100 Hz per voice. The whole lies between 400 and 3100 Hz: it passes an 8 kHz mu-law telephone line.
 */

/** Rate at which the recogniser works, in Hz. */
export const internalRate = 8000

/** Symbols are 10 ms long. */
export const symbolsPerSecond = 100

/** Length of one symbol in samples at the internal rate. */
export const symbolSize = internalRate / symbolsPerSecond

/** Distance of neighbouring tones in Hz. */
export const toneSpacing = 100

/** Number of voices that differ in pitch. */
export const voiceCount = 4

/** Tone numbers are multiples of `toneSpacing`. */
export const lowestTone = 4
export const lowTones = 11
export const dataTone = 16
export const dataTones = 16

/** Symbols that open every burst; the recogniser searches for them. */
export const preambleLength = 4

/** An Eulerian circuit through all ordered pairs of eight different tones; it begins with the preamble. */
const positions = Uint8Array.from("13054152472367320170437612746075025716351403456531064262", Number)

/** Length of the circuit of low tones in symbols. */
export const lapLength = positions.length

const preamble = [0, 11, 5, 15]

/** Low tone of the symbol at `index` (counted from the first symbol of the word). */
export const positionTone = (index: number, voice: number): number => lowestTone + voice + positions[index % lapLength]!

/** High tone of the symbol at `index` of the preamble. */
export const preambleTone = (index: number): number => dataTone + preamble[index]!

// A step of 5 per lap keeps equal data at equal places of different laps apart.
const rotation = (index: number): number =>
  (Math.imul((index % lapLength) + 1, 0x9e3779b1) >>> 28) + 5 * Math.floor(index / lapLength)

/** High tone that carries the four bits `nibble` at `index`. */
export const nibbleTone = (nibble: number, index: number): number => dataTone + ((nibble + rotation(index)) & 15)

/** The four bits that the high tone `tone` carries at `index`. */
export const toneNibble = (tone: number, index: number): number => (tone - dataTone - rotation(index)) & 15
