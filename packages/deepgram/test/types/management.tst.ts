/** What the compiler lets callers of the management modules write, and what it says of the results. Nothing here runs. */
import { type DateTime, type Effect, type Redacted, type Schema, type Stream } from "effect"
import {
  AgentConfigurations,
  AgentV1,
  AgentVariables,
  Billing,
  type Deepgram,
  type DeepgramError,
  Invites,
  Keys,
  Members,
  Models,
  Projects,
  Requests,
  SelfHosted,
  Usage
} from "effect-deepgram"
import type * as UsageContract from "../../src/internal/contract/usage.ts"
import { type Equal, expectType } from "./equal.ts"

type Operation<A> = Effect.Effect<A, DeepgramError.RequestError, Deepgram.Deepgram>

type Json = Readonly<Record<string, unknown>>

const id = "an-id"

/** The results, exactly. */
export const results = (): void => {
  const projects = Projects.list()
  expectType<Equal<typeof projects, Operation<Projects.ProjectList>>>()
  const project = Projects.get(id)
  expectType<Equal<typeof project, Operation<Projects.Project>>>()
  const left = [Projects.update(id, {}), Projects.delete(id), Projects.leave(id)] as const
  expectType<Equal<(typeof left)[number], Operation<Projects.Message>>>()

  const keys = Keys.list(id)
  expectType<Equal<typeof keys, Operation<Keys.KeyList>>>()
  const created = Keys.create(id, { comment: "c", scopes: [] })
  expectType<Equal<typeof created, Operation<Keys.CreatedKey>>>()
  expectType<Equal<Keys.CreatedKey["key"], Redacted.Redacted>>()
  const key = Keys.get(id, id)
  expectType<Equal<typeof key, Operation<Keys.ProjectKey>>>()
  const deleted = Keys.delete(id, id)
  expectType<Equal<typeof deleted, Operation<Projects.Message>>>()

  const members = Members.list(id)
  expectType<Equal<typeof members, Operation<Members.MemberList>>>()
  const scopes = Members.listScopes(id, id)
  expectType<Equal<typeof scopes, Operation<Members.MemberScopes>>>()
  const messages = [
    Members.delete(id, id),
    Members.updateScopes(id, id, { scope: "admin" }),
    Invites.create(id, { email: "a@b", scope: "member" }),
    Invites.delete(id, "a@b")
  ] as const
  expectType<Equal<(typeof messages)[number], Operation<Projects.Message>>>()
  const invites = Invites.list(id)
  expectType<Equal<typeof invites, Operation<Invites.InviteList>>>()

  const models = [Models.list(), Models.list({}), Models.listForProject(id)] as const
  expectType<Equal<(typeof models)[number], Operation<Models.ModelList>>>()
  const model = [Models.get(id), Models.getForProject(id, id)] as const
  expectType<Equal<(typeof model)[number], Operation<Models.Model>>>()

  const credentials = SelfHosted.list(id)
  expectType<Equal<typeof credentials, Operation<SelfHosted.CredentialsList>>>()
  const owned = [SelfHosted.create(id), SelfHosted.get(id, id)] as const
  expectType<Equal<(typeof owned)[number], Operation<SelfHosted.OwnedCredentials>>>()
  const gone = SelfHosted.delete(id, id)
  expectType<Equal<typeof gone, Operation<SelfHosted.DeletedCredentials>>>()

  const agents = AgentConfigurations.list(id)
  expectType<Equal<typeof agents, Operation<AgentConfigurations.AgentConfigurationList>>>()
  const newAgent = AgentConfigurations.create(id, { config: {} })
  expectType<Equal<typeof newAgent, Operation<AgentConfigurations.CreatedAgentConfiguration>>>()
  const agent = AgentConfigurations.get(id, id)
  expectType<Equal<typeof agent, Operation<AgentConfigurations.AgentConfiguration>>>()
  expectType<Equal<AgentConfigurations.AgentConfiguration["config"], string | { readonly [x: string]: unknown }>>()
  const changedAgent = AgentConfigurations.update(id, id, { metadata: {} })
  expectType<Equal<typeof changedAgent, Operation<AgentConfigurations.UpdatedAgentConfiguration>>>()
  const removed = [AgentConfigurations.delete(id, id), AgentVariables.delete(id, id)] as const
  expectType<Equal<(typeof removed)[number], Operation<Json>>>()

  const variables = AgentVariables.list(id)
  expectType<Equal<typeof variables, Operation<AgentVariables.AgentVariableList>>>()
  const newVariable = AgentVariables.create(id, { key: "DG_A", value: null })
  expectType<Equal<typeof newVariable, Operation<AgentVariables.CreatedAgentVariable>>>()
  const variable = AgentVariables.get(id, id)
  expectType<Equal<typeof variable, Operation<AgentVariables.AgentVariable>>>()
  expectType<Equal<AgentVariables.AgentVariable["value"], Schema.Json>>()
  const changedVariable = AgentVariables.update(id, id, { value: [1] })
  expectType<Equal<typeof changedVariable, Operation<AgentVariables.UpdatedAgentVariable>>>()
  const thinkModels = AgentV1.listThinkModels()
  expectType<Equal<typeof thinkModels, Operation<AgentV1.ThinkModelList>>>()

  const page = Requests.list(id)
  expectType<Equal<typeof page, Operation<Requests.RequestPage>>>()
  const request = Requests.get(id, id)
  expectType<Equal<typeof request, Operation<Requests.RequestDetails>>>()
  const everything = Requests.stream(id)
  expectType<
    Equal<
      typeof everything,
      Stream.Stream<Requests.LoggedRequest, DeepgramError.RequestError, Deepgram.Deepgram>
    >
  >()

  const summary = Usage.summary(id)
  expectType<Equal<typeof summary, Operation<Usage.UsageSummary>>>()
  const fields = Usage.fields(id)
  expectType<Equal<typeof fields, Operation<Usage.UsageFields>>>()
  const breakdown = Usage.breakdown(id)
  expectType<Equal<typeof breakdown, Operation<Usage.UsageBreakdown>>>()
  expectType<Equal<Usage.UsageBreakdownResult["grouping"], Usage.UsageGrouping>>()

  const balances = Billing.listBalances(id)
  expectType<Equal<typeof balances, Operation<Billing.BalanceList>>>()
  const balance = Billing.getBalance(id, id)
  expectType<Equal<typeof balance, Operation<Billing.Balance>>>()
  const costs = Billing.breakdown(id)
  expectType<Equal<typeof costs, Operation<Billing.BillingBreakdown>>>()
  expectType<Equal<Billing.BillingGrouping["tags"], ReadonlyArray<string> | null | undefined>>()
  const costFields = Billing.fields(id)
  expectType<Equal<typeof costFields, Operation<Billing.BillingFields>>>()
  const purchases = Billing.listPurchases(id)
  expectType<Equal<typeof purchases, Operation<Billing.PurchaseList>>>()
}

