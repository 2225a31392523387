/**
 * The server of a comparison: as bare as can be, so that it is the clients that are measured. Each behaviour has a port
 * of its own, because clients differ in what paths they take.
 */
import { createServer, type Socket } from "node:net"
import { ownCpu } from "../machine.ts"
import { answer } from "../peer.ts"
import * as Http from "./servers/http.ts"
import * as WebSocket from "./servers/webSocket.ts"

/** What the server used since the last question. */
export type Question = "usage"

const behaviours = { ...Http.behaviours, ...WebSocket.behaviours } satisfies Readonly<
  Record<string, (connection: Socket) => void>
>

/** By behaviour. */
export type Ports = Readonly<Record<keyof typeof behaviours, number>>

/** Milliseconds of processor time. */
export interface Answer {
  readonly ports: Ports
  readonly cpu: number
}

const listen = (onConnection: (connection: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer({ noDelay: true }, (connection) => {
      connection.on("error", () => undefined)
      onConnection(connection)
    })
    server.listen(0, "127.0.0.1", 4096, () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

const listening = Promise.all(
  Object.entries(behaviours).map(async ([name, behaviour]) => [name, await listen(behaviour)] as const)
).then((ports) => Object.fromEntries(ports) as Record<keyof typeof behaviours, number>)

let before = 0

answer<Question, Answer>(async () => {
  const ports = await listening
  const now = ownCpu()
  const cpu = now - before
  before = now
  return { ports, cpu }
})
