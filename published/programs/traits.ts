import type { Traits } from "./program.ts"

const most: Traits = { refusedHandshake: "nothing", asksEmulator: true, hasKey: true }

/** The one place for what is otherwise from runtime to runtime. */
export const traits = {
  /** Node's global `WebSocket` hides the answer to a refused handshake. */
  global: most,
  /** That of Bun and that of Deno say its status, */
  globalWithStatus: { ...most, refusedHandshake: "status" },
  /** and so does that of workers. */
  worker: { ...most, refusedHandshake: "status" },
  /** `ws` shows it. */
  ws: { ...most, refusedHandshake: "answer" },
  /** A page gets no key. */
  page: { ...most, asksEmulator: false, hasKey: false }
} as const satisfies Readonly<Record<string, Traits>>

/** Their names. */
export type TraitsName = keyof typeof traits
