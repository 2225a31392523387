/** Packs the packages, and installs them like a user would. */
import type { TestProject } from "vitest/node"
import { root, run } from "./support/commands.ts"
import { installConsumer, provideConsumer } from "./support/consumer.ts"

export const setup = (project: TestProject): Promise<() => void> =>
  provideConsumer(project, async () => {
    await run(["node", "scripts/install-if-needed.mjs", "published/tools"], root)
    await run(["node", "scripts/pack.mjs"], root)
    return installConsumer()
  })