/** New keys: they end in one way at most. */
export const keys: ReadonlyArray<Keys.CreateOptions> = [
  { comment: "c", scopes: ["usage:write"] },
  { comment: "c", scopes: ["member"], tags: ["a"], expiration_date: "2027-01-01" },
  { comment: "c", scopes: ["member"], expiration_date: new Date() },
  { comment: "c", scopes: ["member"], time_to_live_in_seconds: 60, tags: undefined },
  // @ts-expect-error: both
  { comment: "c", scopes: [], expiration_date: "2027-01-01", time_to_live_in_seconds: 60 },
  // @ts-expect-error: without a comment
  { scopes: [] },
  // @ts-expect-error: without scopes
  { comment: "c" },
  // @ts-expect-error: one scope is a list of one
  { comment: "c", scopes: "member" },
  // @ts-expect-error: seconds are a number
  { comment: "c", scopes: [], time_to_live_in_seconds: "60" },
  // @ts-expect-error: a misspelled option
  { comment: "c", scopes: [], ttl: 60 }
]

/** What is left out, and what may not be. */
export const required = (): void => {
  // @ts-expect-error: without options
  void Keys.create(id)
  // @ts-expect-error: without a scope
  void Members.updateScopes(id, id, {})
  // @ts-expect-error: several scopes
  void Members.updateScopes(id, id, { scope: ["admin"] })
  // @ts-expect-error: without a member
  void Members.updateScopes(id, { scope: "admin" })
  // @ts-expect-error: without a scope
  void Invites.create(id, { email: "a@b" })
  // @ts-expect-error: without an address
  void Invites.create(id, { scope: "member" })
  // @ts-expect-error: without a configuration
  void AgentConfigurations.create(id, { metadata: {} })
  // @ts-expect-error: a number is no configuration
  void AgentConfigurations.create(id, { config: 7 })
  // @ts-expect-error: metadata is text
  void AgentConfigurations.create(id, { config: {}, metadata: { a: 1 } })
  // @ts-expect-error: configurations do not change
  void AgentConfigurations.update(id, id, { config: {}, metadata: {} })
  // @ts-expect-error: without metadata
  void AgentConfigurations.update(id, id, {})
  // @ts-expect-error: without a value
  void AgentVariables.create(id, { key: "DG_A" })
  // @ts-expect-error: nothing is no value
  void AgentVariables.create(id, { key: "DG_A", value: undefined })
  // @ts-expect-error: keys do not change
  void AgentVariables.update(id, id, { key: "DG_B", value: 1 })
  // @ts-expect-error: without an id
  void Requests.get(id)
  // @ts-expect-error: the stream counts pages itself
  void Requests.stream(id, { page: 1 })
  // @ts-expect-error: without a project
  void Usage.breakdown({ diarize: true })
}

