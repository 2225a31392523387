import type { Lane } from "./collect.ts"
import type { SpeakerId, SpeakerLabels } from "./model.ts"
import { clean } from "./text.ts"

export type Labeller = (speaker: SpeakerId) => string | undefined

/** A {@link SpeakerId} and nothing else. */
export const speakerId = ({ channel, speaker }: SpeakerId): SpeakerId =>
  speaker === undefined ? { channel } : { channel, speaker }

/** Names as short as they can be while they tell apart everyone who speaks in these lanes. */
const distinguish = (lanes: ReadonlyArray<Lane>): Labeller => {
  const several = lanes.some((lane) => new Set(lane.words.map((word) => word.speaker)).size > 1)
  return ({ channel, speaker }) => {
    const parts: Array<string> = []
    if (lanes.length > 1) parts.push(`Channel ${channel}`)
    if (several && speaker !== undefined) parts.push(`Speaker ${speaker}`)
    return parts.join(" ")
  }
}

/** The names of the speakers in lanes that have words: one line each, never blank. */
export const labeller = (lanes: ReadonlyArray<Lane>, labels: SpeakerLabels): Labeller => {
  if (labels === "none") return () => undefined
  const name = labels === "auto" ? distinguish(lanes) : labels
  return (speaker) => {
    const label = clean(name(speakerId(speaker)) ?? "")
    return label === "" ? undefined : label
  }
}
