/** Calls as raw as can be, many at a time. Nothing of Effect, so that the machine is left to the emulator. */
import { Pool } from "undici"
import { ownCpu } from "../machine.ts"
import { answer } from "../peer.ts"
import { quantile } from "../result.ts"

/** The same call over and over. */
export interface Question {
  readonly url: string
  readonly apiKey: string
  readonly path: string
  /** JSON that is posted; `GET` without it. */
  readonly body: string | undefined
  readonly concurrency: number
  /** Milliseconds. */
  readonly duration: number
}

/** What came of it; times in milliseconds. */
export interface Answer {
  readonly callsPerSecond: number
  readonly failed: number
  readonly p50: number
  readonly p99: number
  readonly cpu: number
}

answer<Question, Answer>(async ({ apiKey, body, concurrency, duration, path, url }) => {
  const pool = new Pool(url, { connections: concurrency, pipelining: 1 })
  const headers = { authorization: `Token ${apiKey}`, "content-type": "application/json" }
  const request = {
    path,
    headers,
    ...(body === undefined ? { method: "GET" } as const : { method: "POST", body } as const)
  }
  const took: Array<number> = []
  let failed = 0
  const cpu = ownCpu()
  const begin = performance.now()
  const loop = async (): Promise<void> => {
    for (let now = performance.now(); now - begin < duration;) {
      const response = await pool.request(request)
      const text = await response.body.text()
      if (response.statusCode !== 200 || text.length === 0) failed++
      const then = now
      now = performance.now()
      took.push(now - then)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  const seconds = (performance.now() - begin) / 1000
  const used = ownCpu() - cpu
  await pool.close()
  return {
    callsPerSecond: took.length / seconds,
    failed,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    cpu: used
  }
})
