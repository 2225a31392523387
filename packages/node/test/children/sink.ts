/**
 * A server that counts the bytes of a body and answers with their number. It is slow: it lets each large body wait, and
 * then takes breaks. Says its URL first.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout } from "node:timers/promises"

const mebibyte = 1024 * 1024

const server = createServer(async (request, response) => {
  let received = 0
  let pause = mebibyte
  if (request.headers["content-length"] !== "1000") await setTimeout(500)
  for await (const chunk of request) {
    received += (chunk as Buffer).byteLength
    if (received < pause) continue
    pause = received + mebibyte
    await setTimeout(1)
  }
  response.setHeader("content-type", "application/json").end(JSON.stringify({ request_id: String(received) }))
})

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
