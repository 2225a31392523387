/** Every comparison of `npm run bench`. */
import type { Comparison } from "../comparison.ts"
import { live } from "./live.ts"
import { rest } from "./rest.ts"
import { startup } from "./startup.ts"

export const cases: ReadonlyArray<Comparison> = [...rest, ...live, ...startup]
