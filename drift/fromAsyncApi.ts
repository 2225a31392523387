/**
 * Reads the vendor's AsyncAPI 2 document. As the vendor writes it, `publish` is what the server says and `subscribe` what
 * the client says. What is not understood is kept as unread, as in `fromOpenApi.ts`.
 */
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Description from "./description.ts"
import { isExtension } from "./vendor/keys.ts"
import { isCredential, makeReader, withoutSlash } from "./vendor/reader.ts"
import { type Json, listOf, membersOf } from "./vendor/references.ts"
import { makeSchemaReader } from "./vendor/schemas.ts"

/**
 * What a message is known by: its `type`. Some messages of the document share a set of types; then it is the one that the
 * name of the message ends with. Audio has none.
 */
const typeOf = (name: string, { objects, scalars }: Description.Type): string => {
  if (scalars.has("bytes")) return Description.binary
  const types = objects.flatMap(({ fields }) => fields.get("type")?.type.scalars.get("string")?.listed ?? [])
  const [only = name, ...more] = new Set(types)
  return more.length === 0
    ? only
    : types.toSorted((a, b) => b.length - a.length).find((type) => name.endsWith(type)) ?? name
}

type Names = ReadonlyMap<string, Description.Field>

/** What is no object stands under `*`. */
const namesOf = (type: Description.Type): Names => {
  const [object, ...more] = type.objects
  if (object === undefined || more.length + type.unread.length > 0) return new Map([["*", { type, required: true }]])
  const { fields, others } = object
  return others === undefined || (fields.size === 0 && others.anything)
    ? fields
    : new Map([...fields, ["*", { type: others, required: false }]])
}

const readUrl = ({ protocol, url }: Json): string =>
  withoutSlash(/^\w+:\/\//.test(String(url)) ? String(url) : `${String(protocol)}://${String(url)}`)

const makeChannelReader = (document: Json, servers: ReadonlyMap<string, string>) => {
  const readSchema = makeSchemaReader(document)

  return (path: string, value: unknown): Description.Operation => {
    const { find, note, unread } = makeReader(document)

    const readMessage = (place: string, value: unknown): readonly [type: string, payload: Description.Type] => {
      const { name, payload } = find(place, "message", value)
      const type = readSchema(payload)
      return [typeOf(String(name ?? (isObject(value) ? value["$ref"] : undefined) ?? "(no name)"), type), type]
    }

    /** There may be one message, or one of several. */
    const readMessages = (side: keyof Description.Messages, value: unknown): ReadonlyMap<string, Description.Type> => {
      if (value === undefined) return new Map()
      const place = `${side} message`
      const { message } = find(side, "side", value)
      const several = isObject(message) && "oneOf" in message
      const one = message === undefined ? undefined : [message]
      const all = several ? find(place, "messages", message)["oneOf"] : one
      if (!Array.isArray(all)) note(place, "")
      const result = new Map<string, Description.Type>()
      for (const [type, payload] of listOf(all).map((one) => readMessage(place, one))) {
        result.set(type, Description.union([result.get(type) ?? Description.nothing, payload]))
      }
      return result
    }

    const readServers = (names: unknown): Description.Servers | undefined => {
      if (names === undefined) return undefined
      const known = Array.isArray(names) ? names.map((name) => servers.get(String(name))) : [undefined]
      if (known.includes(undefined)) note("servers", "")
      const urls = known.flatMap((url) => url ?? [])
      return urls.length === 0 ? undefined : urls
    }

    const channel = find("", "channel", value)
    const bindings = channel["bindings"] === undefined ? {} : find("bindings", "bindings", channel["bindings"])
    const handshake = bindings["ws"] === undefined ? {} : find("bindings ws", "handshake", bindings["ws"])
    const readNames = (schema: unknown): Names => schema === undefined ? new Map() : namesOf(readSchema(schema))
    return {
      method: Description.socket,
      path,
      parameters: {
        path: new Map(),
        query: readNames(handshake["query"]),
        header: new Map([...readNames(handshake["headers"])].filter(([name]) => !isCredential(name)))
      },
      body: new Map(),
      responses: new Map(),
      messages: {
        client: readMessages("client", channel["subscribe"]),
        server: readMessages("server", channel["publish"])
      },
      servers: readServers(channel["servers"]),
      unread
    }
  }
}

/** The channels of an AsyncAPI document. */
export const fromAsyncApi = (document: unknown): Result.Result<Description.Description, string> => {
  if (!isObject(document) || !isObject(document["channels"])) {
    return Result.fail("is no AsyncAPI document: it has no channels")
  }
  const { find, note, unread } = makeReader(document)
  find("", "document of sockets", document)
  if (document["servers"] !== undefined && !isObject(document["servers"])) note("servers", "")
  const servers = new Map(
    membersOf(document["servers"]).filter(([name]) => !isExtension(name)).map(([name, server]) => [
      name,
      readUrl(find("servers", "server of sockets", server))
    ])
  )
  const readChannel = makeChannelReader(document, servers)
  return Result.succeed({
    operations: membersOf(document["channels"]).filter(([path]) => !isExtension(path)).map(([path, channel]) =>
      readChannel(path, channel)
    ),
    servers: [...servers.values()],
    unread
  })
}
