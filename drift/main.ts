/**
 * `npm run drift [-- OPENAPI.yml [ASYNCAPI.yml]]`: compares our contract with the vendor's documents, by default with the
 * copies in `spec/`. Paths are of the folder where npm was called. Fails on a difference that neither `differences.ts` nor
 * `channelDifferences.ts` explains, and on an entry that explains nothing.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as DeepgramChannels from "effect-deepgram/DeepgramChannels"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { argv, cwd, env } from "node:process"
import { fileURLToPath } from "node:url"
import { known as knownOfChannels } from "./channelDifferences.ts"
import { known } from "./differences.ts"
import { readDocument } from "./document.ts"
import { fromAsyncApi } from "./fromAsyncApi.ts"
import { fromChannels } from "./fromChannels.ts"
import { fromContract } from "./fromContract.ts"
import { fromOpenApi } from "./fromOpenApi.ts"
import { isClean, makeReport, showReport } from "./report.ts"

const copy = (name: string) => fileURLToPath(new URL(`spec/${name}`, import.meta.url))

const main = Effect.gen(function*() {
  // npm runs scripts in the folder of package.json.
  const given = argv.slice(2).map((path) => resolve(env["INIT_CWD"] ?? cwd(), path))
  if (given.length > 2) {
    return yield* Effect.fail({ message: `takes an OpenAPI and an AsyncAPI document, not ${given.length} files` })
  }
  const [openApi = copy("openapi.yml"), asyncApi = copy("asyncapi.yml")] = given
  const requests = yield* readDocument(openApi, fromOpenApi)
  const sockets = yield* readDocument(asyncApi, fromAsyncApi)
  const ofRequests = makeReport(fromContract(DeepgramApi), requests, known)
  const ofSockets = makeReport(fromChannels(DeepgramChannels), sockets, knownOfChannels)
  yield* Console.log(showReport(ofRequests, ofSockets))
  return isClean(ofRequests) && isClean(ofSockets)
})

const program = main.pipe(
  Effect.catch(({ message }) => Effect.as(Console.error(`✗ ${message}`), false)),
  Effect.flatMap((clean) => clean ? Effect.void : Effect.fail("drift" as const)),
  Effect.provide(NodeFileSystem.layer)
)

NodeRuntime.runMain(program, { disableErrorReporting: true })
