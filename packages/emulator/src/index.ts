export * as Emulator from "./Emulator.ts"
export * as Recognizer from "./Recognizer.ts"
export * as Recording from "./Recording.ts"
export * as Synthesizer from "./Synthesizer.ts"
