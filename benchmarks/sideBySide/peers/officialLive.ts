/** `@deepgram/sdk` over WebSocket, as its documentation has it. */
import { DeepgramClient } from "@deepgram/sdk"
import { frame, type Hear, type Open, options } from "../live.ts"
import type { Window } from "../loads/duplex.ts"
import type { Timing } from "../loads/opening.ts"
import { apiKey } from "./account.ts"

const makeClient = (url: string) => {
  const socket = url.replace("http", "ws")
  const environment = { base: url, production: socket, agent: socket, agentRest: url }
  return new DeepgramClient({ apiKey, environment })
}

let client: ReturnType<typeof makeClient> | undefined

const connect = async (url: string, hear: Hear) => {
  client ??= makeClient(url)
  const connection = await client.listen.v1.connect({ ...options })
  connection.on("message", hear)
  connection.on("error", (error) => {
    throw error
  })
  connection.connect()
  await connection.waitForOpen()
  return connection
}

export const open: Open = async (url, _, hear) => {
  const connection = await connect(url, hear)
  return { send: (audio) => connection.sendMedia(audio) }
}

export const exchange = async (url: string, window: Window, hear: Hear): Promise<void> => {
  const connection = await connect(url, hear)
  const send = () => {
    for (let room = window.take(); room > 0; room--) connection.sendMedia(frame)
  }
  window.onRoom = send
  send()
}

export const openEach = async (url: string, times: number, { dialling, opened, rest }: Timing): Promise<void> => {
  for (let i = 0; i < times; i++) {
    dialling()
    const connection = await connect(url, () => undefined)
    opened()
    connection.close()
    await rest()
  }
}
