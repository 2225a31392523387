/** What a case measured. */

/** One figure of one peer: the shape of `--json`. */
export interface Result {
  readonly case: string
  readonly peer: string
  readonly metric: string
  readonly unit: string
  readonly median: number
  readonly p10: number
  readonly p90: number
  /** Against the raw transport in the same run; `null` where there is no such peer. */
  readonly ratioToRaw: number | null
  /** Against the vendor's SDK in the same run; `null` where there is no such peer. */
  readonly ratioToOfficial: number | null
}

/** A promise, and whether it was kept. */
export interface Verdict {
  readonly promise: string
  readonly met: boolean
  /** More than promised: what was hoped for. */
  readonly stretched?: boolean | undefined
}

/** What came out of a case. */
export interface Outcome {
  readonly results: ReadonlyArray<Result>
  readonly verdicts: ReadonlyArray<Verdict>
  /** Why nothing can be said: the figures are shown, but count for nothing. */
  readonly noise: string | undefined
}

/** The value below which a share of the values lies; `NaN` of none. */
export const quantile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = Float64Array.from(values).toSorted()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

/** A figure of a peer that is compared with no other. */
export const figure = (
  about: Pick<Result, "case" | "peer" | "metric" | "unit">,
  values: ReadonlyArray<number>
): Result => ({
  ...about,
  median: quantile(values, 0.5),
  p10: quantile(values, 0.1),
  p90: quantile(values, 0.9),
  ratioToRaw: null,
  ratioToOfficial: null
})

/** What a figure is divided by: the same of the raw transport or of the vendor's SDK in the same round; or nothing. */
export type Base = "raw" | "official" | "nothing"

/** A figure, or its ratio; `NaN` where there is none. */
export const valueOf = (results: ReadonlyArray<Result>, peer: string, metric: string, over: Base): number => {
  const result = results.find((result) => result.peer === peer && result.metric === metric)
  const value = over === "raw" ? result?.ratioToRaw : over === "official" ? result?.ratioToOfficial : result?.median
  return value ?? NaN
}

/** As people read it: three digits, or all before the point. */
export const rounded = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 })

const times = (ratio: number | null, base: string): string => ratio === null ? "" : `${rounded(ratio)}× ${base}`

/** A case as people read it. */
export const show = ({ noise, results, verdicts }: Outcome): string => {
  const rows = results.map(({ median, metric, p10, p90, peer, ratioToOfficial, ratioToRaw, unit }) => [
    peer,
    metric,
    `${rounded(median)} ${unit}`.trimEnd(),
    p10 === p90 ? "" : `(${rounded(p10)} to ${rounded(p90)})`,
    times(ratioToRaw, "raw"),
    times(ratioToOfficial, "official")
  ])
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  const columns = widths.flatMap((width, column) => width === 0 ? [] : column)
  return [
    ...rows.map((row) =>
      `  ${columns.map((column) => (row[column] ?? "").padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
    ),
    ...verdicts.map(({ met, promise, stretched }) =>
      `  ${noise !== undefined ? "REFUSED" : stretched ? "STRETCH" : met ? "MET    " : "NOT MET"}  ${promise}`
    ),
    ...noise === undefined ? [] : [`  refused: ${noise}`]
  ].join("\n")
}
