/** Where our channels of speech differ from the vendor's AsyncAPI document on purpose, and why. */
import { fluxVoices } from "effect-deepgram/DeepgramApi"
import type { Deliberate } from "./explain.ts"

const aura = "WS /v1/speak"
const flux = "WS /v2/speak"

const rate = (value: number) => `query sample_rate as "${value}"`

const parameters: ReadonlyArray<Deliberate> = [
  {
    kind: "missing",
    at: {
      [aura]: [8000, 16_000, 24_000, 32_000, 48_000].map(rate),
      [flux]: [8000, 16_000, 24_000, 32_000, 44_100, 48_000].map(rate)
    },
    reason: "Which of them there are depends on the encoding: internal/contract/speech.ts has them by encoding.",
    evidence: "inventory 2.3, 2.4"
  },
  {
    kind: "missing",
    at: { [aura]: ["query model as \"aura-2-perseo-it\""] },
    reason: "The voice has never been served, and later documents leave it out.",
    evidence: "the vendor's SDK 5.11 (inventory 5.1)"
  },
  {
    kind: "required",
    at: { [flux]: ["query model"] },
    here: "required",
    there: "optional",
    reason: "The handshake is refused without it.",
    evidence: "the vendor's documentation (inventory 2.4, trap 4)"
  },
  {
    kind: "extra",
    at: { [flux]: fluxVoices.map((voice) => `query model as "${voice}"`) },
    reason: "The document takes any name here; the voices are listed for agents.",
    evidence: "the vendor's later document (inventory, appendix A)"
  },
  {
    kind: "extra",
    at: { [flux]: ["query speed", "query expressivity"] },
    reason: "Newer than the document.",
    evidence: "the vendor's later document and SDK 5.8 (inventory 2.4, 5.1)"
  }
]

const messages: ReadonlyArray<Deliberate> = [
  {
    kind: "missing",
    at: { [aura]: ["server (binary)"], [flux]: ["server (binary)"] },
    there: "bytes",
    reason: "Audio comes in binary frames, which are no messages: there is nothing to describe.",
    evidence: "inventory 2.0"
  },
  {
    kind: "missing",
    at: {
      [aura]: [
        ["client Flush", "Clear"],
        ["client Flush", "Close"],
        ["client Clear", "Flush"],
        ["client Clear", "Close"],
        ["client Close", "Flush"],
        ["client Close", "Clear"],
        ["server Flushed", "Cleared"],
        ["server Cleared", "Flushed"]
      ].map(([message, other]) => `${message} type as "${other}"`)
    },
    reason: "In the document these messages share one set of types, where each has its own.",
    evidence: "the vendor's SDKs (inventory 2.3)"
  },
  {
    kind: "extra",
    at: { [aura]: ["server Warning warn_code", "server Warning warn_msg"] },
    reason: "As it is sent; the document has other names, which are read too.",
    evidence: "recorded messages (inventory 2.3, trap 13)"
  },
  {
    kind: "extra",
    at: {
      [flux]: [
        "client Interrupt",
        "client Configure",
        "server SpeechInterrupted",
        "server ConfigureSuccess",
        "server ConfigureFailure",
        "server SpeechMetadata controls_applied.breaks_applied",
        "server Error code as \"DATA-0002\""
      ]
    },
    reason: "Newer than the document.",
    evidence: "the vendor's later document and SDK 5.8 (inventory 2.4, 5.1)"
  }
]

export const ofSpeech: ReadonlyArray<Deliberate> = [...parameters, ...messages]
