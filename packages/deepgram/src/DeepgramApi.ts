/**
 * Deepgram's REST API as an Effect `HttpApi`: what this SDK speaks and what `@effect-deepgram/emulator` answers. For
 * servers, proxies and documents; to call Deepgram, use the operations of the other modules.
 *
 * It is built on `effect/http-api`, which may change in minor releases of Effect.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as AgentConfigurations from "./internal/contract/agentConfigurations.ts"
import * as AgentV1 from "./internal/contract/agentV1.ts"
import * as AgentVariables from "./internal/contract/agentVariables.ts"
import { type Group, group } from "./internal/contract/api.ts"
import * as Billing from "./internal/contract/billing.ts"
import * as Invites from "./internal/contract/invites.ts"
import * as Keys from "./internal/contract/keys.ts"
import * as ListenV1 from "./internal/contract/listenV1.ts"
import * as Members from "./internal/contract/members.ts"
import * as Models from "./internal/contract/models.ts"
import * as Projects from "./internal/contract/projects.ts"
import * as ReadV1 from "./internal/contract/readV1.ts"
import * as Recognition from "./internal/contract/recognition.ts"
import * as Requests from "./internal/contract/requests.ts"
import * as SelfHosted from "./internal/contract/selfHosted.ts"
import * as SpeakV1 from "./internal/contract/speakV1.ts"
import * as SpeakV2 from "./internal/contract/speakV2.ts"
import * as Speech from "./internal/contract/speech.ts"
import * as Tokens from "./internal/contract/tokens.ts"
import * as Usage from "./internal/contract/usage.ts"
import * as Voices from "./internal/contract/voices.ts"

const modules = {
  AgentConfigurations,
  AgentV1,
  AgentVariables,
  Billing,
  Invites,
  Keys,
  ListenV1,
  Members,
  Models,
  Projects,
  ReadV1,
  Requests,
  SelfHosted,
  SpeakV1,
  SpeakV2,
  Tokens,
  Usage
}

type Groups = { readonly [Name in keyof typeof modules]: Group<Name, (typeof modules)[Name]> }[keyof typeof modules]

// By name: written out, its unions come in another order each time that the declarations are made.
interface Api extends HttpApi.HttpApi<"deepgram", Groups> {}

const [first, ...rest] = Object.entries(modules).map(([name, module]) => group(name, module))
const empty = HttpApi.make("deepgram")
const api: HttpApi.Constraint = first === undefined ? empty : empty.add(first, ...rest)

/** Every group of endpoints; a group has the name of the module with its operations. */
export class DeepgramApi extends (api as Api) {}

/** The decoded query of `POST /v1/listen`. */
export type TranscribeQuery = typeof ListenV1.TranscribeQuery.Type

/** The names of the models that Deepgram documents for `POST /v1/listen`. */
export const listenModels: ReadonlyArray<string> = Recognition.models

/** The names of the query parameters of `POST /v1/listen`. */
export const listenParameters: ReadonlyArray<string> = Object.keys(ListenV1.TranscribeQuery.fields)

/** The decoded query of `POST /v1/read`. */
export type AnalyzeQuery = typeof ReadV1.AnalyzeQuery.Type

/** The decoded query of `POST /v1/speak`. */
export type SpeakV1Query = typeof SpeakV1.SpeakQuery.Type

/** The decoded query of `POST /v2/speak`. */
export type SpeakV2Query = typeof SpeakV2.SpeakQuery.Type

export {
  /** What an encoding of speech can be combined with. */
  type SpeechFormat
} from "./internal/contract/speech.ts"

/** What `POST /v1/speak` can answer, by encoding. */
export const auraFormats: Readonly<Record<string, Speech.SpeechFormat>> = Speech.auraFormats

/** What `POST /v2/speak` can answer, by encoding. */
export const fluxFormats: Readonly<Record<string, Speech.SpeechFormat>> = Speech.fluxFormats

/** Longest text of one request for speech, in characters without what controls the voice. */
export const maxSpokenTextLength: number = Speech.maxTextLength

/** The voices that Deepgram documents for `POST /v1/speak`. */
export const auraVoices: ReadonlyArray<string> = Voices.auraVoices

/** The voices that Deepgram documents for `POST /v2/speak`. */
export const fluxVoices: ReadonlyArray<string> = Voices.fluxVoices

/** The features that requests can be filtered by in `GET /v1/projects/{project_id}/usage`. */
export const usageFeatures: ReadonlyArray<string> = Usage.featureNames

/** What credentials for Deepgram's containers may be for; the first stands for all of them. */
export const selfHostedScopes: ReadonlyArray<string> = SelfHosted.scopes
