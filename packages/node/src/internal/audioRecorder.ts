/** A microphone, as a stream. */
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Child, Failure } from "./audioProcess.ts"
import { Reader } from "./audioReader.ts"

/** What a program records, in whole frames of so many bytes; it ends only by failing. */
export const record = (
  launch: Effect.Effect<Child, Failure, Scope.Scope>,
  frameSize: number
): Stream.Stream<Uint8Array, Failure> =>
  Stream.unwrap(Effect.map(launch, (child) => {
    const reader = child.stdout === null ? undefined : new Reader(child.stdout)
    const read = reader === undefined ? Effect.undefined : Effect.raceFirst(
      Effect.catch(reader.next, () => Effect.undefined),
      // Whoever inherited its pipe may hold it on.
      Effect.as(child.gone, undefined)
    )
    let rest: Uint8Array = new Uint8Array(0)
    const next: Pull.Pull<readonly [Uint8Array], Failure> = Effect.flatMap(read, (chunk) => {
      if (chunk === undefined) return Effect.flatMap(child.ended, Effect.fail)
      const bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk])
      const whole = bytes.byteLength - bytes.byteLength % frameSize
      rest = bytes.subarray(whole)
      return whole === 0 ? next : Effect.succeed([bytes.subarray(0, whole)] as const)
    })
    return Stream.fromPull(Effect.succeed(next))
  }))
