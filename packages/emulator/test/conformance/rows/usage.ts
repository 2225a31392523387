import { type DeepgramClient } from "@deepgram/sdk"
import { Recording } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { dig, listAt, type PlainClient, textAt } from "../plain.ts"
import { type Rows, text } from "../support.ts"

const audio = Recording.wav(text)

/** A call that is logged and charged: its request id. */
const called = async (http: PlainClient, tag: string): Promise<string> =>
  textAt(await http.json("POST", `/v1/listen?model=nova-3&tag=${tag}`, audio), "metadata", "request_id")

/** The same by the vendor's SDK. */
const calledBy = async (sdk: DeepgramClient, tag: string): Promise<string> =>
  textAt(await sdk.listen.v1.media.transcribeFile(audio, { model: "nova-3", tag }), "metadata", "request_id")

const sum = (values: ReadonlyArray<unknown>): number => values.reduce<number>((all, value) => all + Number(value), 0)

export const usage: Rows = {
  "Requests.list": {
    official: async (sdk, { project }) => {
      const id = await calledBy(sdk, "vendor-list")
      const { requests = [] } = await sdk.manage.v1.projects.requests.list(project, { limit: 1, endpoint: "listen" })
      assert.deepStrictEqual(requests.map(({ request_id }) => request_id), [id])
    },
    plain: async (http, { project }) => {
      const id = await called(http, "curl-list")
      const answer = await http.json("GET", `/v1/projects/${project}/requests?limit=1&endpoint=listen`)
      assert.strictEqual(dig(answer, "requests", 0, "request_id"), id)
    }
  },
  "Requests.get": {
    official: async (sdk, { project }) => {
      const id = await calledBy(sdk, "vendor-get")
      const found = await sdk.manage.v1.projects.requests.get(project, id)
      assert.deepStrictEqual([dig(found, "request", "request_id"), dig(found, "request", "code")], [id, 200])
    },
    plain: async (http, { project }) => {
      const id = await called(http, "curl-get")
      const found = await http.json("GET", `/v1/projects/${project}/requests/${id}`)
      assert.strictEqual(dig(found, "request", "request_id"), id)
    }
  },
  "Usage.summary": {
    official: async (sdk, { project }) => {
      await calledBy(sdk, "vendor-usage")
      const answer = await sdk.manage.v1.projects.usage.get(project, { tag: "vendor-usage" })
      assert.strictEqual(sum(listAt(answer, "results").map((result) => dig(result, "requests"))), 1)
    },
    plain: async (http, { project }) => {
      await called(http, "curl-usage")
      const answer = await http.json("GET", `/v1/projects/${project}/usage?tag=curl-usage`)
      assert.strictEqual(sum(listAt(answer, "results").map((result) => dig(result, "requests"))), 1)
    }
  },
  "Usage.fields": {
    official: async (sdk, { project }) => {
      await calledBy(sdk, "vendor-fields")
      const { models = [], tags } = await sdk.manage.v1.projects.usage.fields.list(project)
      assert.include(tags ?? [], "vendor-fields")
      assert.isNotEmpty(models)
    },
    plain: async (http, { project }) => {
      await called(http, "curl-fields")
      assert.include(listAt(await http.json("GET", `/v1/projects/${project}/usage/fields`), "tags"), "curl-fields")
    }
  },
  "Usage.breakdown": {
    official: async (sdk, { project }) => {
      await calledBy(sdk, "vendor-breakdown")
      const { results } = await sdk.manage.v1.projects.usage.breakdown.get(project, { grouping: "tags" })
      const found = results.filter(({ grouping }) => grouping.tags?.includes("vendor-breakdown") === true)
      assert.deepStrictEqual(found.map(({ requests }) => requests), [1])
    },
    plain: async (http, { project }) => {
      await called(http, "curl-breakdown")
      const answer = await http.json(
        "GET",
        `/v1/projects/${project}/usage/breakdown?grouping=models&tag=curl-breakdown`
      )
      assert.strictEqual(dig(answer, "results", 0, "requests"), 1)
      assert.isAbove(listAt(answer, "results", 0, "grouping", "models").length, 0)
    }
  },
  "Billing.listBalances": {
    official: async (sdk, { project }) => {
      const { balances = [] } = await sdk.manage.v1.projects.billing.balances.list(project)
      assert.strictEqual(balances[0]?.units, "USD")
      assert.isAbove(balances[0]?.amount ?? 0, 0)
    },
    plain: async (http, { project }) => {
      const answer = await http.json("GET", `/v1/projects/${project}/balances`)
      assert.isString(dig(answer, "balances", 0, "balance_id"))
    }
  },
  "Billing.getBalance": {
    official: async (sdk, { project }) => {
      const { balances } = sdk.manage.v1.projects.billing
      const { balances: [before] = [] } = await balances.list(project)
      await calledBy(sdk, "vendor-balance")
      const after = await balances.get(project, before?.balance_id ?? "")
      assert.isBelow(after.amount ?? Infinity, before?.amount ?? 0)
    },
    plain: async (http, { project }) => {
      const before = dig(await http.json("GET", `/v1/projects/${project}/balances`), "balances", 0)
      await called(http, "curl-balance")
      const after = await http.json("GET", `/v1/projects/${project}/balances/${textAt(before, "balance_id")}`)
      assert.isBelow(Number(dig(after, "amount")), Number(dig(before, "amount")))
    }
  },
  "Billing.breakdown": {
    official: async (sdk, { project }) => {
      await calledBy(sdk, "vendor-bill")
      const { results } = await sdk.manage.v1.projects.billing.breakdown.list(project, {
        tag: "vendor-bill",
        grouping: ["line_item", "tags"]
      })
      assert.lengthOf(results, 1)
      assert.isAbove(results[0]?.dollars ?? 0, 0)
    },
    plain: async (http, { project }) => {
      await called(http, "curl-bill")
      const answer = await http.json(
        "GET",
        `/v1/projects/${project}/billing/breakdown?tag=curl-bill&grouping=line_item&grouping=tags`
      )
      assert.match(textAt(answer, "results", 0, "grouping", "line_item"), /nova-3/)
    }
  },
  "Billing.fields": {
    official: async (sdk, { project }) => {
      await calledBy(sdk, "vendor-billed")
      assert.include((await sdk.manage.v1.projects.billing.fields.list(project)).tags ?? [], "vendor-billed")
    },
    plain: async (http, { project }) => {
      await called(http, "curl-billed")
      assert.include(listAt(await http.json("GET", `/v1/projects/${project}/billing/fields`), "tags"), "curl-billed")
    }
  },
  "Billing.listPurchases": {
    official: async (sdk, { project }) => {
      const { orders = [] } = await sdk.manage.v1.projects.billing.purchases.list(project, { limit: 5 })
      assert.isAbove(orders[0]?.amount ?? 0, 0)
    },
    plain: async (http, { project }) => {
      assert.isString(textAt(await http.json("GET", `/v1/projects/${project}/purchases`), "orders", 0, "order_id"))
    }
  },
  "Models.list": {
    official: async (sdk) => {
      const { stt = [], tts = [] } = await sdk.manage.v1.models.list({ include_outdated: true })
      assert.include(stt.map(({ canonical_name }) => canonical_name), "nova")
      assert.include(tts.map(({ canonical_name }) => canonical_name), "aura-2-thalia-en")
    },
    plain: async (http) => {
      const answer = await http.json("GET", "/v1/models")
      assert.include(listAt(answer, "stt").map((model) => dig(model, "canonical_name")), "nova-3")
    }
  },
  "Models.get": {
    official: async (sdk) => {
      const { stt: [model] = [] } = await sdk.manage.v1.models.list()
      assert.deepStrictEqual(
        dig(await sdk.manage.v1.models.get(model?.uuid ?? ""), "canonical_name"),
        model?.canonical_name
      )
    },
    plain: async (http) => {
      const model = dig(await http.json("GET", "/v1/models"), "tts", 0)
      assert.deepStrictEqual(await http.json("GET", `/v1/models/${textAt(model, "uuid")}`), model)
    }
  },
  "Models.listForProject": {
    official: async (sdk, { project }) => {
      const { stt = [] } = await sdk.manage.v1.projects.models.list(project, { include_outdated: false })
      assert.include(stt.map(({ canonical_name }) => canonical_name), "nova-3")
    },
    plain: async (http, { project }) => {
      const answer = await http.json("GET", `/v1/projects/${project}/models`)
      assert.include(listAt(answer, "tts").map((model) => dig(model, "canonical_name")), "aura-2-thalia-en")
    }
  },
  "Models.getForProject": {
    official: async (sdk, { project }) => {
      const { tts: [voice] = [] } = await sdk.manage.v1.projects.models.list(project)
      assert.deepStrictEqual(
        dig(await sdk.manage.v1.projects.models.get(project, voice?.uuid ?? ""), "metadata"),
        voice?.metadata
      )
    },
    plain: async (http, { project }) => {
      const model = dig(await http.json("GET", `/v1/projects/${project}/models`), "stt", 0)
      assert.deepStrictEqual(await http.json("GET", `/v1/projects/${project}/models/${textAt(model, "uuid")}`), model)
    }
  }
}
