import type { KeyObject } from 'node:crypto'

/** A system that has taken Nichatka in, as the one who runs the service has set it up. */
export interface Host {
  /** What a token names as its audience. */
  readonly name: string
  /** Tells whether the host's server made a token. */
  readonly key: HostKey
  /** Of its pages, e.g. `https://tasks.example`: none but these may read an answer in a browser. */
  readonly origins: readonly string[]
  /** Whether changes may come as GET (N18, attack C5). */
  readonly allowsGetChanges: boolean
}

/** Of one kind for a host: a token does not say by which it was signed (attack C4). */
export type HostKey =
  | { readonly kind: 'hmac-sha256'; readonly secret: Uint8Array }
  | { readonly kind: 'ed25519'; readonly publicKey: KeyObject }
