import { Models, SelfHosted } from "effect-deepgram"
import { type Case, future, member, project } from "./case.ts"

const model = "c0d1a568-ce81-4fea-97e7-bd45cb1fdf3c"
const credentials = "82c32c10-53b2-4d23-993f-864b3d44502a"

const listening = {
  name: "general",
  canonical_name: "nova-3",
  architecture: "nova-3",
  languages: ["en", "en-US"],
  version: "2026-07-31.0",
  uuid: model,
  batch: true,
  streaming: true,
  formatted_output: false,
  multilingual: false,
  future
}

const speaking = {
  name: "thalia",
  canonical_name: "aura-2-thalia-en",
  architecture: "aura-2",
  languages: ["en"],
  version: "2026-04-15.0",
  uuid: model,
  metadata: {
    accent: "American",
    age: "Adult",
    color: "#FF96B8",
    display_name: "Thalia",
    image: "https://example.com/thalia.png",
    sample: "https://example.com/thalia.wav",
    tags: ["feminine", "clear"],
    use_cases: ["IVR"],
    future
  }
}

const catalogue = {
  stt: [listening, {}],
  tts: [speaking],
  languages: { en: "English", "en-US": "English (United States)" },
  future
}

const path = `/v1/projects/${project}/self-hosted/distribution/credentials`

const owned = {
  member: { member_id: member, email: "ada@example.com", future },
  distribution_credentials: {
    distribution_credentials_id: credentials,
    provider: "quay",
    comment: "the cluster",
    scopes: ["self-hosted:product:api", "self-hosted:product:brand-new"],
    created: "2026-06-28T15:36:59.609841Z",
    future
  },
  future
}

export const catalogueCases: ReadonlyArray<Case> = [
  { operation: "Models.list", run: Models.list(), request: "GET /v1/models", answer: catalogue },
  {
    operation: "Models.list",
    about: "with earlier ones, and with items that are null",
    run: Models.list({ include_outdated: true }),
    request: "GET /v1/models?include_outdated=true",
    answer: {
      stt: [null, listening, null],
      tts: [null, { ...speaking, metadata: { ...speaking.metadata, display_name: null } }]
    },
    value: {
      stt: [listening],
      tts: [{
        ...speaking,
        metadata: Object.fromEntries(Object.entries(speaking.metadata).filter(([name]) => name !== "display_name"))
      }]
    }
  },
  {
    operation: "Models.get",
    about: "that listens",
    run: Models.get(model),
    request: `GET /v1/models/${model}`,
    answer: listening
  },
  {
    operation: "Models.get",
    about: "that speaks",
    run: Models.get("aura-2.thalia~en_X"),
    request: "GET /v1/models/aura-2.thalia~en_X",
    answer: speaking
  },
  {
    operation: "Models.listForProject",
    run: Models.listForProject(project),
    request: `GET /v1/projects/${project}/models`,
    answer: catalogue
  },
  {
    operation: "Models.listForProject",
    about: "without earlier ones",
    run: Models.listForProject(project, { include_outdated: false }),
    request: `GET /v1/projects/${project}/models?include_outdated=false`,
    answer: {},
    value: { stt: [], tts: [] }
  },
  {
    operation: "Models.getForProject",
    run: Models.getForProject(project, model),
    request: `GET /v1/projects/${project}/models/${model}`,
    answer: speaking
  },
  {
    operation: "SelfHosted.list",
    run: SelfHosted.list(project),
    request: `GET ${path}`,
    answer: { distribution_credentials: [owned], future }
  },
  {
    operation: "SelfHosted.create",
    run: SelfHosted.create(project, {
      scopes: ["self-hosted:product:api", "self-hosted:product:engine"],
      provider: "quay",
      comment: "the cluster"
    }),
    request: `POST ${path}?scopes=self-hosted%3Aproduct%3Aapi&scopes=self-hosted%3Aproduct%3Aengine&provider=quay`,
    body: `{"comment":"the cluster"}`,
    answer: owned
  },
  {
    operation: "SelfHosted.create",
    about: "of one scope",
    run: SelfHosted.create(project, { scopes: "self-hosted:products" }),
    request: `POST ${path}?scopes=self-hosted%3Aproducts`,
    body: "{}",
    answer: owned
  },
  {
    operation: "SelfHosted.create",
    about: "without options",
    run: SelfHosted.create(project),
    request: `POST ${path}`,
    body: "{}",
    answer: owned
  },
  {
    operation: "SelfHosted.get",
    run: SelfHosted.get(project, credentials),
    request: `GET ${path}/${credentials}`,
    answer: owned
  },
  {
    operation: "SelfHosted.delete",
    run: SelfHosted.delete(project, credentials),
    request: `DELETE ${path}/${credentials}`,
    answer: owned
  },
  {
    operation: "SelfHosted.delete",
    about: "with a message",
    run: SelfHosted.delete(project, credentials),
    request: `DELETE ${path}/${credentials}`,
    answer: { message: "Successfully deleted the distribution credentials!" }
  }
]
