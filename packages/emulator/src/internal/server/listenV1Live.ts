/** `/v1/listen` over WebSocket: transcription while somebody speaks (inventory 2.1). */
import { listenV1 } from "effect-deepgram/DeepgramChannels"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Recognizer } from "../../Recognizer.ts"
import { isoNow } from "../iso.ts"
import { type ListenV1Session, openListenV1 } from "../live/listenV1.ts"
import type { ServerMessage } from "../live/segments.ts"
import type { Answer, LiveProblem } from "../live/session.ts"
import { modelNamed } from "../transcribe/models.ts"
import { quoted } from "../vendorError.ts"
import { CurrentAccount } from "./accounts.ts"
import * as Callbacks from "./callbacks.ts"
import { checkQuery } from "./listenV1LiveChecks.ts"
import { endingOf, expired, gone, limited, timedOut } from "./liveEndings.ts"
import { decodeQuery } from "./parameters.ts"
import { RequestId } from "./requestContext.ts"
import { type Ending, type SocketChannel, takeAll } from "./socketChannel.ts"
import type { Connection, Received } from "./socketConnection.ts"

type Client = typeof listenV1.client

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const known = Object.keys(listenV1.client)

const isKnown = (type: unknown): type is keyof Client => known.some((name) => name === type)

/** What a text asks for, or why that cannot be told, in Deepgram's words. */
const read = (text: string): { readonly type: keyof Client } | { readonly problem: string } => {
  const json = parse(text)
  if (Option.isNone(json)) return { problem: "expected JSON" }
  const type = typeof json.value === "object" && json.value !== null && "type" in json.value
    ? json.value.type
    : undefined
  if (isKnown(type)) return { type }
  return {
    problem: typeof type !== "string"
      ? "missing field `type`"
      : `unknown variant \`${quoted(type)}\`, expected one of ${known.map((name) => `\`${name}\``).join(", ")}`
  }
}

/** Deepgram says so and goes on; the contract has no such message, as its documents have none. */
const schemaError = (problem: string, text: string) => ({
  type: "Error",
  variant: "SchemaError",
  description: `Could not deserialize last text message: ${problem}`,
  message: quoted(text)
})

/** The end that the client asked for. */
const done: Ending = { status: 200, code: 1000 }

/** Where results go: to the client, or to its own server. */
type Deliver = (message: unknown) => Effect.Effect<unknown>

/** Whether it is known already that there is nothing to say. */
const isSilent = (answer: Answer<ServerMessage> | Exit.Exit<ReadonlyArray<ServerMessage>, LiveProblem>): boolean =>
  Exit.isExit(answer) && Exit.isSuccess(answer) && answer.value.length === 0

const talk = (session: ListenV1Session, callback: Deliver | undefined) => (connection: Connection) => {
  const send: Deliver = (message) => connection.send(JSON.stringify(message))
  const deliver = callback ?? send
  let isHeard = false
  const say = <E>(said: Effect.Effect<ReadonlyArray<unknown>, E>) =>
    // Most frames bring nothing.
    Effect.flatMapEager(said, (messages) =>
      messages.length === 0 ? Effect.void : Effect.forEach(messages, deliver, { discard: true }))
  const finish = Effect.as(say(session.finish), done)

  const onText = (text: string) => {
    const message = read(text)
    if ("problem" in message) return Effect.asVoid(send(schemaError(message.problem, text)))
    switch (message.type) {
      case "CloseStream":
        return finish
      case "Finalize":
        return say(session.finalize)
      case "KeepAlive":
        return Effect.void
    }
  }

  const pushAtOnce = Option.liftThrowable(session.pushAtOnce)
  /** What follows from the audio that is received next, and has been heard already. */
  let heard: Answer<ServerMessage> | undefined
  connection.shortCut((audio) => {
    if (audio.length === 0) return false
    isHeard = true
    // What breaks here breaks once more where the session hears of it.
    const answer = Option.getOrUndefined(pushAtOnce(audio))
    const isNothing = answer !== undefined && isSilent(answer)
    heard = isNothing ? undefined : answer
    return isNothing
  })

  const hear = (audio: Uint8Array) => {
    const answer = heard ?? session.push(audio)
    heard = undefined
    return say(answer)
  }

  const on = (received: Received): Effect.Effect<Ending | void, LiveProblem> => {
    switch (received._tag) {
      case "Binary":
        // Trap 10.
        if (received.bytes.length === 0) return finish
        isHeard = true
        return Effect.andThen(connection.alive, hear(received.bytes))
      case "Text":
        // A client that never sent audio is not kept alive by words.
        return isHeard ? Effect.andThen(connection.alive, onText(received.text)) : onText(received.text)
      case "Idle":
        return session.verdict.pipe(
          Effect.andThen(Effect.suspend(() => deliver(session.aborted()))),
          Effect.as(timedOut)
        )
      case "Gone":
        // What is for the client's own server arrives all the same.
        return Effect.as(callback === undefined ? Effect.void : finish, gone(received.breach))
    }
  }

  const expire = Effect.as(Effect.suspend(() => deliver(session.aborted())), expired)

  return Effect.catch(limited(takeAll(connection, on), expire), endingOf)
}

/** The implementation of the channel; callbacks are sent in the background of the scope. */
export const channel = Effect.map(Effect.scope, (background): SocketChannel<Recognizer | Callbacks.Services> => ({
  path: listenV1.path,
  endpoint: "listen",
  idle: Duration.seconds(10),
  // Deepgram waits for audio and text.
  pings: false,
  open: Effect.fnUntraced(function*(report) {
    const query = yield* decodeQuery(listenV1.query)
    yield* checkQuery(query)
    yield* report({ models: [{ ...modelNamed(query.model, query.version), language: query.language ?? "en" }] })
    const callback = yield* Callbacks.fromQuery(query)
    const sendTo = callback === undefined
      ? undefined
      : yield* Callbacks.inOrder(callback, yield* CurrentAccount, background)
    const session = yield* openListenV1(query, { requestId: yield* RequestId, created: yield* isoNow })
    return (connection) =>
      Effect.ensuring(
        talk(session, sendTo && ((message) => sendTo(Callbacks.json(message))))(connection),
        Effect.suspend(() => report(session.heard()))
      )
  })
}))
