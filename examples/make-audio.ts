/** Makes the recordings of `audio/` anew: `npm run audio`. */
import { Recording } from "@effect-deepgram/emulator"
import { mkdirSync, writeFileSync } from "node:fs"
import { recordings } from "./recordings.ts"

const folder = new URL("audio/", import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, { options, script }] of Object.entries(recordings)) {
  writeFileSync(new URL(name, folder), Recording.wav(script, options))
}
