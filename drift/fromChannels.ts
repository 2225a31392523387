/** Reads our contract of sockets: every channel that is exported. */
import type { Channel, Messages } from "effect-deepgram/DeepgramChannels"
import { make as makeSettings } from "effect-deepgram/DeepgramConfig"
import { hasProperty } from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { readNames, readType } from "./contractSchemas.ts"
import * as Description from "./description.ts"

type AnyChannel = Channel<Schema.Top, Messages, Messages>

const isChannel = (value: unknown): value is AnyChannel => hasProperty(value, "client") && hasProperty(value, "server")

const { hosts } = makeSettings()

const readMessages = (messages: Messages): ReadonlyMap<string, Description.Type> =>
  new Map(Object.entries(messages).map(([type, { ast }]) => [type, readType(ast)]))

const readChannel = ({ client, host, path, query, server }: AnyChannel): Description.Operation => ({
  method: Description.socket,
  path,
  parameters: { path: new Map(), query: readNames(query), header: new Map() },
  body: new Map(),
  responses: new Map(),
  messages: { client: readMessages(client), server: readMessages(server) },
  servers: [hosts[host]],
  unread: []
})

/** The channels among what a module exports. */
export const fromChannels = (exported: object): Description.Description => ({
  operations: Object.values(exported).filter(isChannel).map(readChannel),
  servers: [],
  unread: []
})
