/** What the SDK must know of the runtime that it finds itself in. */

const agent = (): string => globalThis.navigator?.userAgent ?? ""

/** A page or a worker of a browser: whoever visits can read what the code holds. Node, Bun, Deno and workerd name themselves. */
export const isBrowser = (): boolean =>
  agent() !== "" && !/^(Node\.js|Bun|Deno|Cloudflare-Workers)/.test(agent()) && "location" in globalThis

/** Whether the global `WebSocket` takes headers as its second argument; elsewhere that are subprotocols, and nothing else. */
export const takesSocketHeaders = (): boolean =>
  !isBrowser() && !isWorkerd() && globalThis.navigator?.product !== "ReactNative"

/** Cloudflare's runtime knows no `redirect: "error"`. */
export const isWorkerd = (): boolean => agent() === "Cloudflare-Workers"
