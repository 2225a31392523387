/**
 * What stands here for each method and option of the vendor's SDK. Both sides are typed by the declarations of the
 * packages: what the vendor adds, renames or drops does not compile until it is said here.
 */
import type { DeepgramClient } from "@deepgram/sdk"
import type * as Sdk from "effect-deepgram"

type Ours = { readonly [Module in keyof typeof Sdk]: `${Module}.${keyof typeof Sdk[Module] & string}` }[
  keyof typeof Sdk
]

type Callable = (...args: never) => unknown

/** `manage.v1.projects.keys.list`: the methods of a client and of the clients below it. */
type Methods<Client> = {
  [Name in keyof Client & string]: Client[Name] extends Callable ? Name
    : Client[Name] extends object ? `${Name}.${Methods<Client[Name]>}`
    : never
}[keyof Client & string]

type Dialling = "connect" | "createConnection"

type Operation = Exclude<Methods<DeepgramClient>, `${string}.${Dialling}` | "fetch">

/** The functions for each operation; the first is the one for the same arguments. */
export const operations: { readonly [_ in Operation]: readonly [Ours, ...ReadonlyArray<Ours>] } = {
  "listen.v1.media.transcribeUrl": ["ListenV1.transcribeUrl", "ListenV1.submitUrl"],
  "listen.v1.media.transcribeFile": ["ListenV1.transcribeFile", "ListenV1.submitFile"],
  "speak.v1.audio.generate": ["SpeakV1.generate", "SpeakV1.generateStream", "SpeakV1.submit"],
  "speak.v2.audio.generate": ["SpeakV2.generate", "SpeakV2.generateStream", "SpeakV2.submit"],
  "read.v1.text.analyze": ["ReadV1.analyze", "ReadV1.submit"],
  "auth.v1.tokens.grant": ["Tokens.grant"],
  "agent.v1.settings.think.models.list": ["AgentV1.listThinkModels"],
  "voiceAgent.configurations.list": ["AgentConfigurations.list"],
  "voiceAgent.configurations.create": ["AgentConfigurations.create"],
  "voiceAgent.configurations.get": ["AgentConfigurations.get"],
  "voiceAgent.configurations.update": ["AgentConfigurations.update"],
  "voiceAgent.configurations.delete": ["AgentConfigurations.delete"],
  "voiceAgent.variables.list": ["AgentVariables.list"],
  "voiceAgent.variables.create": ["AgentVariables.create"],
  "voiceAgent.variables.get": ["AgentVariables.get"],
  "voiceAgent.variables.update": ["AgentVariables.update"],
  "voiceAgent.variables.delete": ["AgentVariables.delete"],
  "manage.v1.models.list": ["Models.list"],
  "manage.v1.models.get": ["Models.get"],
  "manage.v1.projects.list": ["Projects.list"],
  "manage.v1.projects.get": ["Projects.get"],
  "manage.v1.projects.update": ["Projects.update"],
  "manage.v1.projects.delete": ["Projects.delete"],
  "manage.v1.projects.leave": ["Projects.leave"],
  "manage.v1.projects.keys.list": ["Keys.list"],
  "manage.v1.projects.keys.create": ["Keys.create"],
  "manage.v1.projects.keys.get": ["Keys.get"],
  "manage.v1.projects.keys.delete": ["Keys.delete"],
  "manage.v1.projects.members.list": ["Members.list"],
  "manage.v1.projects.members.delete": ["Members.delete"],
  "manage.v1.projects.members.scopes.list": ["Members.listScopes"],
  "manage.v1.projects.members.scopes.update": ["Members.updateScopes"],
  "manage.v1.projects.members.invites.list": ["Invites.list"],
  "manage.v1.projects.members.invites.create": ["Invites.create"],
  "manage.v1.projects.members.invites.delete": ["Invites.delete"],
  "manage.v1.projects.models.list": ["Models.listForProject"],
  "manage.v1.projects.models.get": ["Models.getForProject"],
  "manage.v1.projects.requests.list": ["Requests.list", "Requests.stream"],
  "manage.v1.projects.requests.get": ["Requests.get"],
  "manage.v1.projects.usage.get": ["Usage.summary"],
  "manage.v1.projects.usage.fields.list": ["Usage.fields"],
  "manage.v1.projects.usage.breakdown.get": ["Usage.breakdown"],
  "manage.v1.projects.billing.balances.list": ["Billing.listBalances"],
  "manage.v1.projects.billing.balances.get": ["Billing.getBalance"],
  "manage.v1.projects.billing.breakdown.list": ["Billing.breakdown"],
  "manage.v1.projects.billing.fields.list": ["Billing.fields"],
  "manage.v1.projects.billing.purchases.list": ["Billing.listPurchases"],
  "selfHosted.v1.distributionCredentials.list": ["SelfHosted.list"],
  "selfHosted.v1.distributionCredentials.create": ["SelfHosted.create"],
  "selfHosted.v1.distributionCredentials.get": ["SelfHosted.get"],
  "selfHosted.v1.distributionCredentials.delete": ["SelfHosted.delete"]
}
