/** Says after each step which packages of the transports have been loaded. */
import { Effect } from "effect"
import { registerHooks } from "node:module"

const loaded = new Set<string>()
registerHooks({
  load: (url, context, next) => {
    const name = /\/node_modules\/(ws|undici)\//.exec(url)?.[1]
    if (name !== undefined) loaded.add(name)
    return next(url, context)
  }
})
const say = (step: string) => console.log(`${step}: ${[...loaded].toSorted().join(" ")}`)

const { NodeDeepgram } = await import("@effect-deepgram/node")
const { Layer } = await import("effect")
say("import")

const build = <A>(layer: import("effect").Layer.Layer<A>) => Effect.runPromise(Effect.scoped(Layer.build(layer)))

await build(NodeDeepgram.layerWebSocket({ proxy: false }))
say("sockets")
await build(NodeDeepgram.layerHttpClient({ proxy: false }))
say("requests")
