/** `docs/performance.md`: what a whole run measured, on what, and what was promised of it. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { readFileSync } from "node:fs"
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os"
import { version } from "node:process"
import { fileURLToPath } from "node:url"
import { type Base, type Outcome, type Result, rounded, valueOf } from "./result.ts"
import { type Comparison, type Target, verdictOf } from "./sideBySide/comparison.ts"

/** A comparison, and what came of it. */
export interface Measured {
  readonly comparison: Comparison
  readonly outcome: Outcome
}

/** What the figures depend on, and nothing that only one machine has. */
export interface Machine {
  readonly system: string
  readonly cores: number
  /** As the processor calls itself; empty where it does not say. */
  readonly processor: string
  /** Gibibytes. */
  readonly memory: number
  readonly node: string
  /** By the names of packages. */
  readonly versions: Readonly<Record<string, string>>
}

const root = new URL("../", import.meta.url)

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, root), "utf8")).version

/** This one. */
export const machine = (): Machine => ({
  system: `${platform()} ${arch()}`,
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? "",
  memory: totalmem() / 2 ** 30,
  node: version.replace(/^v/, ""),
  versions: Object.fromEntries(
    ["effect", "undici", "ws", "@deepgram/sdk"].map((name) => [name, versionOf(name)])
  )
})

const introduction = `# Performance

Written by \`npm run bench\`, which measures what this SDK does beside the raw transports and the vendor's SDK
(\`@deepgram/sdk\`). Ours validates what comes in; the others do not. \`--only NAME\` measures one case, which does not
change this page, and neither does a machine that was too busy; \`--json FILE\` keeps the figures.

The server is a process of its own, and so is each round of each peer. Peers take turns, so that all of them see the same
machine; a round that other programs disturbed is repeated, and a case for which that does not help counts for nothing.
All of it is on one machine and without TLS, which costs all peers the same and would bring the ratios closer to 1.

Times depend on the machine, ratios hardly: they are what is promised. Each is the median of the ratios of the rounds,
which need not be the quotient of the medians beside it. *Raw* is the bare transport of the case: \`undici.request\`,
\`fetch\` or \`ws\` with \`JSON.parse\`. More than 1 is more of what is measured: better for calls and frames per second,
worse for milliseconds, CPU and memory.
`

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const tableOf = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n")

const ratio = (value: number | null): string => value === null ? "–" : rounded(value)

const figureRow = ({ median, metric, p10, p90, peer, ratioToOfficial, ratioToRaw, unit }: Result) => [
  peer,
  metric,
  `${rounded(median)} ${unit}`.trimEnd() + (p10 === p90 ? "" : ` (${rounded(p10)}–${rounded(p90)})`),
  ratio(ratioToRaw),
  ratio(ratioToOfficial)
]

const measureOf = (over: Base, unit: string): string => over === "nothing" ? ` ${unit}` : `× ${over}`

const promiseRow = ({ name, units }: Comparison, { results }: Outcome, target: Target) => {
  const { bound, metric, must, over, peer, stretch } = target
  const unit = units[metric] ?? ""
  const { met, stretched } = verdictOf(target, results, unit)
  const sign = bound === "at least" ? "≥" : "≤"
  return [
    name,
    peer,
    metric,
    `${sign} ${rounded(must)}${measureOf(over, unit)}`,
    stretch === undefined ? "–" : `${sign} ${rounded(stretch)}`,
    rounded(valueOf(results, peer, metric, over)),
    stretched ? "stretch" : met ? "met" : "NOT MET"
  ]
}

const machineRows = ({ cores, memory, node, processor, system, versions }: Machine) => [
  ["System", system],
  ["Processor", `${cores} cores${processor === "" ? "" : `, ${processor}`}`],
  ["Memory", `${rounded(memory)} GiB`],
  ["Node", node],
  ...Object.entries(versions).map(([name, version]) => [`\`${name}\``, version])
]

/** The page. */
export const table = (machine: Machine, measured: ReadonlyArray<Measured>): string =>
  [
    introduction,
    "## Machine\n",
    `${tableOf(["What", "Which"], machineRows(machine))}\n`,
    "## Promises\n",
    `${
      tableOf(
        ["Case", "Peer", "Metric", "Must", "Stretch", "Reached", "Verdict"],
        measured.flatMap(({ comparison, outcome }) =>
          comparison.targets.map((target) => promiseRow(comparison, outcome, target))
        )
      )
    }\n`,
    ...measured.flatMap(({ comparison: { name, title }, outcome: { results } }) => [
      `## ${name}\n`,
      `${title}.\n`,
      `${tableOf(["Peer", "Metric", "Median (p10–p90)", "÷ raw", "÷ official"], results.map(figureRow))}\n`
    ])
  ].join("\n")

const page = fileURLToPath(new URL("docs/performance.md", root))

/** Writes the page into a file, if all cases were measured and none was refused; says whether it did. */
export const write = Effect.fnUntraced(
  function*(cases: ReadonlyArray<Comparison>, measured: ReadonlyArray<Measured>, file: string = page) {
    const isMeasured = (comparison: Comparison) =>
      measured.some(({ comparison: { name }, outcome: { noise } }) => name === comparison.name && noise === undefined)
    if (!cases.every(isMeasured)) return false
    yield* (yield* FileSystem.FileSystem).writeFileString(file, table(machine(), measured))
    return true
  }
)
