/**
 * Rotates the API keys of several projects: each gets a new key with the scopes and tags of the old one. It is tried,
 * and handed to those who use it; only then the old one is deleted.
 *
 *     node --conditions=@effect-deepgram/source examples/rotation.ts "call centre" keys.json --dry-run
 *     node --conditions=@effect-deepgram/source examples/rotation.ts "call centre" keys.json
 *
 * The first argument is the comment of the keys: those that have it belong to this program. The second one is the file
 * with the keys in use, by project. DEEPGRAM_ADMIN_KEYS are keys that may do this, one for each project, with commas
 * between them; without it DEEPGRAM_API_KEY is one.
 *
 * It may be interrupted at any moment, and run again: then it first brings to its end what was begun.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import {
  Config,
  Console,
  Context,
  Effect,
  FileSystem,
  Layer,
  type PlatformError,
  Redacted,
  Schedule,
  Schema
} from "effect"
import { DeepgramAuth, Keys, Projects } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { Failed, runCommand } from "./command.ts"
import { required } from "./run.ts"

/** What is known of the keys of a project. */
const Entry = Schema.Struct({
  /** The key in use. Of a project that was never rotated its secret is not known. */
  current: Schema.optionalKey(Schema.Struct({ id: Schema.String, key: Schema.RedactedFromValue(Schema.String) })),
  /** Ids of keys that a rotation is replacing; none when no rotation is under way. */
  retiring: Schema.Array(Schema.String)
})
type Entry = typeof Entry.Type

const Entries = Schema.fromJsonString(Schema.Record(Schema.String, Entry))

type StoreError = PlatformError.PlatformError | Failed

/** Where those who use keys find them: a file here, a vault elsewhere. A change is there as a whole or not at all. */
class Store extends Context.Service<Store, {
  readonly get: (projectId: string) => Effect.Effect<Entry, StoreError>
  readonly set: (projectId: string, entry: Entry) => Effect.Effect<void, StoreError>
}>()("examples/rotation/Store") {
  static readonly layerFile = (path: string) =>
    Layer.effect(
      Store,
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const entries = fs.readFileString(path).pipe(
          Effect.catchIf(({ reason }) => reason._tag === "NotFound", () => Effect.succeed("{}")),
          Effect.flatMap(Schema.decodeEffect(Entries)),
          Effect.catchTag("SchemaError", () => new Failed({ message: `${path} holds something else than keys` }))
        )
        return {
          get: (projectId) => Effect.map(entries, (all) => all[projectId] ?? { retiring: [] }),
          set: Effect.fn("Store.set")(function*(projectId, entry) {
            const all = yield* entries
            const text = yield* Effect.orDie(Schema.encodeEffect(Entries)({ ...all, [projectId]: entry }))
            // A file that is renamed is never seen half written.
            yield* fs.writeFileString(`${path}.new`, text, { mode: 0o600 })
            yield* fs.rename(`${path}.new`, path)
          })
        }
      })
    )
}

const remove = (projectId: string, keyIds: ReadonlyArray<string>) =>
  Effect.forEach(
    keyIds,
    // One that is gone already: a rotation was interrupted just then.
    (id) => Effect.catchTag(Effect.asVoid(Keys.delete(projectId, id)), "NotFound", () => Effect.void),
    { discard: true }
  )

/** Fails when Deepgram does not know the key; it may take some seconds to hear of it. */
const check = (apiKey: Redacted.Redacted) =>
  Projects.list().pipe(
    // Whether it may list projects depends on its scopes. To be told that it may not, it has to be known.
    Effect.catchTag("PermissionDenied", () => Effect.void),
    Effect.retry({
      while: ({ _tag }) => _tag === "Unauthorized",
      schedule: Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 10 }))
    }),
    Effect.provide(NodeDeepgram.layerConfig({ apiKey }))
  )

/** Makes a key like another one and puts it into the store, or leaves no trace of it. */
const replace = Effect.fnUntraced(function*(projectId: string, like: Keys.ApiKey, retiring: ReadonlyArray<string>) {
  const store = yield* Store
  const { comment = "", scopes = [], tags } = like
  // The key is shown once: between its making and the store nothing may come but what is undone.
  return yield* Effect.uninterruptibleMask((interruptible) =>
    Effect.gen(function*() {
      const { api_key_id: id, key } = yield* Keys.create(projectId, { comment, scopes, tags })
      yield* interruptible(check(key)).pipe(
        Effect.andThen(store.set(projectId, { current: { id, key }, retiring })),
        Effect.onError(() => Effect.ignore(remove(projectId, [id])))
      )
      return id
    })
  )
})

