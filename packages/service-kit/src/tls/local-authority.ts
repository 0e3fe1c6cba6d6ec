/**
 * A certificate authority for a local network. It can make certificates for the names that it was made for and for addresses
 * of such networks alone (RFC 5280 section 4.2.1.10): who trusts it trusts it with no site of the internet.
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import { isLocalAddress, localNetworks } from './lan-hosts.ts'
import type { KeyPair } from './tls-source.ts'

const dayMs = 86_400_000
/** Ten years: it is trusted by hand, once on each device. */
const authorityDays = 3650
/** Less than the 398 days that browsers take of any certificate; made anew long before it ends. */
const certificateDays = 90
/** No name of a host: else it would be held to the authority's bounds for names. */
const subjectName = 'Veche server'
const commonName = '2.5.4.3'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'

/**
 * @param name as people see it among what their device trusts
 * @param hosts the names that it may certify, with all below each; addresses of local networks it may anyway
 */
export function newAuthority(name: string, hosts: readonly string[], nowMs: number): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign), true),
    extension(id_ce_nameConstraints, constraints(hosts), true),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdOf(spki))),
  ]
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const named = nameOf(name)
  const cert = certify({ spki, subject: named, issuer: named, key, extensions, nowMs, days: authorityDays })
  return { cert, key }
}

/** @param hosts names and addresses; who connects by one that the authority was not made for refuses the certificate */
export function issueCertificate(authority: KeyPair, hosts: readonly string[], nowMs: number): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const issuer = new X509Certificate(authority.cert)
  const issuerId = new KeyIdentifier(keyIdOf(issuer.publicKey.export({ type: 'spki', format: 'der' })))
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints(), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(hosts.map(hostName))),
    extension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: issuerId })),
  ]
  const cert = certify({
    spki,
    subject: nameOf(subjectName),
    issuer: AsnConvert.parse(issuer.raw, Certificate).tbsCertificate.subject,
    key: authority.key,
    extensions,
    nowMs,
    days: certificateDays,
  })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert: cert + authority.cert, key }
}

/** Whether a certificate of this authority for the host is taken by who trusts it. @param cert PEM */
export function mayCertify(cert: string, host: string): boolean {
  if (isIP(host) !== 0) return isLocalAddress(host)
  const { extensions = [] } = AsnConvert.parse(new X509Certificate(cert).raw, Certificate).tbsCertificate
  const { extnValue } = extensions.find(({ extnID }) => extnID === id_ce_nameConstraints) ?? {}
  if (extnValue === undefined) return false
  const { permittedSubtrees = [] } = AsnConvert.parse(extnValue.buffer, NameConstraints)
  return [...permittedSubtrees].some(
    ({ base: { dNSName } }) => dNSName !== undefined && (host === dNSName || host.endsWith(`.${dNSName}`)),
  )
}

interface Statement {
  readonly spki: Buffer
  readonly subject: Name
  readonly issuer: Name
  /** Of the issuer. */
  readonly key: string
  readonly extensions: readonly Extension[]
  readonly nowMs: number
  readonly days: number
}

/** From an hour ago: clocks of a local network differ. */
function certify({ spki, subject, issuer, key, extensions, nowMs, days }: Statement): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer,
    validity: new Validity({
      notBefore: new Date(nowMs - 3_600_000),
      notAfter: new Date(nowMs + days * dayMs),
    }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  })
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate))
  const signature = sign('sha256', signed, createPrivateKey(key))
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: Uint8Array.from(signature).buffer,
  })
  return pem(Buffer.from(AsnConvert.serialize(certificate)))
}

/** 16 random bytes, positive. */
function serialNumber(): ArrayBuffer {
  const bytes = Uint8Array.from(randomBytes(16))
  bytes[0]! &= 0x7f
  bytes[0]! |= 0x40
  return bytes.buffer
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

function constraints(hosts: readonly string[]): NameConstraints {
  const names = hosts.map((dNSName) => new GeneralName({ dNSName }))
  const networks = localNetworks.map((iPAddress) => new GeneralName({ iPAddress }))
  const subtrees = [...names, ...networks].map((base) => new GeneralSubtree({ base }))
  return new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) })
}

function hostName(host: string): GeneralName {
  return new GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host })
}

function nameOf(text: string): Name {
  const value = new AttributeValue({ utf8String: text })
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])])
}

function keyIdOf(spki: Buffer): ArrayBuffer {
  return Uint8Array.from(createHash('sha256').update(spki).digest().subarray(0, 20)).buffer
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`
}
