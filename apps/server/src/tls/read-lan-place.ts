import { type Environment, localAddresses, localNameOf, readAuthorityFile } from '@veche/service-kit'
import { readServerConfig } from '../server-config.ts'
import { services } from '../services.ts'
import { authorityFileOf, type LanPlace, lanPlaceOf } from './lan.ts'

/**
 * The same that the server tells at its start, from its settings and its data folder; asks no server. Undefined where it has no
 * authority of its own, or has not been started with it yet.
 * @throws ConfigError, DecodeError, what the file system throws
 */
export async function readLanPlace(env: Environment): Promise<LanPlace | undefined> {
  const config = await readServerConfig(env, services)
  if (config.tls?.kind !== 'lan') return undefined
  const found = await readAuthorityFile(authorityFileOf(config))
  const { listen, mdns, port } = config
  const [hostName = localNameOf()] = mdns ? [] : localAddresses(listen)
  return found && lanPlaceOf(config, { authority: found.cert, port, hostName })
}
