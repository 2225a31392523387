/** Keeps out of the log what proves who calls somebody else's server. */

/** A callback without user, password, query and fragment; of what is no HTTP URL nothing is left. */
export const loggedCallback = (callback: string): string | undefined => {
  const url = URL.parse(callback)
  // Of other schemes all is path: in `alice:secret@example.com` the user would be taken for the scheme.
  return url !== null && /^https?:$/.test(url.protocol) ? `${url.protocol}//${url.host}${url.pathname}` : undefined
}

/** The path and query of a request, its callback without secrets. */
export const loggedPath = (target: string): string => {
  const mark = target.indexOf("?")
  if (mark < 0) return target
  const pairs = target.slice(mark + 1).split("&").map((pair) => {
    const [[name, value] = ["", ""]] = new URLSearchParams(pair)
    return name === "callback" ? `callback=${encodeURIComponent(loggedCallback(value) ?? "")}` : pair
  })
  return `${target.slice(0, mark)}?${pairs.join("&")}`
}
