/** How speech is refused: with the codes and, where they are known, in the words of Deepgram. */
import { VendorError } from "../vendorError.ts"

const refuse = (err_code: string) => (err_msg: string) => new VendorError({ status: 400, err_code, err_msg })

export const unsupportedAudioFormat = (reason: string): VendorError =>
  refuse("UNSUPPORTED_AUDIO_FORMAT")(`Unsupported audio format: ${reason}.`)

export const speedOutOfRange = refuse("SPEED_OUT_OF_RANGE")
export const speedIncrementInvalid = refuse("SPEED_INCREMENT_INVALID")
export const speedNotSupported = refuse("SPEED_NOT_SUPPORTED")
export const expressivityOutOfRange = refuse("EXPRESSIVITY_OUT_OF_RANGE")
export const expressivityIncrementInvalid = refuse("EXPRESSIVITY_INCREMENT_INVALID")

export const auraModelOnV2 = refuse("V1_MODEL_ON_V2_SPEAK_ENDPOINT")(
  "Only flux models are supported on the `/v2/speak` endpoint. Please use the `/v1/speak` endpoint for Aura " +
    "text-to-speech requests."
)
export const fluxModelOnV1 = refuse("V2_MODEL_ON_V1_SPEAK_ENDPOINT")(
  "Flux models are not supported on the `/v1/speak` endpoint. Please use the `/v2/speak` endpoint for Flux " +
    "text-to-speech requests."
)

export const breakSyntaxInvalid = refuse("BREAK_SYNTAX_INVALID")
export const breakOutOfRange = refuse("BREAK_OUT_OF_RANGE")
export const breakIncrementInvalid = refuse("BREAK_INCREMENT_INVALID")
export const breaksLimitExceeded = refuse("BREAKS_LIMIT_EXCEEDED")
export const pronunciationTooLong = refuse("PRONUNCIATION_TOO_LONG")
export const pronunciationsLimitExceeded = refuse("PRONUNCIATIONS_LIMIT_EXCEEDED")
export const controlCombinationInvalid = refuse("CONTROL_COMBINATION_INVALID")
export const pauseSpeedCapExceeded = refuse("PAUSE_SPEED_CAP_EXCEEDED")

export const tooManyCharacters = (limit: number): VendorError =>
  new VendorError({
    status: 413,
    err_code: "Payload Too Large",
    err_msg: `Input text exceeds maximum character limit of ${limit}.`
  })
export const unprocessable = new VendorError({
  status: 422,
  err_code: "UNPROCESSABLE_ENTITY",
  err_msg: "Failed to handle request."
})
