/** What a client must know of a server before it gives it anything, checked: its identity signs its OPAQUE key. */
import { DecodeError, isSignedBy, labelled, utf8 } from '@veche/protocol'
import { type AccountsClient, RefusedError } from '@veche/sync'
import { OPAQUE_VERSION } from './opaque.ts'

export interface TrustedServer {
  /** 32 bytes; pinned. */
  readonly identityKey: Uint8Array
  readonly opaquePublicKey: string
  /** The server's clock, milliseconds since 1970. */
  readonly timeMs: number
}

/** @throws DecodeError, RefusedError `opaque_version`, UnreachableError */
export async function askServer(accounts: Pick<AccountsClient, 'getServer'>): Promise<TrustedServer> {
  const asked = await accounts.getServer({})
  const { identityKey, opaqueVersion, opaquePublicKey, opaqueKeySignature } = asked
  if (opaqueVersion !== OPAQUE_VERSION) throw new RefusedError('opaque_version')
  const version = new Uint8Array(4)
  new DataView(version.buffer).setUint32(0, opaqueVersion)
  const content = labelled('veche server key v1', version, utf8(opaquePublicKey))
  if (!(await isSignedBy(identityKey, content, opaqueKeySignature))) {
    throw new DecodeError('server: its OPAQUE key is not signed by its identity')
  }
  return { identityKey, opaquePublicKey, timeMs: Number(asked.timeMs) }
}
