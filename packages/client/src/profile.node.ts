/** A profile in a folder: lock, files, key and transport, put together into a client. */
import { lockProfile, NodeFiles, openProfileKey } from '@veche/history/node'
import { DecodeError } from '@veche/protocol'
import { type Client, openClient } from './client.ts'
import { DamagedError } from './errors.ts'
import { connectFromNode, type NodeTransport } from './transport.node.ts'

export type OpenedProfile =
  | { readonly kind: 'open'; readonly client: Client }
  /** Another process has it. */
  | { readonly kind: 'busy' }

/**
 * Opens the profile in `dir`, which is made when there is none. Closing the client gives it free.
 * @param server URL; the account's own by default
 * @throws DamagedError; EngineError; what the file system throws
 */
export async function openProfile(dir: string, { server }: { server?: string } = {}): Promise<OpenedProfile> {
  const lock = lockProfile(dir)
  if (lock.kind === 'busy') return lock
  const transports: NodeTransport[] = []
  const release = () => {
    for (const { close } of transports) close()
    lock.release()
  }
  try {
    const client = await openClient({
      files: new NodeFiles(dir),
      profileKey: await openKey(dir),
      connectTo: (url) => {
        const made = connectFromNode(url)
        transports.push(made)
        return made.transport
      },
      ...(server !== undefined && { server }),
      onClosed: release,
    })
    return { kind: 'open', client }
  } catch (error) {
    release()
    throw error
  }
}

async function openKey(dir: string) {
  try {
    return await openProfileKey(dir)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new DamagedError('the profile key is damaged', { cause })
    throw cause
  }
}
