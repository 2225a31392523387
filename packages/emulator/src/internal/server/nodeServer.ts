/** The server of Node, within the limits of the emulator. */
import * as Duration from "effect/Duration"
import { createServer, type Server } from "node:http"
import type { Settings } from "./settings.ts"
import { isForSocket } from "./sockets.ts"

/** Milliseconds between two looks at heads that are not there yet, at most. */
const longestLook = 5000

/** Makes the server; it does not listen yet. */
export const make = ({ headTimeout, maxHeaderBytes }: Settings["Service"]): Server => {
  const patience = Duration.isFinite(headTimeout) ? Math.ceil(Duration.toMillis(headTimeout)) : 0
  return createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: patience,
    connectionsCheckingInterval: patience === 0 ? longestLook : Math.min(longestLook, Math.ceil(patience / 10)),
    // Node would cut an upload that takes more than five minutes.
    requestTimeout: 0,
    // Node would say no more than a status.
    requireHostHeader: false,
    // What asks for another protocol is answered in this one. Node before 24.9 has no such option, and lets the
    // listeners decide.
    shouldUpgradeCallback: isForSocket
  })
}
