import { DateTime } from "effect"
import { Billing, Requests, Usage } from "effect-deepgram"
import { type Case, future, project } from "./case.ts"

const request = "0198c0de-0000-7000-8000-000000000001"
const balance = "8ea13d4d-4b6a-4e0e-b5f3-1fbbd7b8fd5e"

const logged = {
  request_id: request,
  project_uuid: project,
  created: "2026-08-13T10:20:30.123Z",
  path: "/v1/listen?model=nova-3&smart_format=true",
  api_key_id: "2e1bf047-68df-40c0-9553-f385739a6af2",
  accessor: "2e1bf047-68df-40c0-9553-f385739a6af2",
  response: {
    details: { usd: 0.0043, duration: 61, total_audio: 122.5, channels: 2, method: "sync", models: ["m"], config: {} },
    code: 200,
    completed: null
  },
  code: 200,
  deployment: "brand-new",
  callback: "https://example.com/done",
  future
}

const unanswered = { request_id: request, response: {}, callback: { attempts: 3, code: 503, completed: "never" } }

const list = `/v1/projects/${project}/requests`
const usage = `/v1/projects/${project}/usage`
const billing = `/v1/projects/${project}/billing`

const amounts = {
  hours: 1,
  total_hours: 2.5,
  agent_hours: 0,
  tokens_in: 10,
  tokens_out: 20,
  tts_characters: 300,
  requests: 4
}

const period = { start: "2026-01-01", end: "2026-01-31", resolution: { units: "day", amount: 1, future } }

// In the order of the contract.
const everyFeature = {
  alternatives: true,
  callback_method: true,
  callback: true,
  channels: true,
  custom_intent_mode: true,
  custom_intent: true,
  custom_topic_mode: true,
  custom_topic: true,
  detect_entities: true,
  detect_language: true,
  diarize: true,
  dictation: true,
  encoding: true,
  extra: true,
  filler_words: true,
  intents: true,
  keyterm: true,
  keywords: true,
  language: true,
  measurements: true,
  multichannel: true,
  numerals: true,
  paragraphs: true,
  profanity_filter: true,
  punctuate: true,
  redact: true,
  replace: true,
  sample_rate: true,
  search: true,
  sentiment: true,
  smart_format: true,
  summarize: true,
  topics: true,
  utt_split: true,
  utterances: true,
  version: true
} satisfies Required<Usage.FeatureOptions>

const balanceLeft = { balance_id: balance, amount: 0, units: "USD", purchase_order_id: "po", purchase: "old", future }

