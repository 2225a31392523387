import type { Heard } from "./heard.ts"

/** Hears samples at once. The session must not be over. */
export type Direct = (samples: Float32Array) => ReadonlyArray<Heard>

/** Sessions of the emulator's own recogniser, which can be asked without an effect. */
const known = new WeakMap<object, Direct>()

/** Makes known how a session can be asked at once. */
export const setDirect = (session: object, direct: Direct): void => {
  known.set(session, direct)
}

/** How to ask a session at once, if that is possible. */
export const directOf = (session: object): Direct | undefined => known.get(session)
