/**
 * The vendor's SDK as anybody would use it, only with other base URLs. What is called of it is recorded on the way, by
 * proxies that change nothing.
 */
import { type CustomDeepgramClientOptions, DeepgramClient } from "@deepgram/sdk"

/** Every host is the emulator. */
export const environmentOf = (url: string): { base: string; production: string; agent: string; agentRest: string } => {
  const socket = url.replace(/^http/, "ws")
  return { base: url, agentRest: url, production: socket, agent: socket }
}

/** What a client may do but for its generated internals. */
const isPublic = (name: string): boolean => name !== "constructor" && !name.startsWith("_")

/** What is inherited, by name. */
const membersOf = (instance: object): ReadonlyMap<string, PropertyDescriptor> => {
  const members = new Map<string, PropertyDescriptor>()
  for (
    let prototype: unknown = Object.getPrototypeOf(instance);
    typeof prototype === "object" && prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (isPublic(name) && !members.has(name)) members.set(name, descriptor)
    }
  }
  return members
}

/** The names of all methods of a client and of the clients within it: `manage.v1.projects.list`. */
export const methodsOf = (client: object): ReadonlyArray<string> =>
  [...membersOf(client)].flatMap(([name, { get, value }]) => {
    if (typeof value === "function") return [name]
    const inner: unknown = get?.call(client)
    return typeof inner === "object" && inner !== null ? methodsOf(inner).map((method) => `${name}.${method}`) : []
  })

/** The same thing; `record` is told which methods are called, with the way to them. */
export const observed = <A extends object>(target: A, record: (path: string) => void): A =>
  new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof name !== "string" || !membersOf(target).has(name)) return value
      if (typeof value === "function") {
        return (...args: ReadonlyArray<unknown>) => {
          record(name)
          return Reflect.apply(value, target, args)
        }
      }
      return typeof value === "object" && value !== null ? observed(value, (path) => record(`${name}.${path}`)) : value
    }
  })

/** A client whose methods are recorded when they are called: `manage.v1.projects.list`. */
export const vendorClient = (
  url: string,
  options: CustomDeepgramClientOptions,
  record: (method: string) => void
): DeepgramClient => observed(new DeepgramClient({ environment: environmentOf(url), ...options }), record)
