// Lets one process of this repository at a time do what writes to places that all of them share.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/** Milliseconds after which nobody is waited for: what is done alone takes seconds. */
const limit = 180_000

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch ({ code }) {
    return code === "EPERM"
  }
}

/** Whether whoever wrote the file is still at it. */
const isHeld = (file) => {
  const pid = Number(readFileSync(file, "utf8"))
  const age = Date.now() - statSync(file).mtimeMs
  // Empty while it is being written.
  return age < limit && (pid === 0 ? age < 5_000 : isAlive(pid))
}

const take = (file) => {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" })
    return true
  } catch (error) {
    if (error.code !== "EEXIST") throw error
    return false
  }
}

/** Does something while no other process that names the same file does. One that was killed is not waited for. */
export const alone = (file, work) => {
  mkdirSync(dirname(file), { recursive: true })
  while (!take(file)) {
    try {
      if (isHeld(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      else rmSync(file, { force: true })
    } catch (error) {
      // Given back meanwhile.
      if (error.code !== "ENOENT") throw error
    }
  }
  try {
    return work()
  } finally {
    rmSync(file, { force: true })
  }
}
