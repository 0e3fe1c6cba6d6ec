import { join, resolve } from 'node:path'
import { integerSetting, pathSetting, type Settings } from '@veche/service-kit'

/** The options of Nichatka. */
export const nichatkaSettings = {
  hosts: pathSetting({
    env: 'VECHE_NICHATKA_HOSTS',
    default: undefined,
    description:
      'The file of the systems that use Nichatka, with their keys. nichatka/hosts.json in the data folder if not set; ' +
      '“veche nichatka host add” makes it.',
  }),
  rate: integerSetting({
    env: 'VECHE_NICHATKA_RATE',
    default: 20,
    min: 0,
    max: 10_000,
    unit: 'requests per second',
    description:
      'How often one user of a host may ask, ten times as much at once; a tenth of it for messages sent and groups changed. 0 is no limit.',
  }),
} as const

/** The file of the hosts, absolute. */
export function hostsFileOf({ hosts }: Settings<typeof nichatkaSettings>, dataFolder: string): string {
  return hosts === undefined ? join(dataFolder, 'nichatka', 'hosts.json') : resolve(hosts)
}
