/** Media types by the extensions that audio and video files have. */
const mediaTypes: ReadonlyMap<string, string> = new Map([
  ["3gp", "video/3gpp"],
  ["aac", "audio/aac"],
  ["aif", "audio/aiff"],
  ["aiff", "audio/aiff"],
  ["amr", "audio/amr"],
  ["au", "audio/basic"],
  ["avi", "video/x-msvideo"],
  ["caf", "audio/x-caf"],
  ["flac", "audio/flac"],
  ["m4a", "audio/mp4"],
  ["m4b", "audio/mp4"],
  ["mka", "audio/x-matroska"],
  ["mkv", "video/x-matroska"],
  ["mov", "video/quicktime"],
  ["mp2", "audio/mpeg"],
  ["mp3", "audio/mpeg"],
  ["mp4", "video/mp4"],
  ["mpga", "audio/mpeg"],
  ["oga", "audio/ogg"],
  ["ogg", "audio/ogg"],
  // The extension for Opus in Ogg; `audio/opus` would be bare packets.
  ["opus", "audio/ogg"],
  ["wav", "audio/wav"],
  ["weba", "audio/webm"],
  ["webm", "video/webm"],
  ["wma", "audio/x-ms-wma"]
])

/** The media type that a file's name stands for, if it is known. */
export const fromFileName = (name: string): string | undefined =>
  mediaTypes.get(/\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "")
