/**
 * Nichatka under load: requests per second, latencies, and the CPU that the service and PostgreSQL spend together, for
 * ordinary users and for one with very many messages, in databases of several sizes; and the same asked of a plain Django
 * project over the same database, scenario by scenario in turns, so that whatever else the machine does meets both.
 */
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { arePinned, generatorCore } from './cores.ts'
import { DjangoPeer } from './django-peer.ts'
import { HttpLoader } from './http-loader.ts'
import { fillSite } from './nichatka-fill.ts'
import { type Comparison, compare, type Measured, warmUp } from './nichatka-measurement.ts'
import { heavyScenarios, usualScenarios } from './nichatka-scenarios.ts'
import { NichatkaSite } from './nichatka-site.ts'
import { TokenSigner } from './nichatka-token.ts'

const defaultSizes = '1000,100000'

/**
 * BENCH_NICHATKA_MESSAGES: how many messages, several with commas between; BENCH_NICHATKA_DATA: a folder that is kept,
 * and not filled again; BENCH_NICHATKA_ONLY: parts of the names of scenarios, with commas between; BENCH_NICHATKA_ALONE: anything,
 * to leave the peer out.
 * @param folder an empty one
 */
export async function measureNichatka(folder: string): Promise<object> {
  const results: Record<string, object> = { conditions: { arePinned, loadAverage: loadavg() } }
  for (const size of (process.env.BENCH_NICHATKA_MESSAGES ?? defaultSizes).split(',').map(Number)) {
    const data = join(process.env.BENCH_NICHATKA_DATA ?? folder, String(size))
    results[`${size} messages`] = await measureSize(data, size)
  }
  return results
}

async function measureSize(data: string, messages: number): Promise<Record<string, Comparison>> {
  const signer = new TokenSigner()
  await using site = await NichatkaSite.start(data, signer)
  const filled = await fillSite(site, messages)
  const isAlone = (process.env.BENCH_NICHATKA_ALONE ?? '') !== ''
  await using peer = isAlone ? undefined : await DjangoPeer.start(site, signer)
  if (!isAlone && peer === undefined) {
    console.log('no Django or gunicorn here: Nichatka is measured alone')
  }
  using load = new HttpLoader(generatorCore)
  const { deliveries, heavyDeliveries } = filled
  console.log(`${messages} messages, ${deliveries} deliveries, ${heavyDeliveries} of them of the heavy user`)
  const chosen = (process.env.BENCH_NICHATKA_ONLY ?? '').split(',')
  const compared: Record<string, Comparison> = {}
  await warmUp({ site, peer, load, signer, filled })
  // In a small database nobody has very many.
  const isHeavy = heavyDeliveries >= 10_000
  for (const scenario of [...usualScenarios(), ...(isHeavy ? heavyScenarios(filled) : [])]) {
    if (!chosen.some((part) => scenario.name.includes(part))) continue
    const comparison = await compare(scenario, { site, peer, load, signer, filled })
    compared[scenario.name] = comparison
    console.log(scenario.name.padEnd(30), describe(comparison))
  }
  return compared
}

function describe({ nichatka, django, cpuRatio }: Comparison): string {
  const other = django && `; Django ${describeOne(django)}; ${cpuRatio?.toFixed(1)} ×`
  return describeOne(nichatka) + (other ?? '')
}

function describeOne({ perSecond, p50Ms, p99Ms, cpuSecondsPer1000, postgresShare, kibPerAnswer }: Measured) {
  const cpu = `${cpuSecondsPer1000.toFixed(3)} CPU s (${Math.round(postgresShare * 100)} % PostgreSQL)`
  return `${perSecond.median.toFixed(0)}/s ${p50Ms.toFixed(1)}/${p99Ms.toFixed(1)} ms ${cpu} ${kibPerAnswer.toFixed(1)} KiB`
}
