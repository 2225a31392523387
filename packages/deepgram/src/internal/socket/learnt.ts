/** What the messages of a session have told about it. */
import type { Channel, Messages } from "../contract/channel.ts"
import type { Complaint } from "./errors.ts"
import { Progress } from "./position.ts"
import type { Rules } from "./spec.ts"

export class Learnt<Known extends { readonly type: string }> {
  readonly progress = new Progress()
  requestId: string | undefined
  complaint: Complaint | undefined
  /** What a server says last is missing where it, or a proxy, ended the session too early. */
  isAllSaid: boolean
  readonly #rules: Rules<Known>
  readonly #last: string | undefined

  constructor(rules: Rules<Known>, { last }: Pick<Channel<never, Messages, Messages>["close"], "last">) {
    this.#rules = rules
    this.#last = last
    this.isAllSaid = last === undefined
  }

  /** From one message; tells whether it is something that came of what was sent. */
  learn(message: Known): boolean {
    const rules = this.#rules
    this.isAllSaid = this.#last === undefined || this.#last === message.type
    this.requestId ??= rules.requestId(message)
    this.complaint = rules.complaint(message) ?? this.complaint
    const final = rules.acknowledged(message)
    if (final !== undefined) this.progress.acknowledge(final)
    return rules.isResult(message)
  }
}
