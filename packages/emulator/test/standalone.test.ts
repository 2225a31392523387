import { Faults, Recognizer, Recording, Standalone, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { WebSocket } from "ws"

const withKey = (key: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { authorization: `Token ${key}` }
})

const isRefused = (url: string): Promise<boolean> => fetch(url).then(() => false, () => true)

const messageOf = (promise: Promise<Standalone.Standalone>): Promise<string> =>
  promise.then(
    (emulator) => emulator.stop().then(() => "it started"),
    (error: unknown) => error instanceof Standalone.NotStarted ? error.message : `another error: ${String(error)}`
  )

describe("an emulator without Effect", () => {
  it("answers until its scope is left", async () => {
    let url: string
    {
      await using emulator = await Standalone.start({ apiKeys: ["mine"] })
      url = emulator.url
      assert.strictEqual(emulator.apiKey, "mine")
      assert.strictEqual((await fetch(`${url}/v1/projects`, withKey("mine"))).status, 200)
      assert.strictEqual((await fetch(`${url}/v1/projects`, withKey("other"))).status, 401)
    }
    assert.isTrue(await isRefused(url))
  })

  it("stops once, with its sessions", async () => {
    const emulator = await Standalone.start()
    const socket = new WebSocket(
      `${emulator.url.replace("http", "ws")}/v1/speak?model=aura-2-thalia-en`,
      ["token", emulator.apiKey]
    )
    await new Promise((resolve) => socket.on("open", resolve))
    const closed = new Promise<number>((resolve) => socket.on("close", resolve))
    await Promise.all([emulator.stop(), emulator.stop()])
    await emulator.stop()
    assert.strictEqual(await closed, 1001)
  })

  it("goes wrong on demand", async () => {
    await using emulator = await Standalone.start({ faults: Faults.plan([{ type: "Answer", status: 500 }]) })
    const ask = () => fetch(`${emulator.url}/v1/projects`, withKey(emulator.apiKey)).then(({ status }) => status)
    assert.strictEqual(await ask(), 500)
    await emulator.faults.set(Faults.plan([{ type: "Answer", status: 503 }]))
    assert.strictEqual(await ask(), 503)
    await emulator.faults.clear()
    assert.strictEqual(await ask(), 200)
    assert.deepStrictEqual(
      (await emulator.faults.injected()).map(({ fault }) => fault),
      [{ type: "Answer", status: 500 }, { type: "Answer", status: 503 }]
    )
    const refused = await emulator.faults.set({ rules: [{ faults: [{ type: "Close", code: 1006 }] }] })
      .then(() => undefined, (error: unknown) => error)
    assert.instanceOf(refused, Faults.PlanError)
  })

  it("accepts invitations", async () => {
    await using emulator = await Standalone.start()
    const ask = (path: string, init?: RequestInit) => fetch(`${emulator.url}/v1${path}`, withKey(emulator.apiKey, init))
    const { projects: [{ project_id }] } = await (await ask("/projects")).json()
    await ask(`/projects/${project_id}/invites`, {
      method: "POST",
      body: JSON.stringify({ email: "ada@example.com", scope: "member" })
    })
    const key = await emulator.acceptInvite("ada@example.com")
    assert.strictEqual((await fetch(`${emulator.url}/v1/projects`, withKey(key))).status, 200)
    const problem = await emulator.acceptInvite("nobody@example.com").catch((error: unknown) => String(error))
    assert.include(problem, "nobody@example.com was not invited")
  })

  it("hears by another recogniser, and thinks by another thinker", async () => {
    const deaf = Layer.succeed(Recognizer.Recognizer, {
      open: () => Effect.succeed({ push: () => Effect.succeed([]), finish: Effect.succeed([]) })
    })
    await using emulator = await Standalone.start({ recognizer: deaf, thinker: Thinker.rules([]) })
    const response = await fetch(`${emulator.url}/v1/listen?model=nova-3`, {
      ...withKey(emulator.apiKey, { method: "POST", body: Recording.wav("Good morning.") })
    })
    const { results } = await response.json()
    assert.strictEqual(results.channels[0].alternatives[0].transcript, "")
  })

  it("says why it cannot start, and leaves nothing behind", async () => {
    await using first = await Standalone.start()
    const port = Number(new URL(first.url).port)
    assert.strictEqual(
      await messageOf(Standalone.start({ port })),
      `Port ${port} of 127.0.0.1 is taken: choose another one, or 0 for any that is free`
    )
    assert.strictEqual(
      await messageOf(Standalone.start({ port: -1 })),
      "There is no port -1: choose one from 0 to 65535"
    )
    // Node would listen on every interface.
    assert.strictEqual(
      await messageOf(Standalone.start({ host: "" })),
      "There is no interface without a name: `host` is empty"
    )
    // An empty key would be everybody's.
    for (const key of ["", " ", "a b", "a\n", "schlüssel"]) {
      assert.strictEqual(
        await messageOf(Standalone.start({ apiKeys: ["good", key] })),
        "An API key cannot be empty, or have other characters than visible ASCII characters"
      )
    }
    assert.strictEqual(
      await messageOf(Standalone.start({ record: "" })),
      "There is no file without a name to record into: `record` is empty"
    )
    assert.strictEqual(
      await messageOf(Standalone.start({ host: "192.0.2.1" })),
      "192.0.2.1 is no interface of this machine"
    )
    assert.match(
      await messageOf(Standalone.start({ faults: { rules: [{ faults: [{ type: "Close", code: 1006 }] }] } })),
      /a close code that may be sent/
    )
  })
})
