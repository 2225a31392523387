/** What all peers say to the server. */

/** Looks like a key. */
export const apiKey = "0123456789abcdef0123456789abcdef01234567"

/** For peers that make the head of their requests themselves. */
export const authorization = `Token ${apiKey}`

/** The recording that is transcribed. */
export const recordingUrl = "https://dpgr.am/spacewalk.wav"

/** How it is transcribed. */
export const recognition = { model: "nova-3", smart_format: true, diarize: true } as const

/** The same for peers that make their URLs themselves. */
export const listenPath = "/v1/listen?model=nova-3&smart_format=true&diarize=true"

/** What is spoken. */
export const speechText = "Hello, world!"

/** Who speaks. */
export const voice = "aura-2-thalia-en"

/** For peers that make their URLs themselves. */
export const speakPath = `/v1/speak?model=${voice}`

/** Bytes that are read of a file at a time. */
export const fileChunk = 262_144
