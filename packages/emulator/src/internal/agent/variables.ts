/**
 * Strings, so that they are left alone, and variables. A string that is never closed reaches to the end, or else it would
 * be looked for again from every quote in it.
 */
const stringOrVariable = /"(?:[^"\\]|\\(?:.|$))*(?:"|$)|\bDG_[A-Z0-9_-]+/gs

/** The text of an agent with JSON in the place of its variables (`"prompt": DG_PROMPT`). */
export const fillVariables = (config: string, valueOf: (key: string) => string): string =>
  config.replace(stringOrVariable, (found) => found.startsWith("\"") ? found : valueOf(found))
