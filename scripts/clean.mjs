// Removes everything that the compiler wrote.
import { rmSync } from "node:fs"

for (const folder of ["packages/deepgram", "packages/node", "packages/emulator", "examples"]) {
  for (const output of ["dist", ".tsbuildinfo"]) {
    rmSync(new URL(`../${folder}/${output}`, import.meta.url), { recursive: true, force: true })
  }
}
