#!/usr/bin/env node
/** The command. What an earlier Node lacks is used where modules are loaded: it is told so before. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major > 22 || (major === 22 && minor >= 19)) {
  await import("./internal/command/main.ts")
} else {
  process.stderr.write(`The emulator needs Node 22.19 or later; this is ${process.versions.node}\n`)
  process.exitCode = 1
}
