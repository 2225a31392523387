/** The browser for tests: CHROMIUM_PATH, or the first one that is where packages put it. */
export const chromiumPath: () => string | undefined
