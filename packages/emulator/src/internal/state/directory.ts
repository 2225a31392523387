/** A project: who belongs to it, who was invited, and their API keys. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes, randomUUID } from "node:crypto"
import { uuidOf } from "../uuid.ts"

/** A project. */
export interface Project {
  readonly project_id: string
  readonly name: string
  readonly company?: string
  readonly mip_opt_out: boolean
}

/** Somebody who belongs to the project. */
export interface Member {
  readonly member_id: string
  readonly email: string
  readonly first_name?: string
  readonly last_name?: string
  readonly scopes: ReadonlyArray<string>
}

/** Somebody who was asked to join. */
export interface Invite {
  readonly email: string
  /** A role. */
  readonly scope: string
}

/** An API key. */
export interface Key {
  readonly api_key_id: string
  readonly secret: string
  readonly member_id: string
  readonly comment: string
  readonly scopes: ReadonlyArray<string>
  readonly tags?: ReadonlyArray<string> | undefined
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970; for ever, if absent. */
  readonly expires?: number | undefined
}

/**
 * The project of the emulator. Plain maps: whoever changes them does so in one step, so nobody sees half of a change.
 */
export class Directory extends Context.Service<Directory, {
  /** By id. There is one, until it is deleted: the API has no way to make another. */
  readonly projects: Map<string, Project>
  /** By id. */
  readonly members: Map<string, Member>
  /** By e-mail address, in lower case. */
  readonly invites: Map<string, Invite>
  /** By secret. */
  readonly keys: Map<string, Key>
}>()("@effect-deepgram/emulator/Directory") {}

type Maps = Directory["Service"]

/** The project that everything belongs to. */
export const projectId = uuidOf("project")

const owner: Member = {
  member_id: uuidOf("member"),
  email: "owner@emulator.invalid",
  first_name: "Emulator",
  last_name: "Owner",
  scopes: ["owner"]
}

/** The member that the first keys belong to. */
export const ownerId = owner.member_id

/** A project with an owner, to whom the keys belong. */
export const layer = (apiKeys: ReadonlyArray<string>): Layer.Layer<Directory> =>
  Layer.effect(
    Directory,
    Effect.map(Clock.currentTimeMillis, (created) => ({
      projects: new Map([[projectId, { project_id: projectId, name: "Emulator", mip_opt_out: false }]]),
      members: new Map([[ownerId, owner]]),
      invites: new Map<string, Invite>(),
      keys: new Map(apiKeys.map((secret): [string, Key] => [secret, {
        api_key_id: uuidOf("key", secret),
        secret,
        member_id: ownerId,
        comment: "The emulator's own",
        scopes: ["owner"],
        created
      }]))
    }))
  )

/** Makes a key of 40 hexadecimal digits. */
export const addKey = ({ keys }: Maps, key: Omit<Key, "api_key_id" | "secret">): Key => {
  const made: Key = { ...key, api_key_id: randomUUID(), secret: randomBytes(20).toString("hex") }
  keys.set(made.secret, made)
  return made
}

/** Adds a member who has accepted an invitation, and makes a key of the same role. */
export const join = (directory: Maps, { email, scope }: Invite, now: number): Key => {
  const member: Member = { member_id: randomUUID(), email, scopes: [scope] }
  directory.invites.delete(email.toLowerCase())
  directory.members.set(member.member_id, member)
  return addKey(directory, { member_id: member.member_id, comment: email, scopes: [scope], created: now })
}

/** Whether nobody else owns the project: there is always somebody who does. */
export const isLastOwner = ({ members }: Maps, { member_id, scopes }: Member): boolean =>
  scopes.includes("owner") &&
  ![...members.values()].some((other) => other.member_id !== member_id && other.scopes.includes("owner"))

/** Takes a member out of the project, with the member's keys. */
export const dismiss = ({ keys, members }: Maps, memberId: string): void => {
  members.delete(memberId)
  for (const key of keys.values()) if (key.member_id === memberId) keys.delete(key.secret)
}