export const reports: ReadonlyArray<Case> = [
  {
    operation: "Requests.list",
    run: Requests.list(project),
    request: `GET ${list}`,
    answer: { page: 0, limit: 10, requests: [logged, unanswered], future }
  },
  {
    operation: "Requests.list",
    about: "by everything",
    run: Requests.list(project, {
      start: "2026-01-01T00:00:00+01:00",
      end: new Date("2026-01-31T10:20:30.999Z"),
      limit: 1000,
      page: 0,
      accessor: "a b",
      request_id: request,
      deployment: "self-hosted",
      endpoint: "agent",
      method: "streaming",
      status: "failed"
    }),
    request: `GET ${list}?start=2026-01-01T00%3A00%3A00%2B01%3A00&end=2026-01-31T10%3A20%3A30%2B00%3A00&limit=1000` +
      `&page=0&accessor=a+b&request_id=${request}&deployment=self-hosted&endpoint=agent&method=streaming&status=failed`,
    answer: { requests: [] }
  },
  {
    operation: "Requests.get",
    run: Requests.get(project, request),
    request: `GET ${list}/${request}`,
    answer: { request: logged, request_id: "another", future }
  },
  {
    operation: "Requests.get",
    about: "the request alone",
    run: Requests.get(project, request),
    request: `GET ${list}/${request}`,
    answer: unanswered,
    value: { request: unanswered }
  },
  {
    operation: "Usage.summary",
    run: Usage.summary(project),
    request: `GET ${usage}`,
    answer: { ...period, results: [{ start: "2026-01-01", end: "2026-01-02", ...amounts, tts: { characters: 1 } }] }
  },
  {
    operation: "Usage.summary",
    about: "by every feature",
    run: Usage.summary(project, everyFeature),
    request: `GET ${usage}?${Object.keys(everyFeature).map((name) => `${name}=true`).join("&")}`,
    answer: period
  },
  {
    operation: "Usage.fields",
    run: Usage.fields(project, { start: "2026-01-01", end: DateTime.makeUnsafe("2026-01-31T23:59:59Z") }),
    request: `GET ${usage}/fields?start=2026-01-01&end=2026-01-31`,
    answer: {
      tags: ["prod"],
      models: [{ name: "general", language: "en", version: "v", model_id: "id", future }, {}],
      processing_methods: ["sync"],
      features: ["diarize"],
      languages: ["en"],
      future
    }
  },
  {
    operation: "Usage.breakdown",
    run: Usage.breakdown(project, {
      start: "2026-01-01",
      accessor: "key",
      deployment: "hosted",
      endpoint: "listen",
      method: "async",
      model: "uuid",
      tag: "a&b=c",
      diarize: true,
      redact: false,
      keyterm: undefined,
      grouping: "feature_set"
    }),
    request: `GET ${usage}/breakdown?start=2026-01-01&accessor=key&deployment=hosted&endpoint=listen&method=async` +
      `&model=uuid&tag=a%26b%3Dc&diarize=true&redact=false&grouping=feature_set`,
    answer: {
      ...period,
      results: [{
        ...amounts,
        grouping: {
          start: "2026-01-01",
          end: "2026-01-01",
          accessor: null,
          endpoint: null,
          feature_set: "diarize",
          models: ["m"],
          method: null,
          tags: null,
          deployment: null,
          future
        },
        future
      }, { grouping: {} }]
    }
  },
  {
    operation: "Billing.listBalances",
    run: Billing.listBalances(project),
    request: `GET /v1/projects/${project}/balances`,
    answer: { balances: [balanceLeft, { balance_id: balance }] }
  },
  {
    operation: "Billing.getBalance",
    run: Billing.getBalance(project, balance),
    request: `GET /v1/projects/${project}/balances/${balance}`,
    answer: balanceLeft
  },
  {
    operation: "Billing.breakdown",
    run: Billing.breakdown(project, {
      end: "2026-01-31",
      accessor: "key",
      deployment: "beta",
      tag: "prod",
      line_item: "streaming::nova-3",
      grouping: ["line_item", "tags"]
    }),
    request: `GET ${billing}/breakdown?end=2026-01-31&accessor=key&deployment=beta&tag=prod` +
      `&line_item=streaming%3A%3Anova-3&grouping=line_item&grouping=tags`,
    answer: {
      ...period,
      results: [{
        dollars: 0.25,
        grouping: { start: "2026-01-01", accessor: null, deployment: null, line_item: "x::y", tags: ["a"], future },
        future
      }]
    }
  },
  {
    operation: "Billing.breakdown",
    about: "by one",
    run: Billing.breakdown(project, { grouping: "accessor" }),
    request: `GET ${billing}/breakdown?grouping=accessor`,
    answer: { ...period, results: [{ dollars: 0, grouping: { accessor: "key", tags: null } }] }
  },
  {
    operation: "Billing.fields",
    run: Billing.fields(project),
    request: `GET ${billing}/fields`,
    answer: {
      accessors: ["key"],
      deployments: ["hosted", "dedicated", "brand-new"],
      tags: ["prod"],
      line_items: { "streaming::nova-3": "Nova-3, live" },
      future
    }
  },
  {
    operation: "Billing.listPurchases",
    run: Billing.listPurchases(project),
    request: `GET /v1/projects/${project}/purchases`,
    answer: {
      orders: [{
        order_id: "o",
        expiration: "2027-01-01T00:00:00Z",
        created: "2026-01-01T00:00:00Z",
        amount: 200,
        units: "USD",
        order_type: "promotional",
        future
      }]
    }
  },
  {
    operation: "Billing.listPurchases",
    about: "at most so many",
    run: Billing.listPurchases(project, { limit: 1 }),
    request: `GET /v1/projects/${project}/purchases?limit=1`,
    answer: { orders: [] }
  }
]
