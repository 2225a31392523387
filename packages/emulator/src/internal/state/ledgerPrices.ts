/**
 * What calls cost. These are round figures of the emulator's own: not Deepgram's price list, and no promise of what
 * Deepgram charges.
 */
import type { Charge, Endpoint, Method, Usage } from "./ledgerEntry.ts"

/** Millionths of a US dollar for a minute of audio, each channel counted. */
interface AudioPrice {
  readonly batch: number
  readonly streaming: number
}

/** Of models that have no price of their own, custom ones among them. */
const otherAudio: AudioPrice = { batch: 20_000, streaming: 25_000 }

const audioPrices: ReadonlyMap<string, AudioPrice> = new Map([
  ["nova-3", { batch: 4000, streaming: 8000 }],
  ["nova-2", { batch: 4000, streaming: 6000 }],
  ["nova", { batch: 4000, streaming: 6000 }],
  ["enhanced", { batch: 15_000, streaming: 18_000 }],
  ["base", { batch: 12_000, streaming: 15_000 }],
  ["flux", { batch: 8000, streaming: 8000 }]
])

const otherSpeech = 30_000

/** Millionths of a US dollar for 1,000 characters. */
const speechPrices: ReadonlyMap<string, number> = new Map([
  ["aura", 15_000],
  ["aura-2", 30_000],
  ["flux", 40_000]
])

/** Millionths of a US dollar for 1,000 tokens. */
const tokenPrices = { input: 1000, output: 2000 }

/** Millionths of a US dollar for a minute of a voice agent. */
const agentPrice = 80_000

interface Position {
  readonly lineItem: string
  readonly amount: number
}

/** Minutes, thousands of characters or tokens, each with its price. */
const positionsOf = (endpoint: Endpoint, method: Method, usage: Usage): ReadonlyArray<Position> => {
  const arch = usage.models[0]?.arch ?? "other"
  const minutes = usage.seconds / 60
  const way = method === "streaming" ? "streaming" : "batch"
  const time: Position = endpoint === "agent"
    ? { lineItem: "agent::standard", amount: minutes * agentPrice }
    : { lineItem: `${way}::${arch}`, amount: minutes * usage.channels * (audioPrices.get(arch) ?? otherAudio)[way] }
  return [
    time,
    { lineItem: `tts::${arch}`, amount: usage.characters / 1000 * (speechPrices.get(arch) ?? otherSpeech) },
    { lineItem: "intelligence::input-tokens", amount: usage.tokensIn / 1000 * tokenPrices.input },
    { lineItem: "intelligence::output-tokens", amount: usage.tokensOut / 1000 * tokenPrices.output }
  ]
}

/** What a call that succeeded costs: each position rounded to a millionth of a dollar, so that sums are exact. */
export const chargesOf = (endpoint: Endpoint, method: Method, usage: Usage): ReadonlyArray<Charge> =>
  positionsOf(endpoint, method, usage)
    .map(({ amount, lineItem }) => ({ lineItem, microDollars: Math.round(amount) }))
    .filter(({ microDollars }) => microDollars > 0)

const kinds: Readonly<Record<string, string>> = {
  batch: "speech to text, recordings",
  streaming: "speech to text, live",
  tts: "text to speech",
  intelligence: "text analysis",
  agent: "voice agent"
}

/** What a line item means, for people. */
export const meaningOf = (lineItem: string): string => {
  const [kind = "", what = ""] = lineItem.split("::")
  return `${what} (${kinds[kind] ?? kind})`
}

/** US dollars. */
export const dollars = (microDollars: number): number => microDollars / 1_000_000

/** Millionths of a US dollar. */
export const microDollars = (dollars: number): number => Math.round(dollars * 1_000_000)
