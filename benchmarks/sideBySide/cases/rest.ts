/** Calls over HTTP. */
import type { Comparison, Peer, Target } from "../comparison.ts"

const undici: Peer = { name: "undici", module: "undici" }
const fetch: Peer = { name: "fetch", module: "fetch" }
const official: Peer = { name: "@deepgram/sdk", module: "officialHttp" }
const ours: Peer = { name: "ours", module: "oursHttp" }
const traced: Peer = { name: "ours, traced", module: "oursHttp", variant: "traced" }
const oursOverFetch: Peer = { name: "ours over fetch", module: "oursFetchHttp" }
const compiled: Peer = { name: "ours over fetch, compiled", module: "oursFetchHttp", variant: "compiled" }

const atLeast = (peer: Peer, metric: string, over: Target["over"], must: number, stretch?: number): Target => ({
  peer: peer.name,
  metric,
  over,
  bound: "at least",
  must,
  stretch
})

const atMost = (...args: Parameters<typeof atLeast>): Target => ({ ...atLeast(...args), bound: "at most" })

const small: Comparison = {
  name: "rest-small",
  title: "Transcription of a URL, an answer of 3 kB: 64 calls at a time, and one after the other",
  load: "calls",
  size: { concurrency: 64, warmUp: 12_000, together: 1200, alone: 600 },
  small: { concurrency: 4, warmUp: 20, together: 50, alone: 50 },
  rounds: 5,
  peers: [undici, ours, traced, official],
  raw: undici.name,
  official: official.name,
  units: { "calls per second": "/s", "CPU per call": "µs", p50: "µs" },
  targets: [
    atLeast(ours, "calls per second", "raw", 0.75, 0.9),
    atMost(ours, "CPU per call", "raw", 1.35, 1.05),
    atMost(traced, "CPU per call", "raw", 1.7),
    atMost(ours, "p50", "raw", 1.3, 1.1)
  ]
}

const smallOverFetch: Comparison = {
  name: "rest-small-fetch",
  title: "The same over fetch",
  load: "calls",
  size: { concurrency: 64, warmUp: 12_000, together: 1200 },
  small: { concurrency: 4, warmUp: 20, together: 50 },
  rounds: 5,
  peers: [fetch, oursOverFetch, compiled, official],
  raw: fetch.name,
  official: official.name,
  units: { "calls per second": "/s", "CPU per call": "µs" },
  targets: [
    atMost(oursOverFetch, "CPU per call", "raw", 1.45, 1.15),
    atMost(oursOverFetch, "CPU per call", "official", 0.75)
  ]
}

const large: Comparison = {
  name: "rest-large",
  title: "Transcription of a URL, an answer of 10,000 words in 1.4 MB",
  load: "calls",
  size: { many: 1, warmUp: 1000, alone: 2000 },
  small: { many: 1, warmUp: 20, alone: 50 },
  rounds: 5,
  peers: [undici, ours, official],
  raw: undici.name,
  official: official.name,
  units: { p50: "µs" },
  targets: [atMost(ours, "p50", "raw", 1.15, 1.05)]
}

const decoding: Comparison = {
  name: "decoding",
  title: "The text of such an answer to a validated value, without a transport",
  load: "decoding",
  size: { warmUp: 1000, duration: 2500 },
  small: { warmUp: 0, duration: 50 },
  rounds: 5,
  peers: [ours, oursOverFetch],
  units: { "text to value": "× JSON.parse", "p50 of JSON.parse": "ms" },
  targets: [atMost(ours, "text to value", "nothing", 1.15, 1.05)]
}

const uploadUnits = {
  "MB per second": "MB/s",
  "peak memory over idle": "MB",
  "peak at a quarter": "MB",
  "peak over that at a quarter": "MB"
}

/** What counts as flat, in megabytes: the garbage collector is free to wait. */
const flat = 20
const uploadSize = { bytes: 512 * 1_048_576, uploads: 2 }
const smallUpload = { bytes: 4 * 1_048_576, uploads: 1 }

const upload: Comparison = {
  name: "upload",
  title: "Transcription of a file of 512 MiB",
  load: "upload",
  size: uploadSize,
  small: smallUpload,
  rounds: 5,
  peers: [undici, ours, official],
  raw: undici.name,
  official: official.name,
  units: uploadUnits,
  targets: [
    atLeast(ours, "MB per second", "raw", 0.85, 0.95),
    atMost(ours, "peak memory over idle", "nothing", 90),
    atMost(ours, "peak over that at a quarter", "nothing", flat)
  ]
}

const uploadOverFetch: Comparison = {
  name: "upload-fetch",
  title: "The same over fetch",
  load: "upload",
  size: uploadSize,
  small: smallUpload,
  rounds: 5,
  peers: [fetch, oursOverFetch],
  raw: fetch.name,
  units: uploadUnits,
  targets: [
    atLeast(oursOverFetch, "MB per second", "raw", 0.65, 0.85),
    atMost(oursOverFetch, "peak memory over idle", "nothing", 130),
    atMost(oursOverFetch, "peak over that at a quarter", "nothing", flat)
  ]
}

const download: Comparison = {
  name: "download",
  title: "100 MB of speech, and the first byte of 64 kB",
  load: "download",
  size: { warmUp: 5, downloads: 10, short: 1200 },
  small: { warmUp: 0, downloads: 1, short: 50 },
  rounds: 5,
  peers: [undici, ours, official],
  raw: undici.name,
  official: official.name,
  units: { "MB per second": "MB/s", "CPU per 100 MB": "ms", "first byte p50": "µs" },
  targets: [
    atLeast(ours, "MB per second", "raw", 0.95, 1.2),
    atMost(ours, "CPU per 100 MB", "raw", 1.1, 0.9),
    atMost(ours, "first byte p50", "raw", 1.7, 1.3)
  ]
}

export const rest: ReadonlyArray<Comparison> = [
  small,
  smallOverFetch,
  large,
  decoding,
  upload,
  uploadOverFetch,
  download
]
