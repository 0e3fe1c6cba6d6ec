/** Messages of private chats, durable, from the sender's request to the receiver's stream. */
import { BenchServer, Load } from './bench-server.ts'
import { cpuSeconds } from './process-cost.ts'
import { quantile, type Summary, summarize } from './statistics.ts'

/** Enough that the bucket of no device runs empty. */
const PAIRS = 50
const RUNS = 5
const RUN_MS = 2000
const PACED_RUNS = 3

/** @param data an empty folder */
export async function measurePrivateChat(data: string): Promise<Record<string, Summary>> {
  await using server = await BenchServer.start(data)
  using load = new Load(server.url)
  await load.perform({ kind: 'pairs', count: PAIRS })
  await load.perform({ kind: 'write', durationMs: RUN_MS }) // warms up
  const peaks = []
  for (let run = 0; run < RUNS; run++) peaks.push(await peak(server, load))
  const perSecond = summarize(peaks.map(({ perSecond }) => perSecond))
  const paced = []
  for (let run = 0; run < PACED_RUNS; run++) paced.push(await atRate(load, perSecond.median / 2))
  return {
    messagesPerCpuSecond: summarize(peaks.map(({ perCpuSecond }) => perCpuSecond)),
    postgresShare: summarize(peaks.map(({ postgresShare }) => postgresShare)),
    peakMessagesPerSecond: perSecond,
    deliveryP50Ms: summarize(paced.map(({ p50 }) => p50)),
    deliveryP99Ms: summarize(paced.map(({ p99 }) => p99)),
  }
}

async function peak(server: BenchServer, load: Load) {
  const cost = () => [cpuSeconds(server.serverPids), cpuSeconds(server.postgresPids)] as const
  const [serverBefore, postgresBefore] = cost()
  const started = performance.now()
  const { latenciesMs } = await load.perform({ kind: 'write', durationMs: RUN_MS })
  const seconds = (performance.now() - started) / 1000
  const [serverAfter, postgresAfter] = cost()
  const postgres = postgresAfter - postgresBefore
  const all = serverAfter - serverBefore + postgres
  const messages = latenciesMs.length
  return { perCpuSecond: messages / all, postgresShare: postgres / all, perSecond: messages / seconds }
}

async function atRate(load: Load, ratePerSecond: number) {
  const { latenciesMs } = await load.perform({ kind: 'write', durationMs: RUN_MS, ratePerSecond })
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}
