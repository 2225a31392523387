/** The programs of which the start is measured, by their variants: files of this folder. */
import type { Program } from "../loads/start.ts"

export const programs = {
  official: { file: "startOfficial", bundled: false },
  fetch: { file: "startFetch", bundled: false },
  live: { file: "startLive", bundled: false },
  node: { file: "startNode", bundled: false },
  "official, bundled": { file: "startOfficial", bundled: true },
  "fetch, bundled": { file: "startFetch", bundled: true },
  "live, bundled": { file: "startLive", bundled: true },
  "node, bundled": { file: "startNode", bundled: true }
} satisfies Readonly<Record<string, Program>>
