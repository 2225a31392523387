/** The sockets of the vendor's SDK, by all they have: methods for each message, `on`, and `for await`. */
import type { DeepgramClient } from "@deepgram/sdk"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { untyped } from "../../../../deepgram/test/support/untyped.ts"
import { dig } from "../plain.ts"
import { methodsOf, observed, vendorClient } from "../vendor.ts"
import { type Dial, mailbox, type Message, type Name } from "./talk.ts"

/** What the generated sockets keep to themselves. */
const internals: ReadonlySet<string> = new Set([
  "assertSocketIsOpen",
  "sendBinary",
  "sendJson",
  "setupBinaryHandling"
])

/** What can be called of each socket: `listenV1.sendMedia`. */
export const socketMethods = (sdk: DeepgramClient) =>
  Effect.map(
    Effect.forEach(Object.entries(channels), ([channel, client]) =>
      Effect.map(
        Effect.promise(() => untyped<Channel>(client(sdk)).connect({})),
        (socket) => methodsOf(socket).filter((name) => !internals.has(name)).map((name) => `${channel}.${name}`)
      )),
    (methods) => methods.flat()
  )

/** What its five sockets have in common. */
interface Socket extends AsyncIterable<unknown> {
  readonly readyState: number
  readonly on: (event: string, listener: ((event: unknown) => void) | undefined) => void
  readonly off: (event: string, listener: (event: unknown) => void) => void
  readonly connect: () => unknown
  readonly waitForOpen: () => Promise<unknown>
  readonly close: () => void
  readonly ping?: () => void
  readonly sendMedia?: (audio: ArrayBufferView) => void
}

interface Channel {
  readonly connect: (args: object) => Promise<Socket>
  readonly createConnection: (args: object) => Promise<Socket>
}

const channels: Readonly<Record<Name, (sdk: DeepgramClient) => unknown>> = {
  listenV1: (sdk) => sdk.listen.v1,
  listenV2: (sdk) => sdk.listen.v2,
  speakV1: (sdk) => sdk.speak.v1,
  speakV2: (sdk) => sdk.speak.v2,
  agentV1: (sdk) => sdk.agent.v1
}

/** The method that says a message. */
const methodFor = (channel: Name, type: string): string =>
  channel === "speakV1" && type === "Speak" ? "sendText" : `send${type}`

const messageOf = async (came: unknown): Promise<Message> =>
  came instanceof Blob ? { type: "Audio", audio: new Uint8Array(await came.arrayBuffer()) } : untyped<Message>(came)

/** `record`: the methods that are called, `listen.v1.connect` and `listenV1.sendMedia`. */
export const vendor = (record: (method: string) => void): Dial => {
  let openings = 0
  return Effect.fnUntraced(function*({ channel, query, settings }, { key, url }, { heard, said }) {
    const { deliver, until } = yield* mailbox
    const sdk = vendorClient(url, { apiKey: key }, record)
    const { connect, createConnection } = untyped<Channel>(channels[channel](sdk))
    // Both names of the same, by turns.
    openings++
    const open = openings % 2 === 1 ? connect : createConnection
    const socket = yield* Effect.acquireRelease(
      Effect.map(
        Effect.promise(() => open({ ...query, reconnectAttempts: 0 })),
        (socket) => observed(socket, (method) => record(`${channel}.${method}`))
      ),
      (socket) => Effect.sync(() => socket.close())
    )
    let delivered = 0
    let opened = 0
    const count = () => {
      delivered++
    }
    const never = () => assert.fail("a listener that was taken off")
    socket.on("message", never)
    socket.off("message", never)
    socket.on("message", count)
    socket.on("open", () => {
      opened++
    })
    let code: unknown
    socket.on("close", (event) => {
      code ??= dig(event, "code")
    })
    socket.on("error", () => undefined)
    let iterated = 0
    const reading = async () => {
      for await (const came of socket) {
        iterated++
        const message = await messageOf(came)
        heard.add(String(message["type"]))
        deliver(message)
      }
      assert.strictEqual(iterated, delivered)
      deliver({ type: "(closed)", code })
    }
    // From before the opening on: messages are kept for an iterator only when there is one.
    yield* Effect.forkScoped(Effect.promise(reading), { startImmediately: true })
    socket.connect()
    yield* Effect.promise(() => socket.waitForOpen())
    assert.deepStrictEqual([opened, socket.readyState], [1, 1])
    socket.ping?.()
    const methods = untyped<Readonly<Record<string, ((message: Message) => void) | undefined>>>(socket)
    const say = (message: Message) =>
      Effect.sync(() => {
        const type = String(message["type"])
        const send = methods[methodFor(channel, type)]
        assert.isDefined(send, `${channel} has no way to say ${type}`)
        said.add(type)
        send?.(message)
      })
    if (settings !== undefined) yield* say({ type: "Settings", ...settings })
    return {
      say,
      send: (audio) =>
        Effect.sync(() => {
          said.add("Audio")
          socket.sendMedia?.(audio)
        }),
      until,
      leave: Effect.sync(() => socket.close()),
      can: (type) => methods[methodFor(channel, type)] !== undefined
    }
  })
}
