/** What a group costs the server, from a member's request to the streams of all its members. */
import { BenchServer, Load } from './bench-server.ts'
import { cpuSeconds } from './process-cost.ts'
import { type Summary, summarize } from './statistics.ts'

const RUNS = 5
const DELIVERIES_A_RUN = 30_000
const MAX_MESSAGES = 1000

/** @param data an empty folder. @returns by the number of members, who all listen */
export async function measureGroups(
  data: string,
  sizes: readonly number[],
): Promise<Record<string, Record<string, Summary>>> {
  const results: Record<string, Record<string, Summary>> = {}
  for (const size of sizes) results[size] = await measureGroup(`${data}/${size}`, size)
  return results
}

async function measureGroup(data: string, members: number): Promise<Record<string, Summary>> {
  await using server = await BenchServer.start(data)
  using load = new Load(server.url)
  await load.perform({ kind: 'group', members })
  const messages = Math.min(MAX_MESSAGES, Math.ceil(DELIVERIES_A_RUN / members))
  const task = { kind: 'writeToGroup', messages } as const
  await load.perform(task) // warms up
  const written = []
  for (let run = 0; run < RUNS; run++) {
    const { costSeconds, postgresShare } = await costOf(server, () => load.perform(task))
    written.push({ perCpuSecond: (messages * members) / costSeconds, postgresShare })
  }
  return {
    deliveriesPerCpuSecond: summarize(written.map(({ perCpuSecond }) => perCpuSecond)),
    postgresShare: summarize(written.map(({ postgresShare }) => postgresShare)),
    ...(await measureCommits(server, load)),
  }
}

/** From the request to the last member who is told: one account is added and removed in turns. */
async function measureCommits(server: BenchServer, load: Load): Promise<Record<string, Summary>> {
  const took = { add: [] as number[], remove: [] as number[] }
  const cost = { add: [] as number[], remove: [] as number[] }
  for (let run = 0; run < RUNS; run++) {
    for (const change of ['add', 'remove'] as const) {
      await load.perform({ kind: 'prepareCommit', change })
      const { answer, costSeconds } = await costOf(server, () => load.perform({ kind: 'commit' }))
      took[change].push(answer.latenciesMs[0]!)
      cost[change].push(1000 * costSeconds)
    }
  }
  return {
    addMs: summarize(took.add),
    addCpuMs: summarize(cost.add),
    removeMs: summarize(took.remove),
    removeCpuMs: summarize(cost.remove),
  }
}

/** CPU of the server and PostgreSQL; not that of the load generator. */
export async function costOf<T>(server: BenchServer, work: () => Promise<T>) {
  const cost = () => [cpuSeconds(server.serverPids), cpuSeconds(server.postgresPids)] as const
  const [serverBefore, postgresBefore] = cost()
  const answer = await work()
  const [serverAfter, postgresAfter] = cost()
  const postgres = postgresAfter - postgresBefore
  const costSeconds = serverAfter - serverBefore + postgres
  return { answer, costSeconds, postgresShare: postgres / costSeconds }
}
