/** The `WebSocket` that the runtime brings along. */
import type * as Socket from "effect/socket/Socket"

/**
 * Dials with whatever the global `WebSocket` takes as its second argument: Node, Bun and Deno take headers there, which
 * the constructor of Effect's own global layer refuses.
 */
export const globalWebSocket: Socket.WebSocketConstructor["Service"] = (url, options) =>
  // The types are those of browsers, which know protocols only.
  new globalThis.WebSocket(url, options as string | Array<string>)
