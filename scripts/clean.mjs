// Removes everything that the compiler and the tests wrote.
import { rmSync } from "node:fs"

for (
  const folder of [
    "packages/deepgram",
    "packages/node",
    "packages/emulator",
    "examples",
    "docs",
    "drift",
    "benchmarks",
    "published"
  ]
) {
  for (const output of ["dist", ".tsbuildinfo", ".generated", ".packed"]) {
    rmSync(new URL(`../${folder}/${output}`, import.meta.url), { recursive: true, force: true })
  }
}
