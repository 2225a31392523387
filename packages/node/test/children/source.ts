/**
 * A server that answers with as many bytes of audio as the text of the request says, as fast as they are taken. Says its
 * URL first.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"

const chunk = new Uint8Array(65_536)

const server = createServer(async (request, response) => {
  const { text } = await json(request) as { readonly text: string }
  response.writeHead(200, { "content-type": "audio/l16" })
  let left = Number(text)
  const pump = () => {
    while (left > 0) {
      const piece = chunk.subarray(0, left)
      left -= piece.byteLength
      if (!response.write(piece)) return
    }
    response.end()
  }
  response.on("drain", pump)
  pump()
})

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
