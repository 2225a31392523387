/**
 * What a key or a member may do. Deepgram's own table (https://developers.deepgram.com/docs/working-with-roles); a scope
 * is a role or a single permission.
 */
import { selfHostedScopes } from "effect-deepgram/DeepgramApi"

const ofProject = ["project:read", "project:write", "keys:read", "keys:write", "usage:read", "usage:write"]

const readingOf = (role: string) => [`${role}s:read`, `${role}s:read:invites`, `${role}s:read:scopes`]

const writingOf = (role: string) => [
  `${role}s:write`,
  `${role}s:write:invites`,
  `${role}s:write:scopes`,
  `${role}s:write:kick`
]

const admin = [
  ...ofProject,
  ...readingOf("member"),
  ...writingOf("member"),
  ...readingOf("admin"),
  ...writingOf("admin"),
  ...readingOf("owner"),
  "billing:read"
]

/** The permissions of each role, the lowest one first. */
const roles: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["member", ofProject],
  ["admin", admin],
  // With Deepgram, self-hosting is a matter of contracts; whoever owns the emulator has one.
  [
    "owner",
    [
      ...admin,
      ...writingOf("owner"),
      "project:write:settings",
      "project:write:destroy",
      "billing:write",
      ...selfHostedScopes
    ]
  ]
])

/** The lowest one first. */
export const roleNames: ReadonlyArray<string> = [...roles.keys()]

const known: ReadonlySet<string> = new Set([...roleNames, ...roles.get("owner") ?? []])

/** Whether it is one of the scopes for Deepgram's own containers. */
export const isSelfHosted = (scope: string): boolean => selfHostedScopes.includes(scope)

/** Whether somebody with these scopes may have containers at all. */
export const selfHosts = (scopes: ReadonlyArray<string>): boolean => scopes.flatMap(expand).some(isSelfHosted)

/** Whether there is such a scope. */
export const isScope = (scope: string): boolean => known.has(scope)

/** Whether it is `member`, `admin` or `owner`. */
export const isRole = (scope: string): boolean => roles.has(scope)

/** What a scope stands for besides itself. */
const implied: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ...roles,
  ["self-hosted:products", selfHostedScopes],
  ["keys:write", ["keys:write", "keys:read"]],
  ["project:write", ["project:write", "project:read"]]
])

const expand = (scope: string): ReadonlyArray<string> => implied.get(scope) ?? [scope]

/** By the scopes of a key, which never change: every call asks. */
const expanded = new WeakMap<ReadonlyArray<string>, ReadonlySet<string>>()

const expandAll = (scopes: ReadonlyArray<string>): ReadonlySet<string> => {
  const known = expanded.get(scopes)
  if (known !== undefined) return known
  const all = new Set(scopes.flatMap(expand))
  expanded.set(scopes, all)
  return all
}

/** Whether these scopes have a permission, or everything that another scope stands for. */
export const permits = (scopes: ReadonlyArray<string>, wanted: string): boolean => {
  const has = expandAll(scopes)
  return expand(wanted).every((permission) => has.has(permission))
}

/** The highest role among scopes: the one that the permissions to change a member are named after. */
export const roleOf = (scopes: ReadonlyArray<string>): string =>
  roleNames.findLast((role) => scopes.includes(role)) ?? "member"
