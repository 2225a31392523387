import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

const project = (name: string, root = `packages/${name}`) => ({
  extends: true as const,
  test: { name, root, include: ["test/**/*.test.ts"] }
})

const published = project("published", "published")
Object.assign(published.test, { globalSetup: ["globalSetup.ts"] })

export default defineConfig({
  resolve: { conditions: ["@effect-deepgram/source"] },
  ssr: { resolve: { conditions: ["@effect-deepgram/source"], externalConditions: ["@effect-deepgram/source"] } },
  test: {
    // For what hangs. Nothing that is tested depends on the speed of the machine.
    testTimeout: 60_000,
    // Of two processors Vitest would use one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", "./scripts/closing-line-reporter.mjs"],
    projects: [
      project("deepgram"),
      project("node"),
      project("emulator"),
      project("examples", "examples"),
      project("docs", "docs"),
      project("drift", "drift"),
      project("benchmarks", "benchmarks"),
      published
    ]
  }
})
