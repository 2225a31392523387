/** What has to be said and answered before a channel may be used, where there is anything. */
import type { Greeting } from "./spec.ts"
import type { WebSocket } from "./webSocket.ts"

export class Greeter<Known> {
  readonly #greeting: Greeting<Known>
  #state: "not yet" | "asked for" | "said" | "granted" = "not yet"

  constructor(greeting: Greeting<Known>) {
    this.#greeting = greeting
  }

  /** Says what was asked for: the server may have asked before the dialling was over here. */
  say(socket: WebSocket | undefined): void {
    if (this.#state !== "asked for" || socket === undefined) return
    this.#state = "said"
    socket.send(JSON.stringify(this.#greeting.say))
  }

  /** Tells whether the channel may be used from now on. */
  hear(message: Known, socket: WebSocket | undefined): boolean {
    const { asks, grants } = this.#greeting
    if (this.#state === "not yet" && asks(message)) {
      this.#state = "asked for"
      this.say(socket)
    } else if (this.#state === "said" && grants(message)) {
      this.#state = "granted"
      return true
    }
    return false
  }
}
