/** `ws` and `JSON.parse`, as one writes it who wants nothing else. */
import { once } from "node:events"
import { WebSocket } from "ws"
import { frame, type Hear, type Open, options } from "../live.ts"
import type { Window } from "../loads/duplex.ts"
import type { Timing } from "../loads/opening.ts"
import { apiKey } from "./account.ts"

const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]))
const headers = { authorization: `Token ${apiKey}` }

const dial = (url: string): WebSocket =>
  new WebSocket(`${url.replace("http", "ws")}/v1/listen?${query}`, { headers, perMessageDeflate: false })

const connect = async (url: string, hear: Hear): Promise<WebSocket> => {
  const socket = dial(url)
  socket.on("message", (data) => hear(JSON.parse(String(data))))
  await once(socket, "open")
  return socket
}

export const open: Open = async (url, _, hear) => {
  const socket = await connect(url, hear)
  return { send: (audio) => socket.send(audio) }
}

export const exchange = async (url: string, window: Window, hear: Hear): Promise<void> => {
  const socket = await connect(url, hear)
  const send = () => {
    for (let room = window.take(); room > 0; room--) socket.send(frame)
  }
  window.onRoom = send
  send()
}

export const openEach = async (url: string, times: number, { dialling, opened, rest }: Timing): Promise<void> => {
  for (let i = 0; i < times; i++) {
    dialling()
    const socket = dial(url)
    await once(socket, "open")
    opened()
    socket.close(1000)
    await once(socket, "close")
    await rest()
  }
}