/** Objects of any type are configurations, and values of variables. */
interface Settings {
  readonly think: { readonly prompt: string }
}
export const fromInterface = (settings: Settings): ReadonlyArray<unknown> => [
  AgentConfigurations.create(id, { config: settings }),
  AgentVariables.create(id, { key: "DG_A", value: settings }),
  AgentVariables.create(id, { key: "DG_A", value: [settings] }),
  AgentVariables.update(id, id, { value: settings })
]

/** Dates in all forms. */
expectType<Equal<Requests.DateInput, string | Date | DateTime.DateTime>>()
export const dates = (date: Requests.DateInput, zoned: DateTime.Zoned, utc: DateTime.Utc): ReadonlyArray<unknown> => [
  Requests.list(id, { start: date, end: zoned, page: 0, limit: 10 }),
  Requests.stream(id, { start: utc, end: new Date() }),
  Usage.summary(id, { start: date, end: "2026-01-31" }),
  Usage.fields(id, { start: zoned }),
  Usage.breakdown(id, { end: date }),
  Billing.breakdown(id, { start: date }),
  Billing.fields(id, { end: utc }),
  // @ts-expect-error: milliseconds say no zone
  Requests.list(id, { start: 0 }),
  // @ts-expect-error: null is not undefined
  Usage.fields(id, { start: null })
]

/** Filters of usage: each of the contract, by what it takes. */
type UsageQuery = Schema.Struct.Type<Exclude<(typeof UsageContract.breakdown)["query"], undefined>>
expectType<Equal<keyof Usage.BreakdownOptions, keyof UsageQuery>>()
expectType<Equal<Usage.Feature, (typeof UsageContract.featureNames)[number]>>()
export const usage: ReadonlyArray<Usage.BreakdownOptions> = [
  {},
  { diarize: true, redact: false, keyterm: undefined, grouping: "tags", endpoint: "listen", method: "sync" },
  { endpoint: "brand-new", method: "brand-new", deployment: "dedicated", grouping: "brand-new" },
  // @ts-expect-error: a word for a boolean
  { diarize: "true" },
  // @ts-expect-error: one group only
  { grouping: ["tags", "models"] },
  // @ts-expect-error: a misspelled filter
  { dairize: true }
]

/** Several groups of costs, and several scopes of credentials. */
export const lists: ReadonlyArray<unknown> = [
  Billing.breakdown(id, { grouping: "tags" }),
  Billing.breakdown(id, { grouping: ["tags", "line_item", "brand-new"] }),
  SelfHosted.create(id, { scopes: "self-hosted:products" }),
  SelfHosted.create(id, { scopes: ["self-hosted:product:api", "brand:new"], provider: "quay", comment: "c" }),
  // @ts-expect-error: groups are names
  Billing.breakdown(id, { grouping: [1] }),
  // @ts-expect-error: a misspelled option
  SelfHosted.create(id, { scope: "self-hosted:products" })
]

/** Models are not changed by who reads them. */
export const readonly = (balance: Billing.Balance, { request }: Requests.RequestDetails): void => {
  // @ts-expect-error: read only
  balance.amount = 1
  expectType<Equal<typeof request.code, number | undefined>>()
  expectType<Equal<typeof request.callback, string | { readonly [x: string]: unknown } | undefined>>()
}
