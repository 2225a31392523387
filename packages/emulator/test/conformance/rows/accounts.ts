import { assert } from "@effect/vitest"
import { dig, listAt, textAt } from "../plain.ts"
import type { Rows } from "../support.ts"

const at = (project: string) => `/v1/projects/${project}`

/** The status of a refusal. */
const refusalOf = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(() => "no refusal", (error: unknown) => dig(error, "statusCode"))

/** The id of the member with an address. */
const memberIn = (answer: unknown, email: string): string =>
  textAt(listAt(answer, "members").find((member) => dig(member, "email") === email), "member_id")

const owner = "owner@emulator.invalid"

export const accounts: Rows = {
  "Projects.list": {
    official: async (sdk, { project }) => {
      const { projects = [] } = await sdk.manage.v1.projects.list()
      assert.deepStrictEqual(projects.map(({ project_id }) => project_id), [project])
    },
    plain: async (http, { project }) => {
      assert.strictEqual(dig(await http.json("GET", "/v1/projects"), "projects", 0, "project_id"), project)
    }
  },
  "Projects.get": {
    official: async (sdk, { project }) => {
      assert.strictEqual((await sdk.manage.v1.projects.get(project)).project_id, project)
    },
    plain: async (http, { project }) => {
      assert.strictEqual(dig(await http.json("GET", at(project)), "project_id"), project)
      assert.strictEqual((await http.send("GET", at("nobody"))).status, 404)
    }
  },
  "Projects.update": {
    official: async (sdk, { project }) => {
      const { message } = await sdk.manage.v1.projects.update(project, { name: "By the vendor's SDK" })
      assert.isString(message)
      assert.strictEqual((await sdk.manage.v1.projects.get(project)).name, "By the vendor's SDK")
    },
    plain: async (http, { project }) => {
      await http.json("PATCH", at(project), { name: "By curl" })
      assert.strictEqual(dig(await http.json("GET", at(project)), "name"), "By curl")
    }
  },
  "Projects.delete": {
    alone: true,
    official: async (sdk, { project }) => {
      await sdk.manage.v1.projects.delete(project)
      assert.oneOf(await refusalOf(sdk.manage.v1.projects.get(project)), [401, 404])
    },
    plain: async (http, { project }) => {
      await http.json("DELETE", at(project))
      assert.oneOf((await http.send("GET", at(project))).status, [401, 404])
    }
  },
  "Projects.leave": {
    official: async (sdk, { another, join, project }) => {
      await sdk.manage.v1.projects.members.invites.create(project, { email: "leaver@example.com", scope: "member" })
      await another({ apiKey: await join("leaver@example.com") }).manage.v1.projects.leave(project)
      await sdk.manage.v1.projects.members.list(project).then(({ members = [] }) =>
        assert.notInclude(members.map(({ email }) => email), "leaver@example.com")
      )
    },
    plain: async (http, { join, project }) => {
      await http.json("POST", `${at(project)}/invites`, { email: "guest@example.com", scope: "member" })
      const guest = http.as(`Token ${await join("guest@example.com")}`)
      await guest.json("DELETE", `${at(project)}/leave`)
      assert.lengthOf(
        listAt(await http.json("GET", `${at(project)}/members`), "members").filter((member) =>
          dig(member, "email") === "guest@example.com"
        ),
        0
      )
    }
  },
  "Keys.create": {
    official: async (sdk, { another, project }) => {
      const made = await sdk.manage.v1.projects.keys.create(project, {
        comment: "vendor",
        scopes: ["member"],
        expiration_date: "2999-01-01T00:00:00Z"
      })
      assert.strictEqual(made.comment, "vendor")
      const { projects = [] } = await another({ apiKey: textAt(made, "key") }).manage.v1.projects.list()
      assert.strictEqual(projects[0]?.project_id, project)
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `${at(project)}/keys`, {
        comment: "curl",
        scopes: ["usage:write"],
        time_to_live_in_seconds: 60
      })
      assert.isString(dig(made, "created"))
      const models = await http.as(`Token ${textAt(made, "key")}`).send("GET", `${at(project)}/models`)
      assert.notStrictEqual(models.status, 401)
    }
  },
  "Keys.list": {
    official: async (sdk, { project }) => {
      const made = await sdk.manage.v1.projects.keys.create(project, { comment: "listed", scopes: ["member"] })
      const { api_keys = [] } = await sdk.manage.v1.projects.keys.list(project, { status: "active" })
      assert.include(api_keys.map(({ api_key }) => api_key?.api_key_id), textAt(made, "api_key_id"))
    },
    plain: async (http, { project }) => {
      const keys = listAt(await http.json("GET", `${at(project)}/keys`), "api_keys")
      assert.deepInclude(keys.map((key) => dig(key, "member", "email")), owner)
    }
  },
  "Keys.get": {
    note:
      "@deepgram/sdk: types it `{ item: { member: { api_key } } }`, as the specification does; recorded answers have no `item`, so that the fields are there untyped",
    official: async (sdk, { project }) => {
      const made = await sdk.manage.v1.projects.keys.create(project, { comment: "got", scopes: ["member"] })
      const found = await sdk.manage.v1.projects.keys.get(project, textAt(made, "api_key_id"))
      assert.deepStrictEqual(
        [dig(found, "item"), dig(found, "api_key", "comment"), dig(found, "member", "email")],
        [undefined, "got", owner]
      )
    },
    plain: async (http, { project }) => {
      const [first] = listAt(await http.json("GET", `${at(project)}/keys`), "api_keys")
      const found = await http.json("GET", `${at(project)}/keys/${textAt(first, "api_key", "api_key_id")}`)
      assert.deepStrictEqual(dig(found, "api_key", "api_key_id"), dig(first, "api_key", "api_key_id"))
    }
  },
  "Keys.delete": {
    official: async (sdk, { another, project }) => {
      const made = await sdk.manage.v1.projects.keys.create(project, { comment: "gone", scopes: ["member"] })
      await sdk.manage.v1.projects.keys.delete(project, textAt(made, "api_key_id"))
      assert.strictEqual(await refusalOf(another({ apiKey: textAt(made, "key") }).manage.v1.projects.list()), 401)
    },
    plain: async (http, { project }) => {
      const made = await http.json("POST", `${at(project)}/keys`, { comment: "gone", scopes: ["member"] })
      await http.json("DELETE", `${at(project)}/keys/${textAt(made, "api_key_id")}`)
      const refused = await http.as(`Token ${textAt(made, "key")}`).send("GET", "/v1/projects")
      assert.deepStrictEqual([refused.status, dig(refused.json, "err_code")], [401, "INVALID_AUTH"])
    }
  },
  "Members.list": {
    official: async (sdk, { project }) => {
      const { members = [] } = await sdk.manage.v1.projects.members.list(project)
      assert.include(members[0]?.scopes ?? [], "owner")
    },
    plain: async (http, { project }) => {
      assert.isString(memberIn(await http.json("GET", `${at(project)}/members`), owner))
    }
  },
  "Members.listScopes": {
    official: async (sdk, { project }) => {
      const { members = [] } = await sdk.manage.v1.projects.members.list(project)
      const { scopes } = await sdk.manage.v1.projects.members.scopes.list(project, members[0]?.member_id ?? "")
      assert.deepStrictEqual(scopes, members[0]?.scopes)
    },
    plain: async (http, { project }) => {
      const member = memberIn(await http.json("GET", `${at(project)}/members`), owner)
      const answer = await http.json("GET", `${at(project)}/members/${member}/scopes`)
      assert.include(listAt(answer, "scopes"), "owner")
    }
  },
  "Members.updateScopes": {
    official: async (sdk, { join, project }) => {
      const { members } = sdk.manage.v1.projects
      await members.invites.create(project, { email: "promoted@example.com", scope: "member" })
      await join("promoted@example.com")
      const id = memberIn(await members.list(project), "promoted@example.com")
      await members.scopes.update(project, id, { scope: "admin" })
      assert.deepStrictEqual((await members.scopes.list(project, id)).scopes, ["admin"])
    },
    plain: async (http, { join, project }) => {
      await http.json("POST", `${at(project)}/invites`, { email: "raised@example.com", scope: "member" })
      await join("raised@example.com")
      const id = memberIn(await http.json("GET", `${at(project)}/members`), "raised@example.com")
      await http.json("PUT", `${at(project)}/members/${id}/scopes`, { scope: "admin" })
      const answer = await http.json("GET", `${at(project)}/members/${id}/scopes`)
      assert.deepStrictEqual(listAt(answer, "scopes"), ["admin"])
    }
  },
  "Members.delete": {
    official: async (sdk, { join, project }) => {
      const { members } = sdk.manage.v1.projects
      await members.invites.create(project, { email: "removed@example.com", scope: "member" })
      await join("removed@example.com")
      await members.delete(project, memberIn(await members.list(project), "removed@example.com"))
      assert.notInclude((await members.list(project)).members?.map(({ email }) => email) ?? [], "removed@example.com")
    },
    plain: async (http, { join, project }) => {
      await http.json("POST", `${at(project)}/invites`, { email: "out@example.com", scope: "member" })
      const key = await join("out@example.com")
      const id = memberIn(await http.json("GET", `${at(project)}/members`), "out@example.com")
      await http.json("DELETE", `${at(project)}/members/${id}`)
      assert.strictEqual((await http.as(`Token ${key}`).send("GET", at(project))).status, 401)
    }
  },
  "Invites.list": {
    official: async (sdk, { project }) => {
      const { invites } = sdk.manage.v1.projects.members
      await invites.create(project, { email: "one+list@example.com", scope: "member" })
      const { invites: found = [] } = await invites.list(project)
      assert.deepInclude(found, { email: "one+list@example.com", scope: "member" })
    },
    plain: async (http, { project }) => {
      await http.json("POST", `${at(project)}/invites`, { email: "two@example.com", scope: "admin" })
      const found = listAt(await http.json("GET", `${at(project)}/invites`), "invites")
      assert.deepInclude(found, { email: "two@example.com", scope: "admin" })
    }
  },
  "Invites.create": {
    official: async (sdk, { join, project }) => {
      await sdk.manage.v1.projects.members.invites.create(project, { email: "comes@example.com", scope: "member" })
      await join("comes@example.com")
      assert.isString(memberIn(await sdk.manage.v1.projects.members.list(project), "comes@example.com"))
    },
    plain: async (http, { join, project }) => {
      await http.json("POST", `${at(project)}/invites`, { email: "came@example.com", scope: "member" })
      const key = await join("came@example.com")
      assert.strictEqual(
        dig(await http.as(`Token ${key}`).json("GET", "/v1/projects"), "projects", 0, "project_id"),
        project
      )
    }
  },
  "Invites.delete": {
    official: async (sdk, { project }) => {
      const { invites } = sdk.manage.v1.projects.members
      await invites.create(project, { email: "a+b@example.com", scope: "member" })
      await invites.delete(project, "a+b@example.com")
      assert.notInclude((await invites.list(project)).invites?.map(({ email }) => email) ?? [], "a+b@example.com")
    },
    plain: async (http, { project }) => {
      await http.json("POST", `${at(project)}/invites`, { email: "c+d@example.com", scope: "member" })
      await http.json("DELETE", `${at(project)}/invites/${encodeURIComponent("c+d@example.com")}`)
      const found = listAt(await http.json("GET", `${at(project)}/invites`), "invites")
      assert.notInclude(found.map((invite) => dig(invite, "email")), "c+d@example.com")
    }
  },
  "SelfHosted.list": {
    official: async (sdk, { project }) => {
      const { distributionCredentials } = sdk.selfHosted.v1
      const made = await distributionCredentials.create(project, { comment: "listed" })
      assert.deepInclude((await distributionCredentials.list(project)).distribution_credentials ?? [], made)
    },
    plain: async (http, { project }) => {
      const path = `${at(project)}/self-hosted/distribution/credentials`
      const made = await http.json("POST", path, {})
      assert.deepInclude(listAt(await http.json("GET", path), "distribution_credentials"), made)
    }
  },
  "SelfHosted.create": {
    official: async (sdk, { project }) => {
      const { distribution_credentials, member } = await sdk.selfHosted.v1.distributionCredentials.create(project, {
        comment: "cluster",
        scopes: ["self-hosted:product:api", "self-hosted:product:engine"],
        provider: "quay"
      })
      assert.deepInclude(distribution_credentials, {
        comment: "cluster",
        scopes: ["self-hosted:product:api", "self-hosted:product:engine"]
      })
      assert.strictEqual(member.email, owner)
    },
    plain: async (http, { project }) => {
      const made = await http.json(
        "POST",
        `${at(project)}/self-hosted/distribution/credentials?scopes=self-hosted:product:api&provider=quay`,
        { comment: "curl" }
      )
      assert.deepInclude(dig(made, "distribution_credentials"), {
        comment: "curl",
        scopes: ["self-hosted:product:api"]
      })
    }
  },
  "SelfHosted.get": {
    official: async (sdk, { project }) => {
      const { distributionCredentials } = sdk.selfHosted.v1
      const made = await distributionCredentials.create(project)
      const id = made.distribution_credentials.distribution_credentials_id
      assert.deepStrictEqual(await distributionCredentials.get(project, id), made)
    },
    plain: async (http, { project }) => {
      const path = `${at(project)}/self-hosted/distribution/credentials`
      const made = await http.json("POST", path, {})
      const id = textAt(made, "distribution_credentials", "distribution_credentials_id")
      assert.deepStrictEqual(await http.json("GET", `${path}/${id}`), made)
    }
  },
  "SelfHosted.delete": {
    official: async (sdk, { project }) => {
      const { distributionCredentials } = sdk.selfHosted.v1
      const made = await distributionCredentials.create(project)
      const id = made.distribution_credentials.distribution_credentials_id
      // What is deleted comes back (trap 19).
      assert.deepStrictEqual(await distributionCredentials.delete(project, id), made)
      assert.strictEqual(await refusalOf(distributionCredentials.get(project, id)), 404)
    },
    plain: async (http, { project }) => {
      const path = `${at(project)}/self-hosted/distribution/credentials`
      const made = await http.json("POST", path, {})
      const id = textAt(made, "distribution_credentials", "distribution_credentials_id")
      assert.deepStrictEqual(await http.json("DELETE", `${path}/${id}`), made)
      assert.strictEqual((await http.send("GET", `${path}/${id}`)).status, 404)
    }
  }
}
