import { Redacted } from "effect"
import { Invites, Keys, Members, Projects } from "effect-deepgram"
import { type Case, future, member, project } from "./case.ts"

const key = "2e1bf047-68df-40c0-9553-f385739a6af2"

const apiKey = {
  api_key_id: key,
  comment: "batch jobs, “nightly”",
  scopes: ["member"],
  tags: ["prod"],
  created: "2026-08-13T10:20:30.123456Z",
  expiration_date: "2027-01-01T00:00:00Z",
  future
}

const owner = { member_id: member, email: "ada@example.com", first_name: "Ada" }

const done = { message: "Done.", request_id: "0198c0de-0000-7000-8000-000000000009" }

export const people: ReadonlyArray<Case> = [
  {
    operation: "Projects.list",
    run: Projects.list(),
    request: "GET /v1/projects",
    answer: { projects: [{ project_id: project, name: "A & B", company: "ACME", future }], future }
  },
  {
    operation: "Projects.get",
    run: Projects.get(project),
    request: `GET /v1/projects/${project}`,
    answer: { project_id: project, name: "A & B", mip_opt_out: false, future }
  },
  {
    operation: "Projects.update",
    run: Projects.update(project, { name: "Größe “7”" }),
    request: `PATCH /v1/projects/${project}`,
    body: `{"name":"Größe “7”"}`,
    answer: done
  },
  {
    operation: "Projects.update",
    about: "with what is undefined",
    run: Projects.update(project, { name: undefined, company: "ACME" }),
    request: `PATCH /v1/projects/${project}`,
    body: `{"company":"ACME"}`,
    answer: done
  },
  {
    operation: "Projects.delete",
    run: Projects.delete(project),
    request: `DELETE /v1/projects/${project}`,
    answer: done
  },
  {
    operation: "Projects.leave",
    run: Projects.leave(project),
    request: `DELETE /v1/projects/${project}/leave`,
    answer: done
  },
  {
    operation: "Keys.list",
    run: Keys.list(project),
    request: `GET /v1/projects/${project}/keys`,
    answer: { api_keys: [{ member: owner, api_key: apiKey, future }, { api_key: apiKey }] }
  },
  {
    operation: "Keys.list",
    about: "of a status",
    run: Keys.list(project, { status: "expired" }),
    request: `GET /v1/projects/${project}/keys?status=expired`,
    answer: { api_keys: [] }
  },
  {
    operation: "Keys.create",
    about: "for some time",
    run: Keys.create(project, { comment: "c", scopes: ["usage:write"], time_to_live_in_seconds: 3600 }),
    request: `POST /v1/projects/${project}/keys`,
    body: `{"comment":"c","scopes":["usage:write"],"time_to_live_in_seconds":3600}`,
    answer: { ...apiKey, key: "the-new-key" },
    value: { ...apiKey, key: Redacted.make("the-new-key") }
  },
  {
    operation: "Keys.create",
    about: "until a date",
    run: Keys.create(project, { comment: "c", scopes: ["member"], tags: ["a"], expiration_date: "2027-01-01" }),
    request: `POST /v1/projects/${project}/keys`,
    body: `{"comment":"c","scopes":["member"],"tags":["a"],"expiration_date":"2027-01-01"}`,
    answer: { api_key_id: key, key: "the-new-key" },
    value: { api_key_id: key, key: Redacted.make("the-new-key") }
  },
  {
    operation: "Keys.get",
    about: "as the documentation shows it",
    run: Keys.get(project, key),
    request: `GET /v1/projects/${project}/keys/${key}`,
    answer: { member: owner, api_key: apiKey, future }
  },
  {
    operation: "Keys.get",
    about: "as the specification has it",
    run: Keys.get(project, key),
    request: `GET /v1/projects/${project}/keys/${key}`,
    answer: { item: { member: { ...owner, api_key: apiKey }, future } },
    value: { member: { ...owner, api_key: apiKey }, api_key: apiKey, future }
  },
  {
    operation: "Keys.get",
    about: "with a field beside the item",
    run: Keys.get(project, key),
    request: `GET /v1/projects/${project}/keys/${key}`,
    answer: { item: { member: { ...owner, api_key: apiKey }, api_key: null }, request_id: "r", future },
    value: { member: { ...owner, api_key: apiKey }, api_key: apiKey, request_id: "r", future }
  },
  {
    operation: "Keys.get",
    about: "with a field beside the item that is the key alone",
    run: Keys.get(project, key),
    request: `GET /v1/projects/${project}/keys/${key}`,
    answer: { item: apiKey, future },
    value: { api_key: apiKey, future }
  },
  {
    operation: "Keys.get",
    about: "twice",
    run: Keys.get(project, key),
    request: `GET /v1/projects/${project}/keys/${key}`,
    answer: { member: { ...owner, api_key: { api_key_id: "another" } }, api_key: apiKey }
  },
  {
    operation: "Keys.get",
    about: "the key alone",
    run: Keys.get(project, key),
    request: `GET /v1/projects/${project}/keys/${key}`,
    answer: apiKey,
    value: { api_key: apiKey }
  },
  {
    operation: "Keys.delete",
    run: Keys.delete(project, key),
    request: `DELETE /v1/projects/${project}/keys/${key}`,
    answer: done
  },
  {
    operation: "Members.list",
    run: Members.list(project),
    request: `GET /v1/projects/${project}/members`,
    answer: { members: [{ ...owner, scopes: ["owner"], last_name: "Lovelace", future }, { member_id: member }] }
  },
  {
    operation: "Members.delete",
    run: Members.delete(project, member),
    request: `DELETE /v1/projects/${project}/members/${member}`,
    answer: done
  },
  {
    operation: "Members.listScopes",
    run: Members.listScopes(project, member),
    request: `GET /v1/projects/${project}/members/${member}/scopes`,
    answer: { scopes: ["admin", "brand:new"], future }
  },
  {
    operation: "Members.updateScopes",
    run: Members.updateScopes(project, member, { scope: "admin" }),
    request: `PUT /v1/projects/${project}/members/${member}/scopes`,
    body: `{"scope":"admin"}`,
    answer: done
  },
  {
    operation: "Invites.list",
    run: Invites.list(project),
    request: `GET /v1/projects/${project}/invites`,
    answer: { invites: [{ email: "a+b@x.com", scope: "member", future }] }
  },
  {
    operation: "Invites.create",
    run: Invites.create(project, { email: "a+b@x.com", scope: "member" }),
    request: `POST /v1/projects/${project}/invites`,
    body: `{"email":"a+b@x.com","scope":"member"}`,
    answer: done
  },
  {
    operation: "Invites.delete",
    run: Invites.delete(project, "a+b@x.com"),
    request: `DELETE /v1/projects/${project}/invites/a%2Bb%40x.com`,
    answer: done
  },
  {
    operation: "Invites.delete",
    about: "of an address that is hard to write",
    run: Invites.delete(project, `o'b/r%ï?n#&;=@münchen.example`),
    request: `DELETE /v1/projects/${project}/invites/o'b%2Fr%25%C3%AF%3Fn%23%26%3B%3D%40m%C3%BCnchen.example`,
    answer: done
  }
]
