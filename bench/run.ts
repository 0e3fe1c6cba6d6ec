/**
 * `npm run bench`: measures and writes `results/latest.json`. Nothing here fails because something was slow.
 * Names of measures (`node bench/run.ts starts mls`) choose some of them;
 * `groupLarge`, `joiningLarge` and `mlsLarge`, which fill a group of 1,000, and `nichatka` run only by name, because they take
 * minutes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureGroups } from './group.ts'
import { measureJoining } from './joining.ts'
import { measureMls } from './mls.ts'
import { measureNichatka } from './nichatka.ts'
import { measurePrivateChat } from './private-chat.ts'
import { measureIdleStreams, measureStarts } from './start-and-memory.ts'

const LATEST = new URL('./results/latest.json', import.meta.url)
const measures: Record<string, (folder: string) => Promise<object>> = {
  privateChat: measurePrivateChat,
  idleStreams: measureIdleStreams,
  starts: measureStarts,
  group: (folder) => measureGroups(folder, [10, 100]),
  groupLarge: (folder) => measureGroups(folder, [1000]),
  joining: (folder) => measureJoining(folder, [10, 100]),
  joiningLarge: (folder) => measureJoining(folder, [1000]),
  mls: () => measureMls([10, 100]),
  mlsLarge: () => measureMls([1000]),
  nichatka: measureNichatka,
}

/** Those that take minutes. */
const byName = new Set(['groupLarge', 'joiningLarge', 'mlsLarge', 'nichatka'])

const chosen = process.argv.slice(2)
const results: Record<string, object> = { machine: { cores: availableParallelism(), node: process.version } }
for (const [name, measure] of Object.entries(measures)) {
  if (chosen.length > 0 ? !chosen.includes(name) : byName.has(name)) continue
  const folder = await mkdtemp(join(tmpdir(), 'veche-bench-'))
  try {
    results[name] = await measure(folder)
    console.log(name, results[name])
    await writeFile(LATEST, `${JSON.stringify(results, null, 2)}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
