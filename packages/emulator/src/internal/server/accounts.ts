/** Who may call: API keys and the project that they belong to. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import { invalidCredentials, type VendorError } from "./vendorError.ts"

/** Whom a request is for. */
export interface Account {
  readonly projectId: string
  readonly apiKeyId: string
}

/** Checks credentials. */
export class Accounts extends Context.Service<Accounts, {
  /** By the value of the `Authorization` header. */
  readonly authenticate: (authorization: string | undefined) => Effect.Effect<Account, VendorError>
}>()("@effect-deepgram/emulator/Accounts") {}

/** The same name always gives the same UUID, so that a run can be compared with another. */
export const uuidOf = (name: string): string => {
  const hex = createHash("sha256").update(name).digest("hex")
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)]
    .join("-")
}

/** The project that everything belongs to. */
export const projectId = uuidOf("project")

/** Keys that all belong to one project; `undefined` for a server without authentication. */
export const layer = (apiKeys: ReadonlyArray<string> | undefined): Layer.Layer<Accounts> => {
  const accounts = new Map(
    apiKeys?.map((key): [string, Account] => [key, { projectId, apiKeyId: uuidOf(`key ${key}`) }])
  )
  const anyone: Account = { projectId, apiKeyId: uuidOf("no key") }
  return Layer.succeed(Accounts, {
    authenticate: (authorization) => {
      if (apiKeys === undefined) return Effect.succeed(anyone)
      // An API key with `Bearer` is refused by Deepgram (inventory 1.0.2).
      const key = /^token\s+(.+)$/i.exec(authorization ?? "")?.[1]?.trim()
      const account = key === undefined ? undefined : accounts.get(key)
      return account === undefined ? Effect.fail(invalidCredentials) : Effect.succeed(account)
    }
  })
}
