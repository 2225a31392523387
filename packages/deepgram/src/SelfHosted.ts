/**
 * `selfHosted.v1.distributionCredentials`: credentials for fetching the containers that run Deepgram on servers of one's
 * own. On the main host, whatever the region, with an API key, and for projects that were granted access to them.
 *
 * @see https://developers.deepgram.com/docs/self-hosted-self-service-tutorial
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/selfHosted.ts"
import { orEmpty, withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export {
  CredentialsList,
  CredentialsMember,
  DeletedCredentials,
  DistributionCredentials,
  OwnedCredentials
} from "./internal/contract/selfHosted.ts"

/** What credentials may fetch. An open set. */
export type Scope = (typeof Contract.scopes)[number] | (string & {})

/** What new credentials are for. */
export interface CreateOptions {
  /** One scope or several. Default `self-hosted:products`, which is all of them. */
  readonly scopes?: Scope | ReadonlyArray<Scope> | undefined
  /** The registry. Default `quay`, the only one. */
  readonly provider?: "quay" | (string & {}) | undefined
  /** What the credentials are for, as the console shows it. */
  readonly comment?: string | undefined
}

/**
 * Lists the credentials of a project, with their owners.
 *
 * @see https://developers.deepgram.com/reference/self-hosted/distribution-credentials/list
 */
export const list: (projectId: string) => Effect.Effect<Contract.CredentialsList, RequestError, Deepgram> =
  jsonFunction(
    "SelfHosted.list",
    Contract.list,
    Contract.CredentialsList,
    (project_id: string) => ({ params: { project_id } }),
    withList("distribution_credentials")
  )

/**
 * Creates credentials.
 *
 * @see https://developers.deepgram.com/reference/self-hosted/distribution-credentials/create
 */
export const create: (
  projectId: string,
  options?: CreateOptions
) => Effect.Effect<Contract.OwnedCredentials, RequestError, Deepgram> = jsonFunction(
  "SelfHosted.create",
  Contract.create,
  Contract.OwnedCredentials,
  (project_id: string, { comment, ...query }: CreateOptions = {}) => ({
    params: { project_id },
    query,
    body: { json: { comment } }
  })
)

/**
 * Looks credentials up.
 *
 * @see https://developers.deepgram.com/reference/self-hosted/distribution-credentials/get
 */
export const get: (
  projectId: string,
  credentialsId: string
) => Effect.Effect<Contract.OwnedCredentials, RequestError, Deepgram> = jsonFunction(
  "SelfHosted.get",
  Contract.get,
  Contract.OwnedCredentials,
  (project_id: string, distribution_credentials_id: string) => ({
    params: { project_id, distribution_credentials_id }
  })
)

const remove: (
  projectId: string,
  credentialsId: string
) => Effect.Effect<Contract.DeletedCredentials, RequestError, Deepgram> = jsonFunction(
  "SelfHosted.delete",
  Contract.remove,
  Contract.DeletedCredentials,
  (project_id: string, distribution_credentials_id: string) => ({
    params: { project_id, distribution_credentials_id }
  }),
  orEmpty
)

export {
  /**
   * Deletes credentials: whoever uses them is refused from then on. The answer has what was deleted.
   *
   * @see https://developers.deepgram.com/reference/self-hosted/distribution-credentials/delete
   */
  remove as delete
}
