/** How much was used, by days and by what calls have in common. */
import type { Entry } from "./ledgerEntry.ts"
import { deployment } from "./ledgerFilter.ts"
import { byDayAnd, type Dimensions, distinct, type Group } from "./ledgerGroups.ts"
import { formatDay } from "./ledgerTime.ts"

const total = (entries: ReadonlyArray<Entry>, amount: (entry: Entry) => number): number =>
  entries.reduce((sum, entry) => sum + amount(entry), 0)

const heardSeconds = ({ endpoint, seconds }: Entry): number => endpoint === "agent" ? 0 : seconds

/** What calls used together; failed ones count as requests. */
const amountsOf = (entries: ReadonlyArray<Entry>) => ({
  hours: total(entries, heardSeconds) / 3600,
  total_hours: total(entries, (entry) => heardSeconds(entry) * entry.channels) / 3600,
  agent_hours: total(entries, ({ endpoint, seconds }) => endpoint === "agent" ? seconds : 0) / 3600,
  tokens_in: total(entries, ({ tokensIn }) => tokensIn),
  tokens_out: total(entries, ({ tokensOut }) => tokensOut),
  tts_characters: total(entries, ({ characters }) => characters),
  requests: entries.length
})

/** What calls can be grouped by. */
const dimensions = {
  accessor: ({ apiKeyId }: Entry) => apiKeyId,
  endpoint: ({ endpoint }: Entry) => endpoint,
  feature_set: ({ features }: Entry) => features.join(","),
  models: ({ models }: Entry) => models.map(({ uuid }) => uuid).toSorted(),
  method: ({ method }: Entry) => method,
  tags: ({ tags }: Entry) => tags,
  deployment: () => deployment
} satisfies Dimensions<Entry>

/** What calls can be grouped by. */
export const usageGroupings: ReadonlyArray<string> = Object.keys(dimensions)

const ofDay = ({ day, members }: Group<Entry>) => ({
  start: formatDay(day),
  end: formatDay(day),
  ...amountsOf(members)
})

const ofGroup = ({ common, day, members }: Group<Entry, typeof dimensions>) => ({
  ...amountsOf(members),
  grouping: { start: formatDay(day), end: formatDay(day), ...common }
})

const createdOf = ({ created }: Entry): number => created

/** What was used on the days on which there were calls, the earliest first. */
export const summarize = (entries: ReadonlyArray<Entry>) => byDayAnd({}, [], entries, createdOf).map(ofDay)

/** The same by what calls have in common, too. */
export const breakdown = (entries: ReadonlyArray<Entry>, grouping: ReadonlyArray<string>) =>
  byDayAnd(dimensions, grouping, entries, createdOf).map(ofGroup)

/** What calls can be told apart by, given with the newest first: a model has the language that it last had. */
export const usageFields = (entries: ReadonlyArray<Entry>) => {
  const models = entries.flatMap((entry) => entry.models)
  return {
    tags: distinct(entries.flatMap(({ tags }) => tags)),
    models: [...new Map(models.toReversed().map((model) => [model.uuid, model])).values()]
      .toSorted((a, b) => a.name < b.name ? -1 : 1)
      .map(({ language, name, uuid, version }) => ({ name, language, version, model_id: uuid })),
    processing_methods: distinct(entries.map(({ method }) => method)),
    features: distinct(entries.flatMap(({ features }) => features)),
    languages: distinct(models.map(({ language }) => language))
  }
}
