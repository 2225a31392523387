/** Keeps out of the log what proves who calls somebody else's server. */

/** A callback without user, password, query and fragment; of what is no HTTP URL nothing is left. */
export const loggedCallback = (callback: string): string | undefined => {
  const url = URL.parse(callback)
  // Of other schemes all is path: in `alice:secret@example.com` the user would be taken for the scheme.
  return url !== null && /^https?:$/.test(url.protocol) ? `${url.protocol}//${url.host}${url.pathname}` : undefined
}

/** Parameters by which people say who they are, although Deepgram takes none. */
const secretName = /^(?:access_?token|token|api_?key|key|authorization|password|secret)$/i

/** Stands for what is not told; it can be sent again. */
const hidden = "hidden"

const loggedPair = (pair: string): string => {
  const [[name, value] = ["", ""]] = new URLSearchParams(pair)
  if (name === "callback") return `callback=${encodeURIComponent(loggedCallback(value) ?? "")}`
  return secretName.test(name) && value !== "" ? `${pair.slice(0, pair.indexOf("=") + 1)}${hidden}` : pair
}

/** The path and query of a request without secrets: those of its callback, and who calls. */
export const loggedPath = (target: string): string => {
  const mark = target.indexOf("?")
  if (mark < 0) return target
  return `${target.slice(0, mark)}?${target.slice(mark + 1).split("&").map(loggedPair).join("&")}`
}
