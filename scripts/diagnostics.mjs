// Runs the diagnostics of the Effect language service over every project; errors and warnings fail.
import { spawn } from "node:child_process"

const projects = [
  "packages/deepgram/tsconfig.json",
  "packages/deepgram/tsconfig.test.json",
  "packages/node/tsconfig.json",
  "packages/node/tsconfig.test.json",
  "packages/emulator/tsconfig.json",
  "packages/emulator/tsconfig.test.json",
  "examples/tsconfig.json",
  "docs/tsconfig.json",
  "drift/tsconfig.json",
  "benchmarks/tsconfig.json",
  "published/tsconfig.json"
]

const diagnose = (project) =>
  new Promise((resolve) => {
    let output = ""
    const child = spawn(
      `effect-tsgo diagnostics --strict --severity error,warning --format text --project ${project}`,
      { shell: true }
    )
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.on("close", (code) => resolve({ project, code, output }))
  })

let failed = false
for (const project of projects) {
  const { code, output } = await diagnose(project)
  if (code !== 0) {
    failed = true
    console.log(`${project}\n${output}`)
  }
}
process.exit(failed ? 1 : 0)
