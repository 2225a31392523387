/** Certificates for the tests, made on the spot: nothing expires, nothing secret is checked in, no tool is needed. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto"
import { isIPv4 } from "node:net"
import * as Der from "./der.ts"

/** A certificate and its private key, as PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** Whoever is trusted: issues certificates. */
export interface Authority {
  /** The authority's own certificate, as PEM. */
  readonly ca: string
  /** A certificate for host names and IPv4 addresses; without any, one for a client. */
  readonly issue: (name: string, hosts?: ReadonlyArray<string>) => Identity
}

const ecdsaWithSha256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"))

const distinguishedName = (commonName: string) =>
  Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.text(commonName))))

const validity = Der.sequence(Der.time("200101000000Z"), Der.time("491231235959Z"))

const basicConstraints = Der.sequence(Der.oid("2.5.29.19"), Der.yes, Der.octets(Der.sequence(Der.yes)))

const subjectAltName = (hosts: ReadonlyArray<string>) =>
  Der.sequence(
    Der.oid("2.5.29.17"),
    Der.octets(Der.sequence(...hosts.map((host) =>
      isIPv4(host)
        ? Der.element(0x87, Buffer.from(host.split(".").map(Number)))
        : Der.element(0x82, Buffer.from(host))
    )))
  )

const pem = (der: Buffer): string =>
  ["-----BEGIN CERTIFICATE-----", ...der.toString("base64").match(/.{1,64}/g) ?? [], "-----END CERTIFICATE-----", ""]
    .join("\n")

const keyPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" })

const certificate = (options: {
  readonly issuer: string
  readonly subject: string
  readonly publicKey: KeyObject
  readonly signedWith: KeyObject
  readonly extensions: ReadonlyArray<Buffer>
}): string => {
  const { extensions, issuer, publicKey, signedWith, subject } = options
  const content = Der.sequence(
    Der.element(0xa0, Der.integer(2)),
    Der.integer(1, ...randomBytes(8)),
    ecdsaWithSha256,
    distinguishedName(issuer),
    validity,
    distinguishedName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    ...extensions.length === 0 ? [] : [Der.element(0xa3, Der.sequence(...extensions))]
  )
  return pem(Der.sequence(content, ecdsaWithSha256, Der.bits(sign("sha256", content, signedWith))))
}

/** Makes an authority that nobody trusts yet. */
export const makeAuthority = (name: string): Authority => {
  const own = keyPair()
  const issue: Authority["issue"] = (subject, hosts = []) => {
    const { privateKey, publicKey } = keyPair()
    return {
      cert: certificate({
        issuer: name,
        subject,
        publicKey,
        signedWith: own.privateKey,
        extensions: hosts.length === 0 ? [] : [subjectAltName(hosts)]
      }),
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString()
    }
  }
  return {
    ca: certificate({
      issuer: name,
      subject: name,
      publicKey: own.publicKey,
      signedWith: own.privateKey,
      extensions: [basicConstraints]
    }),
    issue
  }
}
