/** Who may call, and what they may do. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { AccessTokens } from "../state/accessTokens.ts"
import { Directory, ownerId, projectId } from "../state/directory.ts"
import { permits } from "../state/scopes.ts"
import { uuidOf } from "../uuid.ts"
import { forbidden, invalidCredentials, projectNotFound, type VendorError } from "../vendorError.ts"

/** Whom a request is for. */
export interface Account {
  readonly projectId: string
  /** Of the key itself, or of the one that granted the access token. */
  readonly apiKeyId: string
  readonly memberId: string
  /** Roles and permissions, as the key was created with them. */
  readonly scopes: ReadonlyArray<string>
  /** What the key was labelled with: its requests have these tags too. */
  readonly tags: ReadonlyArray<string>
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

/** Fails with 403 unless the credential of the request has a permission, such as `usage:write`. */
export const allowed = (permission: string): Effect.Effect<void, VendorError, CurrentAccount> =>
  Effect.flatMap(
    CurrentAccount,
    ({ scopes }) => permits(scopes, permission) ? Effect.void : Effect.fail(forbidden)
  )

/**
 * Fails with 404 when the credential of the request does not see the project: it is another one, or there is none; then
 * with 403, when it lacks the permission.
 */
export const inProject = (id: string, permission?: string): Effect.Effect<Account, VendorError, CurrentAccount> =>
  Effect.flatMap(CurrentAccount, (account) => {
    if (account.projectId !== id) return Effect.fail(projectNotFound)
    return permission === undefined ? Effect.succeed(account) : Effect.as(allowed(permission), account)
  })

/** Who asks for what is public. */
export const nobody: Account = { projectId: "", apiKeyId: "", memberId: "", scopes: [], tags: [] }

/** Everybody, where there is no authentication. */
const anybody: Account = { projectId, apiKeyId: uuidOf("no key"), memberId: ownerId, scopes: ["owner"], tags: [] }

const anonymous = ({ projects }: Directory["Service"]): Accounts["Service"] => ({
  authenticate: () =>
    Effect.suspend(() => projects.has(projectId) ? Effect.succeed(anybody) : Effect.fail(projectNotFound))
})

const byCredentials = (
  { keys, projects }: Directory["Service"],
  { verify }: AccessTokens["Service"]
): Accounts["Service"] => {
  const ofKey = (secret: string, now: number): Option.Option<Account> => {
    const key = keys.get(secret)
    return key === undefined || (key.expires ?? Infinity) <= now ? Option.none() : Option.some({
      projectId,
      apiKeyId: key.api_key_id,
      memberId: key.member_id,
      scopes: key.scopes,
      tags: key.tags ?? []
    })
  }
  // A token outlives its key, but not its project.
  const ofToken = (token: string, now: number): Option.Option<Account> =>
    Option.map(verify(token, now), (claims) => ({
      projectId: claims.project_id,
      apiKeyId: claims.api_key_id,
      memberId: claims.member_id,
      scopes: claims.scopes,
      tags: claims.tags
    }))
  return {
    authenticate: Effect.fnUntraced(function*(authorization) {
      const [, scheme = "", credential = ""] = /^(token|bearer)\s+(.+)$/i.exec(authorization?.trim() ?? "") ?? []
      const now = yield* Clock.currentTimeMillis
      // Deepgram refuses an API key with `Bearer`, and an access token with `Token` (inventory 1.0.2).
      const account = scheme.toLowerCase() === "bearer" ? ofToken(credential, now) : ofKey(credential, now)
      return yield* Effect.fromOption(
        Option.filter(account, ({ projectId }) => projects.has(projectId)),
        () => invalidCredentials
      )
    })
  }
}

/** Asks for keys and access tokens, or for nothing: like a self-hosted server without authentication. */
export const layer = (
  options: { readonly authentication: boolean }
): Layer.Layer<Accounts, never, AccessTokens | Directory> =>
  Layer.effect(
    Accounts,
    Effect.gen(function*() {
      const directory = yield* Directory
      return options.authentication ? byCredentials(directory, yield* AccessTokens) : anonymous(directory)
    })
  )
