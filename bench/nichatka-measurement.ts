/** One scenario after another, asked of Nichatka and then of its peer. */
import type { DjangoPeer } from './django-peer.ts'
import type { HttpLoadAnswer, HttpLoadTask } from './http-load-task.ts'
import type { HttpLoader } from './http-loader.ts'
import type { Filled } from './nichatka-fill.ts'
import { makeRequests, type Target } from './nichatka-requests.ts'
import { panel, type Scenario } from './nichatka-scenarios.ts'
import type { NichatkaSite } from './nichatka-site.ts'
import type { TokenSigner } from './nichatka-token.ts'
import { cpuSeconds } from './process-cost.ts'
import { quantile, type Summary, summarize } from './statistics.ts'

const RUNS = 5
const RUN_MS = 400
const WARM_UP_MS = 1_500
/** V8 goes on compiling for that long, which is a fifth of what panels cost in the first seconds. */
const FIRST_WARM_UP_MS = 8_000

export interface Measured {
  readonly perSecond: Summary
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the service and PostgreSQL. */
  readonly cpuSecondsPer1000: number
  readonly postgresShare: number
  /** As it goes over the wire. */
  readonly kibPerAnswer: number
}

export interface Comparison {
  readonly nichatka: Measured
  readonly django?: Measured
  /** How many times the CPU of Nichatka the peer spends. */
  readonly cpuRatio?: number
}

export interface Parties {
  readonly site: NichatkaSite
  readonly peer: DjangoPeer | undefined
  readonly load: HttpLoader
  readonly signer: TokenSigner
  readonly filled: Filled
}

export async function compare(scenario: Scenario, parties: Parties): Promise<Comparison> {
  const { site, peer } = parties
  const own = { port: site.port, path: `/nichatka/v1/${scenario.path}`, pids: site.servicePids }
  const nichatka = await measure(scenario, own, parties)
  if (peer === undefined || scenario.peerPath === undefined) return { nichatka }
  const other = { port: peer.port, path: `/${scenario.peerPath}`, pids: peer.pids }
  const django = await measure(scenario, other, parties)
  return { nichatka, django, cpuRatio: django.cpuSecondsPer1000 / nichatka.cpuSecondsPer1000 }
}

/** So that a service is measured as it is while it runs, and not as it starts. */
export async function warmUp(parties: Parties): Promise<void> {
  const scenario = panel('warm-up', '')
  const target = { port: parties.site.port, path: `/nichatka/v1/${scenario.path}` }
  const requests = await makeRequests(scenario, target, parties)
  const { connections } = scenario
  await parties.load.perform({ port: target.port, connections, requests, durationMs: FIRST_WARM_UP_MS })
}

async function measure(
  scenario: Scenario,
  { pids, ...target }: Target & { readonly pids: readonly number[] },
  parties: Parties,
): Promise<Measured> {
  const { site, load } = parties
  const requests = await makeRequests(scenario, target, parties)
  const task = { port: target.port, connections: scenario.connections, requests, durationMs: RUN_MS }
  await load.perform({ ...task, durationMs: WARM_UP_MS })
  const cost = () => [cpuSeconds(pids), cpuSeconds(site.postgresPids)] as const
  const [ownBefore, postgresBefore] = cost()
  const answers = await perform(load, task)
  const [ownAfter, postgresAfter] = cost()
  ensureStatus(scenario, answers)
  const sorted = answers.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b)
  const all = ownAfter - ownBefore + postgresAfter - postgresBefore
  return {
    perSecond: summarize(answers.map(({ latenciesMs, seconds }) => latenciesMs.length / seconds)),
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    cpuSecondsPer1000: (all * 1000) / sorted.length,
    postgresShare: (postgresAfter - postgresBefore) / all,
    kibPerAnswer: answers.reduce((sum, { bytes }) => sum + bytes, 0) / sorted.length / 1024,
  }
}

async function perform(load: HttpLoader, task: HttpLoadTask) {
  const answers: (HttpLoadAnswer & { seconds: number })[] = []
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now()
    const answer = await load.perform(task)
    answers.push({ ...answer, seconds: (performance.now() - started) / 1000 })
  }
  return answers
}

/** @throws Error where another status came than was to be measured */
function ensureStatus({ name, isRevalidation }: Scenario, answers: readonly HttpLoadAnswer[]): void {
  const expected = isRevalidation ? '304' : '200'
  const others = answers.flatMap(({ statuses }) => Object.keys(statuses)).filter((one) => one !== expected)
  if (others.length > 0) throw new Error(`${name}: answered ${[...new Set(others)].join(', ')}`)
}
