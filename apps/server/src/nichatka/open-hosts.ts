import { type Environment, toConfig } from '@veche/service-kit'
import { hostsFileOf, nichatkaSettings, OperatorHosts } from '@veche/service-nichatka/hosts'
import { readSettings, toServerConfig } from '../server-config.ts'
import { services } from '../services.ts'

/** The hosts of the Nichatka that these settings run; asks no server. @throws ConfigError */
export async function openHosts(env: Environment): Promise<OperatorHosts> {
  const raw = await readSettings(env, services)
  const { dataFolder } = toServerConfig(raw, services)
  return new OperatorHosts(hostsFileOf(toConfig(nichatkaSettings, raw), dataFolder))
}
