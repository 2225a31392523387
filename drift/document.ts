/** Reads YAML files. */
import * as Effect from "effect/Effect"
import * as Yaml from "effect/encoding/Yaml"
import * as FileSystem from "effect/FileSystem"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** A document that cannot be compared. */
class UnusableDocument extends Schema.TaggedError<UnusableDocument>()("UnusableDocument", {
  message: Schema.String
}) {}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** A YAML file as what `from` makes of it. */
export const readDocument = Effect.fnUntraced(function*<A>(
  path: string,
  from: (document: unknown) => Result.Result<A, string>
) {
  const unusable = (why: string) => new UnusableDocument({ message: `${path} ${why}` })
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    fs.readFileString(path),
    (error) => unusable(`cannot be read: ${messageOf(error.cause ?? error)}`)
  )
  const document = yield* Effect.try({
    try: () => Yaml.parse(text),
    catch: (error) => unusable(`is no YAML: ${messageOf(error)}`)
  })
  return yield* Effect.mapError(Effect.fromResult(from(document)), unusable)
})
