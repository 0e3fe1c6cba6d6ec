/** Where the listener's certificate comes from: files, the local network's own authority, or one of the internet. */
import { X509Certificate } from 'node:crypto'

/** What a listener proves itself by, PEM: the certificate, then those that lead to a root; and its key. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Renews by itself until it is disposed. */
export interface TlsSource extends Disposable {
  /** The one in force. */
  readonly pair: KeyPair
  /** The name of a host that links carry where nobody has set one; undefined where the certificate has none. */
  readonly hostName: string | undefined
  /** Calls back with each pair that takes the place of the one before. */
  onRenewed(take: (pair: KeyPair) => void): void
}

/** The first name of a host that the certificate is for; undefined where it has none. */
export function hostNameOf(cert: string): string | undefined {
  const { subjectAltName = '' } = new X509Certificate(cert)
  return /(?:^|, )DNS:([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?:,|$)/i.exec(subjectAltName)?.[1]
}
