/** A peer that ends where it should answer. */
import process from "node:process"
import { answer } from "../../peer.ts"

answer(() => process.exit(3))
