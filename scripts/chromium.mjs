import { existsSync } from "node:fs"
import { env } from "node:process"

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"
]

/** The browser for tests: CHROMIUM_PATH, or the first one that is where packages put it. */
export const chromiumPath = () => (env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : places).find((path) => existsSync(path))

/** How tests start it: `more` are further arguments. */
export const chromiumOptions = (...more) => {
  const executablePath = chromiumPath()
  if (executablePath === undefined) {
    throw new Error("There is no browser: `npm test` installs one, CHROMIUM_PATH names one")
  }
  return {
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more
    ]
  }
}