/** Brings a project from its old key to a new one, and says what was done. */
const rotate = Effect.fnUntraced(function*(projectId: string, comment: string, isDry: boolean) {
  const store = yield* Store
  const { current, retiring } = yield* store.get(projectId)
  const { api_keys } = yield* Keys.list(projectId)
  const keys = api_keys.map(({ api_key }) => api_key).filter((key) => key.comment === comment)
  const idsBut = (but: ReadonlyArray<string>) =>
    keys.map(({ api_key_id }) => api_key_id).filter((id) => !but.includes(id))

  // It was interrupted when the new key was in the store already.
  if (current !== undefined && retiring.length > 0 && !retiring.includes(current.id)) {
    if (isDry) return `would finish what was interrupted: ${current.id} is in use, and others would be deleted`
    yield* remove(projectId, idsBut([current.id]))
    yield* store.set(projectId, { current, retiring: [] })
    return `finished what was interrupted: ${current.id} is in use`
  }

  // It was interrupted when there was a new key, which never came into the store.
  const lost = retiring.length > 0 ? idsBut(retiring) : []
  const replaced = idsBut(lost)
  const old = keys.find(({ api_key_id: id }) => id === (current?.id ?? replaced[0]))
  if (old === undefined) {
    return yield* new Failed({
      message: current === undefined ? `no key has the comment "${comment}"` : `there is no key ${current.id} any more`
    })
  }
  if (current === undefined && replaced.length > 1) {
    return yield* new Failed({
      message: `${replaced.length} keys have the comment "${comment}": delete those that are not in use`
    })
  }
  if (isDry) return `would replace ${old.api_key_id}, of the scopes ${(old.scopes ?? []).join(" ")}`

  yield* remove(projectId, lost)
  // Written down before there is anything new: from now on it can be told which key is which.
  yield* store.set(projectId, { ...(current === undefined ? undefined : { current }), retiring: replaced })
  const id = yield* replace(projectId, old, replaced)
  // Whoever reads the store now and then would be given the time for it here.
  yield* remove(projectId, replaced)
  yield* store.set(projectId, { ...yield* store.get(projectId), retiring: [] })
  return `${id} has taken the place of ${old.api_key_id}`
})

/** Keys of Deepgram belong to a project each. */
const adminKeys = Config.Redacted("DEEPGRAM_ADMIN_KEYS").pipe(
  Config.orElse(() => required(DeepgramAuth.keyVariable, "a key that may make and delete others")),
  Config.map((keys) => Redacted.value(keys).split(",").map((key) => Redacted.make(key)))
)

const config = {
  comment: Argument.String("comment").pipe(Argument.withDescription("the comment of the keys")),
  file: Argument.File("file").pipe(Argument.withDescription("where the keys in use are kept")),
  isDry: Flag.Boolean("dry-run").pipe(Flag.withDescription("says what would be done"), Flag.withDefault(false))
}

const rotation = Command.make("rotation", config, ({ comment, file, isDry }) =>
  Effect.gen(function*() {
    const done = new Set<string>()
    let failures = 0
    const failed = (what: string) => ({ message }: { readonly message: string }) => {
      failures++
      return Console.error(`✗ ${what}: ${message}`)
    }
    // One after the other: what is wrong with one project is seen before all are half done.
    yield* Effect.forEach(yield* adminKeys, (apiKey, index) =>
      Effect.gen(function*() {
        const { projects } = yield* Projects.list()
        for (const { name = "", project_id } of projects) {
          // Two of the keys may be of one project.
          if (done.has(project_id)) continue
          done.add(project_id)
          const title = `${name} (${project_id})`
          yield* rotate(project_id, comment, isDry).pipe(
            Effect.matchEffect({
              onSuccess: (what) => Console.log(`✓ ${title}: ${what}`),
              onFailure: failed(title)
            })
          )
        }
      }).pipe(
        Effect.provide(NodeDeepgram.layerConfig({ apiKey })),
        Effect.catch(failed(`administrative key ${index + 1}`))
      ))
    if (failures > 0) return yield* new Failed({ message: "some keys were not rotated: run it again" })
  }).pipe(Effect.provide(Store.layerFile(file)))).pipe(Command.withDescription("Rotates API keys of several projects"))

runCommand(rotation)
