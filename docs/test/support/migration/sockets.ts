/** What stands for the sockets of the vendor's SDK; typed by both packages, like the operations. */
import type { DeepgramClient } from "@deepgram/sdk"
import type { AgentV1, ListenV1, ListenV2, SpeakV1, SpeakV2 } from "effect-deepgram"

/** A member of the connection here, if it is one, and what is to be known, as Markdown. */
export type Instead<Connection> = readonly [member: (keyof Connection & string) | undefined, text: string]

interface Dialled {
  readonly connect: (args: never) => PromiseLike<object>
}

/** What can be called on a socket; `Symbol.asyncIterator` has no name to stand in a table. */
type Table<Channel extends Dialled, Connection> = {
  readonly [_ in keyof Awaited<ReturnType<Channel["connect"]>> & string]: Instead<Connection>
}

/** The same of all sockets. */
const shared = {
  socket: [undefined, "no bare socket is handed out"],
  readyState: [undefined, "an operation on a session that is over fails with what ended it"],
  on: ["messages", "a `Stream`; or `onMessage`, a callback. The end and the error are the end and the error of both"],
  off: [undefined, "interrupt whoever reads"],
  connect: [undefined, "a session is opened once; to open another, run the effect again"],
  waitForOpen: [undefined, "not needed: `connect` waits; with `waitForOpen: false` what is sent waits"]
} as const

const audio = ["send", "waits while the network is slow; `sendUnsafe` does not, and says `false`"] as const

type Sdk = DeepgramClient

export const listenV1: Table<Sdk["listen"]["v1"], ListenV1.Connection> = {
  ...shared,
  sendMedia: audio,
  sendFinalize: ["finalize", "waits for the flushed results"],
  sendCloseStream: ["close", "waits for the last results"],
  sendKeepAlive: [undefined, "sent when no audio is; `keepAlive: false` for never"],
  close: ["close", "loses nothing; leaving the scope closes at once"]
}

export const listenV2: Table<Sdk["listen"]["v2"], ListenV2.Connection> = {
  ...shared,
  sendMedia: audio,
  sendCloseStream: ["close", "waits for the last messages"],
  sendForceEndTurn: ["forceEndTurn", "waits for the end of the turn"],
  sendConfigure: ["configure", "waits for the answer; a refusal is a `BadRequest`"],
  close: ["close", "loses nothing; leaving the scope closes at once"]
}

export const speakV1: Table<Sdk["speak"]["v1"], SpeakV1.Connection> = {
  ...shared,
  sendText: ["speak", "keeps Deepgram's limits; a text that is too long is cut at the ends of sentences"],
  sendFlush: ["flush", "waits until all audio has come"],
  sendClear: ["clear", "waits until Deepgram has cleared; audio that was not taken is dropped"],
  sendClose: ["close", "has the rest spoken, and waits for it"],
  close: ["close", "has the rest spoken, and waits for it; leaving the scope closes at once"]
}

export const speakV2: Table<Sdk["speak"]["v2"], SpeakV2.Connection> = {
  ...shared,
  sendSpeak: ["speak", "a text that is too long is cut at the ends of sentences"],
  sendFlush: ["flush", "waits until all audio of the turn has come, and says what the turn was"],
  sendInterrupt: ["interrupt", "waits for the answer: how much of the text was heard"],
  sendConfigure: ["configure", "waits for the answer; a refusal is a `BadRequest`"],
  sendClose: ["close", "has the rest spoken, and waits for it"],
  close: ["close", "has the rest spoken, and waits for it; leaving the scope closes at once"]
}

export const agentV1: Table<Sdk["agent"]["v1"], AgentV1.Connection> = {
  ...shared,
  sendSettings: [
    undefined,
    "the argument of `AgentV1.connect` and `AgentV1.converse`; what is sent before they are applied waits"
  ],
  sendMedia: audio,
  sendUpdateListen: ["updateListen", "waits for its confirmation"],
  sendUpdateThink: ["updateThink", "waits for its confirmation"],
  sendUpdateSpeak: ["updateSpeak", "waits for its confirmation"],
  sendUpdatePrompt: ["updatePrompt", "waits for its confirmation"],
  sendInjectUserMessage: ["injectUserMessage", ""],
  sendInjectAgentMessage: ["injectAgentMessage", ""],
  sendFunctionCallResponse: [
    "respond",
    "with `AgentV1.converse` and a `Toolkit`, functions are called and answered for you"
  ],
  sendKeepAlive: [undefined, "sent when no audio is; `keepAlive: false` for never"],
  sendForceEndTurn: ["forceEndTurn", ""],
  close: ["close", "waits until everything that was sent has left"]
}
