/** Runs before the tests of each file when there is no consumer for them. */
import { inject } from "vitest"

throw new Error(inject("failure"))
