export * as NodeAudio from "./NodeAudio.ts"
export * as NodeDeepgram from "./NodeDeepgram.ts"
