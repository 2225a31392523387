/** How sessions that speak end, in Deepgram's words where they are known (inventory 2.0, 2.3, 2.4). */
import { speakV1Limits } from "effect-deepgram/DeepgramChannels"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { SynthesisError } from "../../Synthesizer.ts"
import { internalError } from "../vendorError.ts"
import type { Failing } from "./liveEndings.ts"
import type { Ending } from "./socketChannel.ts"

/** Largest frame of a client, in bytes: text that is more than that is no text to be spoken. */
export const largestFrame = 1_048_576

/** The end that the client asked for. */
export const done: Ending = { status: 200, code: 1000 }

/** The client was silent for too long. What was spoken is charged. */
export const inactive: Failing = {
  error: "NET-0004",
  status: 200,
  code: 1011,
  reason: "The client has been inactive for too long. See https://dpgr.am/net0004"
}

const refuse = (error: string, code: number, reason: string): Failing => ({
  error,
  status: 400,
  message: `${error}: ${reason}`,
  code,
  reason: `${reason} See https://dpgr.am/${error.replace("-", "").toLowerCase()}`
})

export const tooLong = refuse("BIG-0001", 1009, `The text is longer than ${speakV1Limits.characters} characters.`)
export const tooFast = refuse(
  "DATA-0001",
  1008,
  `More than ${speakV1Limits.charactersPerMinute} characters were sent within a minute.`
)
export const tooLarge = refuse("BIG-0000", 1009, "The message is too large.")
export const unparsable = refuse("MESSAGE-0000", 1008, "The message could not be parsed.")
export const invalidCommand = refuse("DATA-0000", 1008, "The message contains an invalid command.")
export const invalidControls = (message: string): Failing => refuse("DATA-0002", 1008, message)

const failed: Failing = {
  error: "NET-0000",
  status: internalError.status,
  message: internalError.err_msg,
  code: 1011,
  reason: "Deepgram could not synthesize the text. See https://dpgr.am/net0000"
}

/** A text that no engine takes is the client's mistake; an engine that breaks, or gives up by itself, is not. */
export const endingOf = (cause: Cause.Cause<SynthesisError>): Effect.Effect<Failing> => {
  const error = Cause.squash(cause)
  return error instanceof SynthesisError && error.reason === "InvalidText"
    ? Effect.succeed(refuse("DATA-0000", 1008, "The text cannot be spoken."))
    : Effect.as(Effect.logError("Live speech failed.", cause), failed)
}
