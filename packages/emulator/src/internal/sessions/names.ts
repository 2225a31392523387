/** What servers name differently each time: ids, and what stands for secrets. */
import { aliases, isAlias } from "./secrets.ts"

/** Ids that servers make: UUIDs, and `dg_sp_0347a6a24577` of a turn that is spoken (inventory 2.4). */
const id = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|dg_[a-z]+_[\da-f]{12}/gi

/** A date, or a date and a time, in the form of ISO 8601. */
const time = /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g

const replaceable = new RegExp(`${id.source}|${aliases.source}`, "gi")

/** What recorded names mean now. */
export interface Names {
  /** A recorded text, in the names of now. */
  readonly rename: (text: string) => string
  readonly get: (name: string) => string | undefined
  /** Whether two texts are the same but for names and times. Names that were not known mean each other from now on. */
  readonly isSame: (recorded: string, replayed: string) => boolean
}

const masked = (text: string): string => text.replace(id, "(id)").replace(time, "(time)")

/** Nothing is known yet. */
export const make = (): Names => {
  const known = new Map<string, string>()
  return {
    rename: (text) => text.replace(replaceable, (name) => known.get(name) ?? name),
    get: (name) => known.get(name),
    isSame: (recorded, replayed) => {
      if (recorded === replayed) return true
      if (isAlias(recorded)) {
        known.set(recorded, replayed)
        return true
      }
      if (masked(recorded) !== masked(replayed)) return false
      const now = replayed.match(id) ?? []
      return (recorded.match(id) ?? []).every((name, i) => {
        const means = now[i] ?? ""
        const meant = known.get(name) ?? means
        known.set(name, meant)
        return meant === means
      })
    }
  }
}
