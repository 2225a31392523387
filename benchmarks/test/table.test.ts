import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { figure, type Outcome } from "../result.ts"
import type { Comparison } from "../sideBySide/comparison.ts"
import { type Machine, machine, type Measured, table, write } from "../table.ts"

const comparison = (name: string): Comparison => ({
  name,
  title: `What ${name} do`,
  load: "calls",
  size: {},
  small: {},
  rounds: 1,
  peers: [],
  units: { rate: "/s", memory: "MB" },
  targets: [
    { peer: "ours", metric: "rate", over: "raw", bound: "at least", must: 0.75, stretch: 0.85 },
    { peer: "ours", metric: "rate", over: "official", bound: "at least", must: 4, stretch: 5 },
    { peer: "ours", metric: "memory", over: "nothing", bound: "at most", must: 90 }
  ]
})

const about = { case: "calls", peer: "ours" }
const calls: Measured = {
  comparison: comparison("calls"),
  outcome: {
    results: [
      {
        ...figure({ ...about, metric: "rate", unit: "/s" }, [900, 1000, 1234.5]),
        ratioToRaw: 0.853,
        ratioToOfficial: 4.5
      },
      figure({ ...about, metric: "memory", unit: "MB" }, [91.25])
    ],
    verdicts: [],
    noise: undefined
  }
}

const given: Machine = {
  system: "linux x64",
  cores: 2,
  processor: "A Processor",
  memory: 23.54,
  node: "24.1.0",
  versions: { effect: "4.1.0", "@deepgram/sdk": "5.13.0" }
}

describe("docs/performance.md", () => {
  it("has the machine, promises and figures", () => {
    const text = table(given, [calls])
    assert.strictEqual(
      text.slice(text.indexOf("## ")),
      `## Machine

| What | Which |
| --- | --- |
| System | linux x64 |
| Processor | 2 cores, A Processor |
| Memory | 23.5 GiB |
| Node | 24.1.0 |
| \`effect\` | 4.1.0 |
| \`@deepgram/sdk\` | 5.13.0 |

## Promises

| Case | Peer | Metric | Must | Stretch | Reached | Verdict |
| --- | --- | --- | --- | --- | --- | --- |
| calls | ours | rate | ≥ 0.75× raw | ≥ 0.85 | 0.85 | stretch |
| calls | ours | rate | ≥ 4× official | ≥ 5 | 4.5 | met |
| calls | ours | memory | ≤ 90 MB | – | 91.3 | NOT MET |

## calls

What calls do.

| Peer | Metric | Median (p10–p90) | ÷ raw | ÷ official |
| --- | --- | --- | --- | --- |
| ours | rate | 1,000 /s (900–1,235) | 0.85 | 4.5 |
| ours | memory | 91.3 MB | – | – |
`
    )
    assert.match(text, /^# Performance\n\nWritten by `npm run bench`/)
  })

  it("says nothing of a processor that has no name", () => {
    assert.include(table({ ...given, processor: "" }, []), "\n| Processor | 2 cores |\n")
  })

  it("says of this machine what figures depend on, and not which one it is", () => {
    const { cores, memory, node, processor, system, versions, ...more } = machine()
    assert.deepStrictEqual(more, {})
    assert.isAtLeast(cores, 1)
    assert.isAbove(memory, 0)
    assert.isString(processor)
    assert.match(system, /^\w+ \w+$/)
    assert.deepStrictEqual(Object.keys(versions), ["effect", "undici", "ws", "@deepgram/sdk"])
    for (const one of [node, ...Object.values(versions)]) assert.match(one, /^\d+\.\d+\.\d+/)
  })

  it.live("is written when all cases were measured, and none was refused", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const file = `${yield* files.makeTempDirectoryScoped()}/performance.md`
      const refused = (outcome: Outcome): Outcome => ({ ...outcome, noise: "too loud" })
      const sockets = { ...calls, comparison: comparison("sockets") }
      const all = [calls.comparison, sockets.comparison]
      assert.isFalse(yield* write(all, [calls], file))
      assert.isFalse(yield* write(all, [calls, { ...sockets, outcome: refused(sockets.outcome) }], file))
      assert.isFalse(yield* files.exists(file))
      assert.isTrue(yield* write(all, [calls, sockets], file))
      assert.strictEqual(yield* files.readFileString(file), table(machine(), [calls, sockets]))
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})
