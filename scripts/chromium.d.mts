/** The browser for tests: CHROMIUM_PATH, or the first one that is where packages put it. */
export const chromiumPath: () => string | undefined

/** How tests start it, for Playwright: `more` are further arguments. Throws where there is none. */
export const chromiumOptions: (
  ...more: ReadonlyArray<string>
) => { readonly executablePath: string; readonly args: Array<string> }
