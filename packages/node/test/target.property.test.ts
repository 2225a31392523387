/** Addresses as this package writes them, against what the platform makes of them. */
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result, Schema } from "effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Url from "effect/http/Url"
import * as UrlParams from "effect/http/UrlParams"
import { Targets } from "../src/internal/target.ts"

const Parameters = Schema.Array(Schema.Tuple([Schema.String, Schema.String]))

/** What has a meaning in a URL, is written in several ways, or cannot be written at all. */
const nasty = "a b&c=d+e%20%f#g?h/i:j;k,l\"'<>[]|\\^`{}~!*().-_\u0000\n ключ 世界 👋 \ud800"

const servers = ["https://api.deepgram.com", "http://localhost:8080/behind", "https://exämple.com/ä b", "http://[::1]"]

type Pairs = ReadonlyArray<readonly [name: string, value: string]>

const requestOf = (url: string, params: Pairs) =>
  HttpClientRequest.post(url).pipe(HttpClientRequest.setUrlParams(UrlParams.make(params)))

const some: ReadonlyArray<Pairs> = [
  [],
  [["", ""]],
  [[nasty, nasty], ["", nasty], [nasty, ""]],
  [["a", "1"], ["a", "2"]]
]

const assertSame = (targets: Targets, request: HttpClientRequest.HttpClientRequest) => {
  const expected = Result.getOrThrow(Url.make(request.url, request.urlParams, undefined))
  // Not known before, and then known.
  for (const _ of [1, 2]) {
    const { origin, path } = Result.getOrThrow(targets.of(request))
    assert.deepStrictEqual([origin, path], [expected.origin, expected.pathname + expected.search])
  }
}

describe("where a request goes", () => {
  it.prop("is what the platform says", { params: Parameters }, ({ params }) => {
    const targets = new Targets()
    for (const server of servers) {
      assertSame(
        targets,
        requestOf(`${server}/v1/listen`, [...params, ...params.map(([name]) => [name, nasty] as const)])
      )
    }
  })

  it("is what the platform says, whatever there is in it", () => {
    const targets = new Targets()
    for (const url of [...servers, "http://localhost/a?b=c", "http://localhost/a?", "http://localhost/a#b"]) {
      for (const params of some) assertSame(targets, requestOf(url, params))
    }
    const secret = UrlParams.make([["token", Redacted.make("s&cret")]])
    assertSame(targets, HttpClientRequest.post("http://localhost/a").pipe(HttpClientRequest.setUrlParams(secret)))
  })

  it("is known for some addresses at a time, and not for what is none", () => {
    const targets = new Targets()
    for (let id = 0; id < 200; id++) assertSame(targets, requestOf(`http://localhost/v1/projects/${id}`, [["a", "b"]]))
    for (const _ of [1, 2]) assert.isTrue(Result.isFailure(targets.of(requestOf("https://a b", []))))
  })
})
