/** Programs that record and play, in the order in which they are looked for, and what they are told: data. */

/** Raw `linear16`, and where it comes from or goes to. */
export interface Sound {
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
  /** As the program calls it; what is not given is the system's choice. */
  readonly device: string | undefined
}

/** A program that speaks `linear16`, little-endian, over a pipe. */
export interface Program {
  readonly name: string
  /** Nothing where it cannot do without the name of a device. */
  readonly args: ReadonlyArray<string> | undefined
  readonly env?: Readonly<Record<string, string>>
  /** What goes before the samples. */
  readonly header?: Uint8Array
}

type Platform = NodeJS.Platform

const quiet = ["-hide_banner", "-loglevel", "error"]

const soxFormat = (
  { channels, sampleRate }: Sound
): ReadonlyArray<string> => ["-r", String(sampleRate), "-c", String(channels), "-b", "16", "-e", "signed-integer"]

const rawFormat = (sound: Sound): ReadonlyArray<string> => ["-t", "raw", ...soxFormat(sound), "-L"]

// Sox handles samples by the buffer, of 8192 bytes by default: a quarter of a second of speech.
const soxGlobal = (
  { channels, sampleRate }: Sound
): ReadonlyArray<string> => ["-q", "--buffer", String(Math.max(256, Math.round(sampleRate / 50) * channels * 2))]

// On Windows sox has no default device, and elsewhere the kind of device is its own choice.
const soxDevice = ({ device }: Sound, platform: Platform): ReadonlyArray<string> =>
  platform === "win32" ? ["-t", "waveaudio", device ?? "default"] : ["-d"]

const soxEnvironment = ({ device }: Sound, platform: Platform): Pick<Program, "env"> =>
  device === undefined || platform === "win32" ? {} : { env: { AUDIODEV: device } }

const alsa = ({ channels, device, sampleRate }: Sound): ReadonlyArray<string> => [
  "-q",
  ...device === undefined ? [] : ["-D", device],
  "-t",
  "raw",
  "-f",
  "S16_LE",
  "-r",
  String(sampleRate),
  "-c",
  String(channels)
]

const ffmpegInput = ({ channels, device, sampleRate }: Sound, platform: Platform): Program["args"] => {
  switch (platform) {
    case "darwin":
      return ["-f", "avfoundation", "-i", `:${device ?? "default"}`]
    case "win32":
      // Half a second is the default.
      return device === undefined ? undefined : ["-f", "dshow", "-audio_buffer_size", "50", "-i", `audio=${device}`]
    default:
      return [
        "-f",
        "alsa",
        "-sample_rate",
        String(sampleRate),
        "-channels",
        String(channels),
        "-i",
        device ?? "default"
      ]
  }
}

/** What records on a platform. */
export const recorders = (sound: Sound, platform: Platform): ReadonlyArray<Program> => {
  const input = ffmpegInput(sound, platform)
  const rate = ["-ar", String(sound.sampleRate), "-ac", String(sound.channels)]
  return [
    {
      name: "sox",
      // The format twice: a device that does not have it is converted from.
      args: [
        ...soxGlobal(sound),
        ...soxFormat(sound),
        ...soxDevice(sound, platform),
        ...rawFormat(sound),
        "-"
      ],
      ...soxEnvironment(sound, platform)
    },
    { name: "arecord", args: alsa(sound) },
    {
      name: "ffmpeg",
      args: input && [...quiet, "-nostdin", ...input, "-f", "s16le", ...rate, "-flush_packets", "1", "pipe:1"]
    }
  ]
}

/** A WAV header for samples without end. */
const wavHeader = ({ channels, sampleRate }: Sound): Uint8Array => {
  const header = Buffer.alloc(44)
  header.write("RIFF\xff\xff\xff\xffWAVEfmt ", "latin1")
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write("data\xff\xff\xff\xff", 36, "latin1")
  return header
}

/** What plays on a platform. */
export const players = (sound: Sound, platform: Platform): ReadonlyArray<Program> => [
  {
    name: "sox",
    args: [...soxGlobal(sound), ...rawFormat(sound), "-", ...soxDevice(sound, platform)],
    ...soxEnvironment(sound, platform)
  },
  { name: "aplay", args: alsa(sound) },
  {
    name: "ffplay",
    // Its options for raw samples have other names in each version.
    args: [...quiet, "-nodisp", "-autoexit", "-probesize", "32", "-analyzeduration", "0", "-f", "wav", "-i", "pipe:0"],
    header: wavHeader(sound),
    ...sound.device === undefined ? undefined : { env: { AUDIODEV: sound.device } }
  }
]

/** How to get one of them. */
export const advice = (platform: Platform): string => {
  switch (platform) {
    case "darwin":
      return "brew install sox"
    case "win32":
      return "winget install ChrisBagwell.SoX"
    default:
      return "apt-get install sox alsa-utils, or the like"
  }
}
