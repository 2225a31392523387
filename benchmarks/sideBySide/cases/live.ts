/** The cases over WebSocket. */
import type { Comparison, Peer, Target } from "../comparison.ts"

const ws: Peer = { name: "ws", module: "ws" }
const official: Peer = { name: "@deepgram/sdk", module: "officialLive" }
const ours: Peer = { name: "ours", module: "oursLive" }

/** What our figures are compared with. */
const compared = { raw: ws.name, official: official.name }

const atLeast = (metric: string, must: number, stretch: number): Target => ({
  peer: ours.name,
  metric,
  over: "raw",
  bound: "at least",
  must,
  stretch
})

const atMost = (metric: string, must: number, stretch?: number, peer = ours): Target => ({
  peer: peer.name,
  metric,
  over: "raw",
  bound: "at most",
  must,
  stretch
})

const flood: Comparison = {
  name: "live-flood",
  title: "one live session flat out: results of ten words as fast as they are taken",
  load: "flood",
  size: { warmUp: 1500, duration: 2500 },
  small: { warmUp: 20, duration: 50 },
  rounds: 5,
  peers: [ws, ours, { ...ours, name: "ours, as a pipe", variant: "pipe" }, official],
  ...compared,
  units: { "messages per second": "/s", "CPU per message": "µs" },
  targets: [atLeast("messages per second", 0.85, 0.95), atMost("CPU per message", 1.15, 1.05)]
}

const duplex: Comparison = {
  name: "live-duplex",
  title: "one live session: frames of 20 ms as fast as they are answered, at most 256 in flight",
  load: "duplex",
  size: { warmUp: 1500, duration: 2500, inFlight: 256 },
  small: { warmUp: 20, duration: 50, inFlight: 16 },
  rounds: 5,
  peers: [ws, ours, official],
  ...compared,
  units: { "frames per second": "/s", "CPU per 1000 frames": "ms" },
  targets: [atLeast("frames per second", 1.1, 1.2), atMost("CPU per 1000 frames", 0.95, 0.85)]
}

const streams: Peer = { name: "ours, Stream in and out", module: "oursLive", variant: "pipe" }
const directSend: Peer = { name: "ours, Stream out, direct send", module: "oursLive" }
const callback: Peer = { name: "ours, callback", module: "oursLive", variant: "callback" }

const realtime: Comparison = {
  name: "live-200",
  title: "200 live sessions in real time: a frame every 20 ms each, answered at once",
  load: "realtime",
  size: { sessions: 200, warmUp: 1500, duration: 6000 },
  small: { sessions: 5, warmUp: 40, duration: 100 },
  rounds: 3,
  peers: [ws, streams, directSend, callback, official],
  ...compared,
  units: { CPU: "%", "latency p50": "µs", "latency p99": "µs" },
  targets: [
    atMost("CPU", 1.55, 1.3, streams),
    atMost("CPU", 1.35, 1.15, directSend),
    atMost("CPU", 1.1, 1.03, callback),
    atMost("latency p50", 1.7, 1.35, streams),
    atMost("latency p50", 1.4, 1.15, directSend),
    atMost("latency p50", 1.15, 1, callback),
    ...[streams, directSend, callback].map((peer) => atMost("latency p99", 1.5, undefined, peer))
  ]
}

const opening: Comparison = {
  name: "live-open",
  title: "from connecting to the open session, one after the other",
  load: "opening",
  size: { warmUp: 200, sessions: 300 },
  small: { warmUp: 1, sessions: 3 },
  rounds: 5,
  peers: [ws, ours, official],
  ...compared,
  units: { "connect to open p50": "µs" },
  targets: [
    atMost("connect to open p50", 1.4, 1.15),
    { peer: ours.name, metric: "connect to open p50", over: "official", bound: "at most", must: 0.4 }
  ]
}

const idle: Comparison = {
  name: "live-idle",
  title: "500 live sessions in which nothing happens",
  load: "idle",
  size: { warmUp: 100, sessions: 500 },
  small: { warmUp: 1, sessions: 5 },
  rounds: 5,
  peers: [ws, ours, official],
  ...compared,
  units: { "RSS per session": "kB", "heap per session": "kB" },
  targets: [atMost("RSS per session", 1, 0.6)]
}

export const live: ReadonlyArray<Comparison> = [flood, duplex, realtime, opening, idle]
