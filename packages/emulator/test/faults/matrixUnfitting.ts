/** Faults that do not fit a kind leave it alone. */
import { isRequest, isSession, type Row, unaffected } from "./matrixExpected.ts"

const ofSessions: Row = {
  name: "what can go wrong with sessions only",
  only: isRequest,
  faults: [
    { type: "Latency", delay: 1, each: "frame" },
    { type: "Stall", at: "frame" },
    { type: "Reset", at: "frame" },
    { type: "HalfOpen", at: "frame" },
    { type: "Close", code: 1011 },
    { type: "Duplicate" },
    { type: "Unknown" },
    { type: "Garble" }
  ],
  expected: () => unaffected
}

const ofRequests: Row = {
  name: "what can go wrong with requests only",
  only: isSession,
  faults: [
    { type: "Stall", at: "request" },
    { type: "Reset", at: "body" },
    { type: "HalfOpen", at: "body" },
    { type: "Truncate" },
    { type: "Malform" },
    { type: "Oversize", bytes: 1 }
  ],
  expected: () => unaffected
}

const ofBodies: Row = {
  name: "what can go wrong with a body that is sent",
  only: ({ hasBody }) => !hasBody,
  faults: [{ type: "Stall", at: "request" }, { type: "Reset", at: "request" }],
  expected: () => unaffected
}

export const unfitting: ReadonlyArray<Row> = [ofSessions, ofRequests, ofBodies]
