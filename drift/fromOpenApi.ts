/**
 * Reads the vendor's OpenAPI 3.1 document. What it does not understand is kept as unread, so that the comparison
 * reports it; `vendor/keys.ts` says what is understood and what is left aside.
 */
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Description from "./description.ts"
import { isExtension, strangeKeys } from "./vendor/keys.ts"
import { isCredential, makeReader, withoutSlash } from "./vendor/reader.ts"
import { follow, type Json, listOf, membersOf } from "./vendor/references.ts"
import { makeSchemaReader } from "./vendor/schemas.ts"

const methods = "get put post delete options head patch trace".split(" ")

/** Cookies are headers. */
const sectionOf = (parameter: Json): string =>
  parameter["in"] === "path" || parameter["in"] === "query" ? parameter["in"] : "header"

const isOfTransport = (parameter: Json): boolean =>
  parameter["in"] === "header" && isCredential(String(parameter["name"]))

const makeDocumentReader = (document: Json) => {
  const { find, note, unread } = makeReader(document)

  /** An empty list says nothing. */
  const readServers = (place: string, servers: unknown): Description.Servers | undefined => {
    if (servers === undefined) return undefined
    if (!Array.isArray(servers)) note(place, "")
    const urls = listOf(servers).map((server) => withoutSlash(String(find(place, "server", server)["url"])))
    return urls.length === 0 ? undefined : urls
  }

  return { find, note, readServers, unread }
}

const makeOperationReader = (document: Json) => {
  const readSchema = makeSchemaReader(document)

  const readParameter = (parameter: Json): Description.Field => {
    // Arrays other than as repeated keys, for example, would be another thing on the wire.
    const strange = strangeKeys("parameter", parameter)
    return {
      required: parameter["required"] === true,
      type: strange.length > 0 ? Description.unread(strange.join(", ")) : readSchema(parameter["schema"])
    }
  }

  const readParameters = (parameters: ReadonlyArray<Json>, where: string): ReadonlyMap<string, Description.Field> =>
    new Map(
      parameters.filter((parameter) => sectionOf(parameter) === where && !isOfTransport(parameter))
        .map((parameter) => [String(parameter["name"]), readParameter(parameter)])
    )

  return (path: string, method: string, value: unknown, item: Json): Description.Operation => {
    const { find, note, readServers, unread } = makeDocumentReader(document)

    const readContent = (place: string, thing: "body" | "response", value: unknown): Description.Content =>
      new Map(
        membersOf(find(place, thing, value)["content"]).map(([mediaType, body]) => [
          mediaType,
          readSchema(find(Description.bodyName(place, mediaType), "media type", body)["schema"])
        ])
      )

    const operation = find("", "operation", value)
    const parameters = [...listOf(item["parameters"]), ...listOf(operation["parameters"])].flatMap((parameter) => {
      const found = follow(document, parameter)
      if (found === undefined) note("parameters", "")
      return found === undefined ? [] : [found]
    })
    return {
      method: method.toUpperCase(),
      path,
      parameters: {
        path: readParameters(parameters, "path"),
        query: readParameters(parameters, "query"),
        header: readParameters(parameters, "header")
      },
      body: operation["requestBody"] === undefined
        ? new Map()
        : readContent("body", "body", operation["requestBody"]),
      responses: new Map(
        membersOf(operation["responses"]).filter(([status]) => !isExtension(status)).map(([status, response]) => [
          status,
          readContent(`response ${status}`, "response", response)
        ])
      ),
      messages: Description.noMessages,
      servers: readServers("servers", operation["servers"] ?? item["servers"]),
      unread
    }
  }
}

/** The operations of an OpenAPI document. */
export const fromOpenApi = (document: unknown): Result.Result<Description.Description, string> => {
  if (!isObject(document) || !isObject(document["paths"])) {
    return Result.fail("is no OpenAPI document: it has no paths")
  }
  const { find, readServers, unread } = makeDocumentReader(document)
  find("", "document", document)
  const readOperation = makeOperationReader(document)
  return Result.succeed({
    operations: membersOf(document["paths"]).filter(([path]) => !isExtension(path)).flatMap(([path, value]) => {
      const item = find(path, "path", value)
      return methods.flatMap((method) => method in item ? [readOperation(path, method, item[method], item)] : [])
    }),
    servers: readServers("servers", document["servers"]) ?? [],
    unread
  })
}
