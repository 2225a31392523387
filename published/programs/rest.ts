import { Deepgram } from "effect-deepgram/Deepgram"
import * as DeepgramAuth from "effect-deepgram/DeepgramAuth"
import * as Keys from "effect-deepgram/Keys"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as Projects from "effect-deepgram/Projects"
import * as ReadV1 from "effect-deepgram/ReadV1"
import * as Tokens from "effect-deepgram/Tokens"
import * as Transcript from "effect-deepgram/Transcript"
import * as Effect from "effect/Effect"
import { holds, same, type Suite } from "./program.ts"
import { recorded, written } from "./texts.ts"

const transcribe = Effect.gen(function*() {
  const transcription = yield* ListenV1.transcribeUrl("https://example.com/call.wav", {
    model: "nova-3",
    punctuate: true
  })
  yield* same("transcript", Transcript.toText(transcription), recorded)
  yield* holds("the recording has a length", transcription.metadata.duration > 1)
})

const analyze = Effect.gen(function*() {
  const { results } = yield* ReadV1.analyze({ url: "https://example.com/letter.txt" }, { sentiment: true })
  yield* same("sentiment", results.sentiments?.average?.sentiment, "positive")
  yield* same("text", results.sentiments?.segments?.map(({ text }) => text).join(" "), written)
})

const projects = Effect.gen(function*() {
  const { projects } = yield* Projects.list()
  yield* same("projects", projects.length, 1)
  for (const { name, project_id } of projects) {
    const project = yield* Projects.get(project_id)
    yield* same("project", [project.project_id, project.name], [project_id, name])
  }
})

const keys = Effect.gen(function*() {
  const { projects: [project] } = yield* Projects.list()
  const id = project?.project_id ?? ""
  const idsOf = Effect.map(Keys.list(id), ({ api_keys }) => api_keys.map(({ api_key }) => api_key.api_key_id))
  const created = yield* Keys.create(id, { comment: "of a program", scopes: ["member"], tags: ["one", "two"] })
  yield* holds("the key is listed", (yield* idsOf).includes(created.api_key_id))
  const { api_key } = yield* Keys.get(id, created.api_key_id)
  yield* same("key", [api_key.comment, api_key.tags], ["of a program", ["one", "two"]])
  yield* Keys.delete(id, created.api_key_id)
  yield* holds("the key is listed no more", !(yield* idsOf).includes(created.api_key_id))
  const { _tag } = yield* Effect.flip(Keys.get(id, created.api_key_id))
  yield* same("failure of a key that is deleted", _tag, "NotFound")
})

const token = Effect.gen(function*() {
  const { access_token: accessToken, expires_in } = yield* Tokens.grant({ ttl_seconds: 60 })
  yield* same("lifetime", expires_in, 60)
  const client = yield* Deepgram
  const asGranted = Effect.provideService(Deepgram, { ...client, auth: DeepgramAuth.make({ accessToken }) })
  yield* asGranted(transcribe)
  const refused = yield* asGranted(Effect.flip(Projects.list()))
  yield* same("failure of what takes no token", refused._tag, "PermissionDenied")
})

export const rest: Suite = {
  name: "REST",
  programs: [
    { name: "transcribes a recording behind a URL", run: transcribe },
    { name: "analyses a text behind a URL", run: analyze },
    { name: "lists projects", needsKey: true, run: projects },
    { name: "creates a key and deletes it", needsKey: true, run: keys },
    { name: "grants a token, which speaks for itself", needsKey: true, run: token }
  ]
}
