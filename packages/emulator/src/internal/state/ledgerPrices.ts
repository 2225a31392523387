/**
 * What calls cost. These are round figures of the emulator's own: not Deepgram's price list, and no promise of what
 * Deepgram charges.
 */
import type { Charge, Endpoint, Method, Usage } from "./ledgerEntry.ts"

/** Of models that have no price of their own, custom ones among them. */
const otherAudio = 20_000

/** Millionths of a US dollar for a minute of audio, each channel counted. */
const audioPrices: ReadonlyMap<string, number> = new Map([
  ["nova-3", 4000],
  ["nova-2", 4000],
  ["nova", 4000],
  ["enhanced", 15_000],
  ["base", 12_000]
])

/** The same of audio that is heard while it is made. */
const liveAudioPrices: ReadonlyMap<string, number> = new Map([
  ["nova-3", 8000],
  ["nova-2", 6000],
  ["nova", 6000],
  ["enhanced", 16_000],
  ["base", 14_000],
  ["flux", 8000]
])

/** Of voices that have no price of their own. */
const otherSpeech = 30_000

/** Millionths of a US dollar for 1,000 characters. */
const speechPrices: ReadonlyMap<string, number> = new Map([
  ["aura", 15_000],
  ["aura-2", 30_000],
  ["flux", 40_000]
])

/** Millionths of a US dollar for a minute with an agent: all that it does is in it. */
const agentPrice = 80_000

/** Millionths of a US dollar for 1,000 tokens. */
const tokenPrices = { input: 1000, output: 2000 }

interface Position {
  readonly lineItem: string
  readonly amount: number
}

/** What is charged for. */
type Chargeable = Usage & { readonly endpoint: Endpoint; readonly method: Method }

const listening = { batch: audioPrices, streaming: liveAudioPrices }

/** Minutes, thousands of characters or tokens, each with its price. */
const positionsOf = (usage: Chargeable): ReadonlyArray<Position> => {
  const arch = usage.models[0]?.arch ?? "other"
  const minutes = usage.seconds / 60 * usage.channels
  if (usage.endpoint === "agent") return [{ lineItem: "agent::standard", amount: minutes * agentPrice }]
  const kind = usage.method === "streaming" ? "streaming" : "batch"
  return [
    { lineItem: `${kind}::${arch}`, amount: minutes * (listening[kind].get(arch) ?? otherAudio) },
    { lineItem: `tts::${arch}`, amount: usage.characters / 1000 * (speechPrices.get(arch) ?? otherSpeech) },
    { lineItem: "intelligence::input-tokens", amount: usage.tokensIn / 1000 * tokenPrices.input },
    { lineItem: "intelligence::output-tokens", amount: usage.tokensOut / 1000 * tokenPrices.output }
  ]
}

/** What a call that succeeded costs: each position rounded to a millionth of a dollar, so that sums are exact. */
export const chargesOf = (usage: Chargeable): ReadonlyArray<Charge> =>
  positionsOf(usage)
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
