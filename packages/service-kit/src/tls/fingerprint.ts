/** A certificate in few enough characters to be compared by eye. */
import { X509Certificate } from 'node:crypto'

/** SHA-256 of the certificate, 64 hexadecimal digits. @param cert PEM */
export function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()
}

/** In sixteen groups of four, four groups on each line. */
export function fingerprintLines(fingerprint: string): string[] {
  const groups = fingerprint.toUpperCase().match(/.{1,4}/g) ?? []
  return groups.flatMap((_, index) => (index % 4 === 0 ? [groups.slice(index, index + 4).join(' ')] : []))
}
