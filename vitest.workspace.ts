import { defineConfig } from "vitest/config"

const project = (name: string) => ({
  extends: true as const,
  test: { name, root: `packages/${name}`, include: ["test/**/*.test.ts"] }
})

export default defineConfig({
  resolve: { conditions: ["@effect-deepgram/source"] },
  ssr: { resolve: { conditions: ["@effect-deepgram/source"], externalConditions: ["@effect-deepgram/source"] } },
  test: {
    reporters: ["default", "./scripts/closing-line-reporter.mjs"],
    projects: [project("deepgram"), project("node"), project("emulator")]
  }
})
