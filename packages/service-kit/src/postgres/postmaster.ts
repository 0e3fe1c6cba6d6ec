/** The running PostgreSQL of a folder, as its postmaster.pid tells, and how to end it. */
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Each names a process, and keeps PostgreSQL from starting while there is one of that number. */
const lockFiles = ['postmaster.pid', '.s.PGSQL.5432.lock']

/**
 * Ends the PostgreSQL that a killed server left on `folder`, and removes the lock files of one that was killed itself:
 * their number may belong to a stranger by now. The caller holds the folder's lock.
 */
export async function stopOrphan(folder: string): Promise<'none' | 'stopped'> {
  const pid = await readPid(folder)
  const runs = async () => pid !== undefined && isAlive(pid) && (await isPostgresOf(pid, folder))
  const wasRunning = await runs()
  if (wasRunning) await stopProcess(pid!)
  await endWorkers(folder, pid)
  if (!(await runs())) for (const file of lockFiles) await rm(join(folder, file), { force: true })
  return wasRunning ? 'stopped' : 'none'
}

/**
 * The processes of a postmaster that was killed end by themselves when they next wait for something. One that is busy
 * does not, and until then PostgreSQL refuses to start beside it. Nothing that it still does could be kept.
 */
async function endWorkers(folder: string, postmaster: number | undefined): Promise<void> {
  if (process.platform !== 'linux') return
  const own = await realpath(folder).catch(() => folder)
  for (const pid of (await readdir('/proc')).map(Number)) {
    if (!(pid > 1) || pid === postmaster) continue
    const [cwd, program] = await Promise.all(
      ['cwd', 'exe'].map((name) => readlink(`/proc/${pid}/${name}`).catch(() => '')),
    )
    if (cwd === own && basename(program!).startsWith('postgres')) await endWorker(pid, folder)
  }
}

/** One that only waits to be reaped works nowhere any more. */
async function endWorker(pid: number, folder: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 2000 && (await isPostgresOf(pid, folder)); waitedMs += 10) {
    signalTo(pid, 'SIGKILL')
    await sleep(10)
  }
}

/** Fast shutdown; after 5 s immediate shutdown, from which PostgreSQL recovers by its log. */
export async function stopProcess(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 5000],
    ['SIGQUIT', 5000],
    ['SIGKILL', 2000],
  ] as const) {
    if (!signalTo(pid, signal)) return
    signalTo(pid, 'SIGCONT') // a stopped process does not see the others
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += 10) {
      if (!isAlive(pid)) return
      await sleep(10)
    }
  }
}

async function readPid(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '') // absent: nothing runs
  const pid = Number.parseInt(text, 10)
  return pid > 1 ? pid : undefined
}

/** A postmaster works in its data folder. Where /proc is absent, ps shows its command line. */
async function isPostgresOf(pid: number, folder: string): Promise<boolean> {
  const own = await realpath(folder)
  if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === own
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout.includes('postgres') && (stdout.includes(own) || stdout.includes(folder))
}

function isAlive(pid: number): boolean {
  return signalTo(pid, 0)
}

function signalTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false // it is gone
  }
}
