/** Why an emulator does not start, for people. */
import * as Predicate from "effect/Predicate"

const codeOf = (cause: unknown): unknown => Predicate.hasProperty(cause, "code") ? cause.code : undefined

const notHere = (host: string) => `${host} is no interface of this machine`

const reasons: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) => `Port ${port} of ${host} is taken: choose another one, or 0 for any that is free`,
  EACCES: (host, port) => `Port ${port} of ${host} may not be used: choose one above 1023`,
  EADDRNOTAVAIL: notHere,
  ENOTFOUND: notHere
}

/** One line that says what is wrong with an option, or with the port. */
export const problemOf = (
  error: unknown,
  { host = "127.0.0.1", port = 0 }: { readonly host?: string | undefined; readonly port?: number | undefined }
): string => {
  const cause = Predicate.isTagged(error, "ServeError") && Predicate.hasProperty(error, "cause") ? error.cause : error
  const reason = reasons[String(codeOf(cause))]
  if (reason !== undefined) return reason(host, port)
  return cause instanceof Error ? cause.message : String(cause)
}
