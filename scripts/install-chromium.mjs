// Sees to it that there is a browser for the tests in browsers: CHROMIUM_PATH, or where packages put Chromium and
// Chrome, or else Debian's package, installed now. Does nothing when there is one.
import { spawnSync } from "node:child_process"
import { env, exit, getuid, platform } from "node:process"
import { chromiumPath } from "./chromium.mjs"

const has = (command) => spawnSync(`command -v ${command}`, { shell: true, stdio: "ignore" }).status === 0

const giveUp = (why) => {
  console.error(
    `The tests in browsers need Chromium or Chrome, and there is none: ${why} ` +
      "Install one, or say where it is by CHROMIUM_PATH=/path/to/chromium npm test."
  )
  exit(1)
}

if (chromiumPath() === undefined) {
  if (env.CHROMIUM_PATH) giveUp(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, where there is no file.`)
  if (platform !== "linux" || !has("apt-get")) giveUp("This machine has no apt-get to install it.")
  const isRoot = getuid() === 0
  if (!isRoot && !has("sudo")) giveUp("Only root can install it, and there is no sudo.")
  console.log("Installing Chromium for the tests in browsers…")
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    // Without a password: nobody may be there to type it.
    const command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args]
    const [name, ...rest] = isRoot ? command : ["sudo", "-n", ...command]
    const { status } = spawnSync(name, rest, { stdio: ["ignore", "ignore", "inherit"] })
    // Lists that are not all up to date may do.
    if (status !== 0 && args[0] === "install") giveUp("It could not be installed.")
  }
  if (chromiumPath() === undefined) giveUp("It was installed, and is not where it should be.")
}
