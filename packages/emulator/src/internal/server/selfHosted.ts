/** `selfHosted.v1.distributionCredentials`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import type { OwnedCredentials } from "effect-deepgram/SelfHosted"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { randomUUID } from "node:crypto"
import { isoNow } from "../iso.ts"
import { Credentials } from "../state/collections.ts"
import { Directory } from "../state/directory.ts"
import { isSelfHosted, selfHosts } from "../state/scopes.ts"
import { forbidden, invalidQueryParameter, notFound } from "../vendorError.ts"
import { type Account, inProject } from "./accounts.ts"
import { mayGive, memberOf } from "./membership.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

/** Whoever has a scope for containers may see and delete credentials, and make some with the scopes that they have. */
const inSelfHostedProject = Effect.fnUntraced(function*(id: string) {
  const account = yield* inProject(id)
  return selfHosts(account.scopes) ? account : yield* forbidden
})

const create = Effect.fnUntraced(function*(
  account: Account,
  query: { readonly provider?: string | undefined; readonly scopes?: string | ReadonlyArray<string> | undefined },
  comment: string | undefined
) {
  const { provider = "quay", scopes: asked = "self-hosted:products" } = query
  const scopes = [...new Set([asked].flat())]
  if (provider !== "quay") {
    return yield* invalidQueryParameter(`unknown variant \`${provider}\` of provider, expected quay`)
  }
  const unknown = scopes.find((scope) => !isSelfHosted(scope))
  if (unknown !== undefined) return yield* invalidQueryParameter(`unknown variant \`${unknown}\` of scopes`)
  if (!mayGive(account, yield* Directory, scopes)) return yield* forbidden
  const { email, member_id } = yield* memberOf(account.memberId)
  const made: OwnedCredentials = {
    member: { member_id, email },
    distribution_credentials: {
      distribution_credentials_id: randomUUID(),
      provider,
      scopes,
      created: yield* isoNow,
      ...(comment === undefined ? undefined : { comment })
    }
  }
  const credentials = yield* Credentials
  credentials.set(made.distribution_credentials.distribution_credentials_id, made)
  return made
})

const missing = notFound("Distribution credentials not found.")

/** The implementation of the group `SelfHosted`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "SelfHosted", (handlers) =>
  handlers
    .handle("list", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inSelfHostedProject(params.project_id)
        return { distribution_credentials: [...(yield* Credentials).values()] }
      })))
    .handleRaw("create", (input) =>
      answering(Effect.gen(function*() {
        const account = yield* inSelfHostedProject(input.params.project_id)
        const { comment } = yield* payloadOf(input)
        return yield* create(account, input.query, comment)
      })))
    .handle("get", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inSelfHostedProject(params.project_id)
        return (yield* Credentials).get(params.distribution_credentials_id) ?? (yield* missing)
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inSelfHostedProject(params.project_id)
        const credentials = yield* Credentials
        const found = credentials.get(params.distribution_credentials_id)
        if (found === undefined) return yield* missing
        credentials.delete(params.distribution_credentials_id)
        return found
      }))))
