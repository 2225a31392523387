/** `agent.v1`: voice agents. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { openEnum } from "./schemas.ts"

/** Who runs models that think for agents. */
export const ThinkProvider = openEnum(["open_ai", "anthropic", "google", "groq", "aws_bedrock", "nvidia"])

/** A model that thinks for agents. */
export class ThinkModel extends Schema.Opaque<ThinkModel>()(Schema.Struct({
  /** As Settings name it, for example `gpt-5-mini`. An open set. */
  id: Schema.String,
  /** As people call it. */
  name: Schema.optionalKey(Schema.String),
  /** As Settings name it. */
  provider: Schema.optionalKey(ThinkProvider)
})) {}

/** The models that agents can think with. */
export class ThinkModelList extends Schema.Opaque<ThinkModelList>()(Schema.Struct({
  models: Schema.Array(ThinkModel)
})) {}

export const listThinkModels = Endpoint.get("listThinkModels", "/v1/agent/settings/think/models", {
  success: [ThinkModelList]
})
