/** A conversation on a channel, whoever holds it: the same for all three witnesses. */
import { assert } from "@effect/vitest"
import { Effect, Queue, type Scope } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import type { Stage } from "../support.ts"

/** What is said by either side. Audio is `{ type: "Audio", audio }`, the end of the session `{ type: "(closed)", code }`. */
export type Message = Readonly<Record<string, unknown>>

/** The channels of the contract. */
export const contract = {
  listenV1: DeepgramChannels.listenV1,
  listenV2: DeepgramChannels.listenV2,
  speakV1: DeepgramChannels.speakV1,
  speakV2: DeepgramChannels.speakV2,
  agentV1: DeepgramChannels.agentV1
}

export type Name = keyof typeof contract

export interface Talk {
  readonly say: (message: Message) => Effect.Effect<void>
  readonly send: (audio: Uint8Array) => Effect.Effect<void>
  /** Everything up to a message of this type, with these members. */
  readonly until: (type: string, members?: Message) => Effect.Effect<ReadonlyArray<Message>>
  /** Goes away. */
  readonly leave: Effect.Effect<void>
  /** Whether this client has a way to say that. */
  readonly can: (type: string) => boolean
}

export interface Opening {
  readonly channel: Name
  readonly query: Readonly<Record<string, string | number | boolean>>
  /** The first message of a conversation with an agent. */
  readonly settings?: Message
}

/** What went over a channel, by `type`. */
export interface Traffic {
  readonly said: Set<string>
  readonly heard: Set<string>
}

/** How a witness opens a conversation. */
export type Dial = (opening: Opening, stage: Stage, traffic: Traffic) => Effect.Effect<Talk, never, Scope.Scope>

const matches = (message: Message, type: string, members: Message): boolean =>
  message["type"] === type && Object.entries(members).every(([name, value]) => message[name] === value)

/** Messages as they come, and how they are waited for. */
export const mailbox = Effect.map(Queue.unbounded<Message>(), (queue) => ({
  deliver: (message: Message) => {
    Queue.offerUnsafe(queue, message)
  },
  until: Effect.fnUntraced(function*(type: string, members: Message = {}) {
    const messages: Array<Message> = []
    while (!messages.some((message) => matches(message, type, members))) {
      const message = yield* Queue.take(queue)
      messages.push(message)
      assert.isTrue(
        message["type"] !== "(closed)" || type === "(closed)",
        `closed before ${type}: ${JSON.stringify(messages.filter((one) => one["type"] !== "Audio"))}`
      )
    }
    return messages
  })
}))

/** The types of messages in order, runs of one type as one. */
export const outline = (messages: ReadonlyArray<Message>): ReadonlyArray<unknown> =>
  messages.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])

/** The only message of a type. */
export const only = (messages: ReadonlyArray<Message>, type: string): Message => {
  const found = messages.filter((message) => message["type"] === type)
  assert.lengthOf(found, 1, `${type} among ${outline(messages).join(", ")}`)
  return found[0]!
}

/** The audio among messages. */
export const audioOf = (messages: ReadonlyArray<Message>): ReadonlyArray<Uint8Array> =>
  messages.flatMap(({ audio }) => audio instanceof Uint8Array ? [audio] : [])
