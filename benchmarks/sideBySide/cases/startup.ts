/** What a program pays before its first call: the start of its process, and in browsers what has to be loaded. */
import type { Comparison } from "../comparison.ts"

const start: Comparison = {
  name: "start",
  title: "A new process until its client could make a call: Node's own start is not counted",
  load: "start",
  size: { launches: 3 },
  small: { launches: 1 },
  rounds: 5,
  peers: [
    { name: "official", module: "startPrograms", variant: "official" },
    { name: "ours, fetch", module: "startPrograms", variant: "fetch" },
    { name: "ours, live over ws", module: "startPrograms", variant: "live" },
    { name: "ours, Node package", module: "startPrograms", variant: "node" },
    { name: "ours, fetch, bundled", module: "startPrograms", variant: "fetch, bundled" },
    { name: "ours, live over ws, bundled", module: "startPrograms", variant: "live, bundled" },
    { name: "ours, Node package, bundled", module: "startPrograms", variant: "node, bundled" },
    { name: "official, bundled", module: "startPrograms", variant: "official, bundled" }
  ],
  official: "official",
  units: { ready: "ms" },
  targets: [
    { peer: "ours, fetch", metric: "ready", over: "official", bound: "at most", must: 1.3, stretch: 1 },
    { peer: "ours, live over ws", metric: "ready", over: "official", bound: "at most", must: 1.3, stretch: 1 },
    { peer: "ours, fetch, bundled", metric: "ready", over: "official", bound: "at most", must: 0.2, stretch: 0.15 },
    {
      peer: "ours, live over ws, bundled",
      metric: "ready",
      over: "official",
      bound: "at most",
      must: 0.35,
      stretch: 0.25
    }
  ]
}

const bundle: Comparison = {
  name: "bundle",
  title: "A program for browsers, bundled by esbuild, minified, and compressed by gzip -9",
  load: "bundle",
  size: {},
  small: {},
  // They weigh the same each time.
  rounds: 1,
  peers: [
    { name: "ours, transcribeUrl", module: "bundlePrograms", variant: "transcribeUrl" },
    { name: "ours, live", module: "bundlePrograms", variant: "live" },
    { name: "official, transcribeUrl", module: "bundlePrograms", variant: "official, transcribeUrl" },
    { name: "official, live", module: "bundlePrograms", variant: "official, live" }
  ],
  official: "official, transcribeUrl",
  units: { "all of it": "kB", "on top of Effect": "kB" },
  targets: [
    { peer: "ours, transcribeUrl", metric: "all of it", over: "nothing", bound: "at most", must: 46, stretch: 30 },
    { peer: "ours, live", metric: "all of it", over: "nothing", bound: "at most", must: 32, stretch: 28 },
    { peer: "ours, transcribeUrl", metric: "on top of Effect", over: "nothing", bound: "at most", must: 10 }
  ]
}

export const startup: ReadonlyArray<Comparison> = [start, bundle]
