/** Who may call: API keys and the project that they belong to. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { uuidOf } from "../uuid.ts"
import { invalidCredentials, type VendorError } from "./vendorError.ts"

/** Whom a request is for. */
export interface Account {
  readonly projectId: string
  readonly apiKeyId: string
}

/** Whom the request that is being answered is for. */
export class CurrentAccount
  extends Context.Service<CurrentAccount, Account>()("@effect-deepgram/emulator/CurrentAccount")
{}

/** Checks credentials. */
export class Accounts extends Context.Service<Accounts, {
  /** By the value of the `Authorization` header. */
  readonly authenticate: (authorization: string | undefined) => Effect.Effect<Account, VendorError>
}>()("@effect-deepgram/emulator/Accounts") {}

/** The project that everything belongs to. */
export const projectId = uuidOf("project")

/** Keys that all belong to one project; `undefined` for a server without authentication. */
export const layer = (apiKeys: ReadonlyArray<string> | undefined): Layer.Layer<Accounts> => {
  const accounts = new Map(
    apiKeys?.map((key): [string, Account] => [key, { projectId, apiKeyId: uuidOf("key", key) }])
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
