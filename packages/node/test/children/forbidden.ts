/** Tries to read a file without the permission to, and says what comes of it. */
import { NodeAudio } from "@effect-deepgram/node"
import { Effect } from "effect"
import { chmodSync } from "node:fs"

const path = process.argv[2] ?? ""

chmodSync(path, 0o000)
// The permissions of files do not hold for root.
if (process.getuid?.() === 0) process.setuid?.(65_534)

Effect.runPromise(Effect.flip(NodeAudio.file(path).open)).then((error) => {
  console.log(`${error.reason}: ${error.message}`)
})
