import { gaussian, integer, pick, type Random } from "./support.ts"

/** Sounds that are not the test voice. All of them last `seconds`. */
const generate = (seconds: number, sampleRate: number, at: (time: number, index: number) => number): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, index) => at(index / sampleRate, index))

const sine = (frequency: number, time: number): number => Math.sin(2 * Math.PI * frequency * time)

export const whiteNoise = (seconds: number, sampleRate: number, random: Random): Float32Array =>
  generate(seconds, sampleRate, () => 0.1 * gaussian(random))

/** Noise that comes and goes: rustling paper, breath, a typewriter. */
export const noiseBursts = (seconds: number, sampleRate: number, random: Random): Float32Array => {
  const period = 0.1 + 0.9 * random()
  return generate(seconds, sampleRate, (time) => (time / period) % 1 < 0.5 ? 0.1 * gaussian(random) : 0)
}

/** Noise whose power falls with the frequency: white noise through three one-pole filters. */
export const pinkNoise = (seconds: number, sampleRate: number, random: Random): Float32Array => {
  let slow = 0
  let middle = 0
  let fast = 0
  return generate(seconds, sampleRate, () => {
    const white = gaussian(random)
    slow = 0.99765 * slow + white * 0.099046
    middle = 0.963 * middle + white * 0.2965164
    fast = 0.57 * fast + white * 1.0526913
    return 0.03 * (slow + middle + fast + white * 0.1848)
  })
}

/** Mains hum: the ground tone and 30 harmonics. */
export const hum = (seconds: number, sampleRate: number, frequency: number): Float32Array =>
  generate(seconds, sampleRate, (time) => {
    let sum = 0
    for (let harmonic = 1; harmonic <= 30; harmonic++) sum += sine(frequency * harmonic, time) / harmonic
    return 0.2 * sum
  })

/** Tones that last, as of a telephone exchange or an organ. */
export const steadyTones = (seconds: number, sampleRate: number, frequencies: ReadonlyArray<number>): Float32Array =>
  generate(seconds, sampleRate, (time) => frequencies.reduce((sum, frequency) => sum + 0.15 * sine(frequency, time), 0))

/** Tones that come and go twice a second: a busy line. */
export const busyTone = (seconds: number, sampleRate: number): Float32Array =>
  generate(seconds, sampleRate, (time) => time % 1 < 0.5 ? 0.2 * (sine(480, time) + sine(620, time)) : 0)

/** Dialled digits: 100 ms of tones, 100 ms of silence. */
export const dialling = (seconds: number, sampleRate: number, random: Random): Float32Array => {
  const digits = Array.from({ length: Math.ceil(seconds * 5) }, () => ({
    row: pick(random, [697, 770, 852, 941]),
    column: pick(random, [1209, 1336, 1477, 1633])
  }))
  return generate(seconds, sampleRate, (time) => {
    const { column, row } = digits[Math.floor(time * 5)]!
    return (time * 5) % 1 < 0.5 ? 0.3 * (sine(row, time) + sine(column, time)) : 0
  })
}

/** Three loud samples, four times a second. */
export const clicks = (seconds: number, sampleRate: number): Float32Array =>
  generate(seconds, sampleRate, (_, index) => index % Math.round(sampleRate / 4) < 3 ? 0.8 : 0)

/** A tone that rises from 100 to 4000 Hz. */
export const sweep = (seconds: number, sampleRate: number): Float32Array =>
  generate(seconds, sampleRate, (time) => 0.3 * Math.sin(2 * Math.PI * (100 * time + (1950 * time * time) / seconds)))

/** Plucked chords with harmonics at random times. */
export const music = (seconds: number, sampleRate: number, random: Random): Float32Array => {
  const samples = new Float32Array(Math.round(seconds * sampleRate))
  for (let from = 0; from < samples.length;) {
    const length = Math.round((0.05 + 0.6 * random()) * sampleRate)
    const notes = Array.from({ length: integer(random, 1, 4) }, () => 110 * 2 ** (integer(random, 0, 47) / 12))
    for (let i = from; i < Math.min(samples.length, from + length); i++) {
      let sum = 0
      for (const note of notes) {
        for (let harmonic = 1; harmonic < 5; harmonic++) sum += sine(note * harmonic, i / sampleRate) / harmonic
      }
      samples[i] = 0.1 * sum * Math.exp((-2 * (i - from)) / sampleRate)
    }
    from += length
  }
  return samples
}

const vowels = [[730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [530, 1840, 2480], [570, 840, 2410]] as const

/** A talking source-filter model: pitch pulses through gliding formants, hissing consonants, phrases and pauses. */
export const talking = (
  seconds: number,
  sampleRate: number,
  random: Random
): { readonly samples: Float32Array; readonly phrases: Array<{ readonly start: number; readonly end: number }> } => {
  const samples = new Float32Array(Math.round(seconds * sampleRate))
  const phrases: Array<{ start: number; end: number }> = []
  const filters: ReadonlyArray<[number, number]> = [[0, 0], [0, 0], [0, 0]]
  const pitch = 85 + 140 * random()
  let pulse = 0

  const consonant = (at: number, length: number): void => {
    for (let i = Math.floor(at * sampleRate); i < (at + length) * sampleRate; i++) {
      samples[i]! += 0.03 * gaussian(random) * Math.sin((Math.PI * (i / sampleRate - at)) / length)
    }
  }

  const vowel = (at: number, length: number, from: ReadonlyArray<number>, to: ReadonlyArray<number>): void => {
    for (let i = Math.floor(at * sampleRate); i < (at + length) * sampleRate; i++) {
      const progress = (i / sampleRate - at) / length
      pulse += (pitch * (1.1 - 0.2 * progress) * (1 + 0.01 * gaussian(random))) / sampleRate
      const source = (pulse >= 1 ? 1 : 0) + 0.01 * gaussian(random)
      pulse %= 1
      let sum = 0
      for (const [k, state] of filters.entries()) {
        const formant = from[k]! + (to[k]! - from[k]!) * progress
        const radius = Math.exp((-Math.PI * (60 + 40 * k)) / sampleRate)
        const next = source + 2 * radius * Math.cos((2 * Math.PI * formant) / sampleRate) * state[0] -
          radius * radius * state[1]
        state[1] = state[0]
        state[0] = next
        sum += (next * (1 - radius) * 4) / (k + 1)
      }
      samples[i]! += sum * Math.min(1, progress * 6, (1 - progress) * 5)
    }
  }

  for (let at = 0.3; at < seconds - 1.5;) {
    const start = at
    let from = pick(random, vowels)
    for (let syllables = integer(random, 3, 10); syllables > 0 && at < seconds - 0.5; syllables--) {
      const pause = 0.04 + 0.06 * random()
      if (at > start && random() < 0.5) consonant(at, pause)
      if (at > start) at += pause
      const to = pick(random, vowels)
      const length = 0.1 + 0.14 * random()
      vowel(at, length, from, to)
      at += length
      from = to
    }
    phrases.push({ start, end: at })
    at += 0.6 + random()
  }
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)
  return { samples: samples.map((sample) => (sample / peak) * 0.7), phrases }
}
