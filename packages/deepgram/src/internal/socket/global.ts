/** The `WebSocket` that the runtime brings along. */
import { hasProperty } from "effect/Predicate"
import type * as Socket from "effect/socket/Socket"

/** What all requests of Node's own `fetch` and `WebSocket` go through, under the name by which undici shares it. */
const shared = Symbol.for("undici.globalDispatcher.1")

interface Dispatcher {
  readonly dispatch: (options: unknown, handler: Record<string, unknown>) => unknown
}

const isDispatcher = (u: unknown): u is Dispatcher => hasProperty(u, "dispatch") && typeof u.dispatch === "function"

interface Connection {
  readonly destroy: () => void
}

const isConnection = (u: unknown): u is Connection => hasProperty(u, "destroy") && typeof u.destroy === "function"

/** Who is handed the connection of a socket that is opened, in the versions of undici. */
const upgrades = ["onUpgrade", "onRequestUpgrade"]

/**
 * Node's own waits for ever for a server that does not answer its close frame, and holds the process as long: it has no
 * way to give a connection up. Here it gets one, like that of `ws`, with the connection that it is handed.
 */
const withTerminate = (
  construct: (dispatcher: Dispatcher) => Socket.WebSocketLike,
  dispatcher: Dispatcher
): Socket.WebSocketLike => {
  const socket = construct({
    dispatch: (options, handler) => {
      for (const name of upgrades) {
        const upgrade = handler[name]
        if (typeof upgrade !== "function") continue
        handler[name] = (...args: ReadonlyArray<unknown>) => {
          const connection = args.find(isConnection)
          if (connection !== undefined) Object.assign(socket, { terminate: () => connection.destroy() })
          return Reflect.apply(upgrade, handler, args)
        }
      }
      return dispatcher.dispatch(options, handler)
    }
  })
  return socket
}

/**
 * Dials with whatever the global `WebSocket` takes as its second argument: Node, Bun and Deno take headers there, which
 * the constructor of Effect's own global layer refuses.
 */
export const globalWebSocket: Socket.WebSocketConstructor["Service"] = (url, options) => {
  // Named first: that is what makes Node load it, and what it goes through.
  const { WebSocket } = globalThis
  const dispatcher: unknown = Reflect.get(globalThis, shared)
  // The types are those of browsers, which know protocols only.
  const construct = (init: unknown) => new WebSocket(url, init as string | Array<string>)
  return typeof options === "object" && "headers" in options && isDispatcher(dispatcher)
    ? withTerminate((own) => construct({ dispatcher: own, ...options }), dispatcher)
    : construct(options)
}
