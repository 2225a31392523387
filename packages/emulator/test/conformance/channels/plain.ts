/** The runtime's `WebSocket`, with the key as a subprotocol, as the documentation shows it for browsers. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { contract, type Dial, mailbox, type Message } from "./talk.ts"

const parsed = (data: unknown): Message =>
  data instanceof ArrayBuffer ? { type: "Audio", audio: new Uint8Array(data) } : JSON.parse(String(data))

export const plain: Dial = Effect.fnUntraced(function*({ channel, query, settings }, { key, url }, { heard, said }) {
  const { deliver, until } = yield* mailbox
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const socket = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const address = `${url.replace(/^http/, "ws")}${contract[channel].path}?${search}`
      return new WebSocket(address, ["token", key])
    }),
    (socket) => Effect.sync(() => socket.close())
  )
  socket.binaryType = "arraybuffer"
  socket.addEventListener("message", ({ data }) => {
    const message = parsed(data)
    heard.add(String(message["type"]))
    deliver(message)
  })
  socket.addEventListener("close", ({ code, reason }) => deliver({ type: "(closed)", code, reason }))
  yield* Effect.callback<void>((resume) => {
    socket.addEventListener("open", () => resume(Effect.void))
    socket.addEventListener("error", () => resume(Effect.die(new Error(`${channel} was refused`))))
  })
  assert.strictEqual(socket.protocol, "token")
  const say = (message: Message) =>
    Effect.sync(() => {
      said.add(String(message["type"]))
      socket.send(JSON.stringify(message))
    })
  if (settings !== undefined) yield* say({ type: "Settings", ...settings })
  return {
    say,
    send: (audio) =>
      Effect.sync(() => {
        said.add("Audio")
        socket.send(new Uint8Array(audio))
      }),
    until,
    leave: Effect.sync(() => socket.close(1000)),
    can: () => true
  }
})
