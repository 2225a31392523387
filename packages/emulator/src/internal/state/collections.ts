/** What a project keeps besides its members and keys. Plain maps by id, changed in one step like the directory. */
import type { AgentConfiguration } from "effect-deepgram/AgentConfigurations"
import type { AgentVariable } from "effect-deepgram/AgentVariables"
import type { OwnedCredentials } from "effect-deepgram/SelfHosted"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Directory } from "./directory.ts"

/** Configurations of voice agents, by id. */
export class Configurations extends Context.Service<Configurations, Map<string, AgentConfiguration>>()(
  "@effect-deepgram/emulator/Configurations"
) {}

/** Variables of voice agents, by id. */
export class Variables extends Context.Service<Variables, Map<string, AgentVariable>>()(
  "@effect-deepgram/emulator/Variables"
) {}

/** Credentials for Deepgram's own containers, by id. */
export class Credentials extends Context.Service<Credentials, Map<string, OwnedCredentials>>()(
  "@effect-deepgram/emulator/Credentials"
) {}

/** Nothing yet. Build it afresh: each emulator has its own. */
export const layer: Layer.Layer<Configurations | Credentials | Variables> = Layer.mergeAll(
  Layer.effect(Configurations, Effect.sync(() => new Map())),
  Layer.effect(Variables, Effect.sync(() => new Map())),
  Layer.effect(Credentials, Effect.sync(() => new Map()))
)

/** Deletes the project and all that belongs to it. */
export const destroy: Effect.Effect<void, never, Configurations | Credentials | Directory | Variables> = Effect.gen(
  function*() {
    const collections = [yield* Configurations, yield* Variables, yield* Credentials]
    for (const map of [...Object.values(yield* Directory), ...collections]) map.clear()
  }
)
