/** What went wrong, in plain words. */
import type { LiveError } from "effect-deepgram/DeepgramError"
import type { MicrophoneError } from "./capture.ts"

/** Messages begin with the name of an operation, which says nothing to a person at a microphone. */
const plain = ({ message, operation }: LiveError) =>
  message.startsWith(`${operation}: `) ? message.slice(operation.length + 2) : message

/** For the person at the microphone. */
export const wordsOf = (error: LiveError | MicrophoneError): string => {
  switch (error._tag) {
    case "MicrophoneError":
      return error.message
    case "Unauthorized":
      return `There is no leave to use Deepgram: ${error.detail ?? plain(error)}.`
    case "HandshakeRejected":
    case "TransportError":
      return `Deepgram cannot be reached, or refuses the session: ${plain(error)}.`
    case "ConnectionClosed":
    case "IdleTimeout":
      return `Deepgram ended the session: ${plain(error)}.`
    default:
      return `The captions have ended: ${plain(error)}.`
  }
}
