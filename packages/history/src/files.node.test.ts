import { execFileSync } from 'node:child_process'
import { link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@veche/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { endOf, linesOf, startChild } from '../test/child.ts'
import { CHAT, entriesAt, LONG_MS, PROFILE_KEY, randomFrom, SEED } from '../test/material.ts'
import { NodeFiles } from './files.node.ts'
import { runFilesTests } from './files-suite.ts'
import { HistoryLog } from './history-log.ts'
import { Journal } from './journal.ts'
import { openProfileKey } from './profile-key.node.ts'

const dirs: string[] = []

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'veche-history-'))
  dirs.push(dir)
  return dir
}

afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true })
})

runFilesTests('Node', async () => new NodeFiles(join(await newDir(), 'profile')))

describe('files on Node', () => {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

  it('belong to the user alone', async () => {
    const dir = join(await newDir(), 'profile')
    const files = new NodeFiles(dir)
    await files.append('a/b', Uint8Array.of(1))
    await files.replace('a/c', Uint8Array.of(1))
    expect(await Promise.all(['', 'a'].map((each) => modeOf(join(dir, each))))).toEqual(['700', '700'])
    expect(await Promise.all(['a/b', 'a/c'].map((each) => modeOf(join(dir, each))))).toEqual(['600', '600'])
  })

  it('do not show what a crash left of a replace, and write over it', async () => {
    const dir = await newDir()
    const files = new NodeFiles(dir)
    await writeFile(join(dir, 'a~'), 'left over, and longer')
    expect(await files.list('')).toEqual([])
    await files.replace('a', Uint8Array.of(1))
    expect(await readdir(dir)).toEqual(['a'])
    expect(await files.read('a')).toEqual(new Uint8Array([1]))
  })

  it('leave no empty folder', async () => {
    const dir = await newDir()
    const log = await HistoryLog.open(new NodeFiles(dir), CHAT, PROFILE_KEY)
    await log.append(entriesAt(1, 3))
    await log.remove()
    expect(await readdir(join(dir, 'history'))).toEqual([])
  })

  it('hold nothing of an old key after a rewrite', async () => {
    const dir = await newDir()
    const journal = await Journal.open(new NodeFiles(dir), 'device', PROFILE_KEY)
    const name = (await readdir(dir)).find((each) => each.endsWith('.key'))!
    const old = await readFile(join(dir, name))
    // A second name for the same bytes on the disk, which outlives the first.
    await link(join(dir, name), join(dir, 'witness'))
    await journal.rewrite(utf8('next'))
    expect(await readFile(join(dir, 'witness'))).toEqual(Buffer.alloc(old.length))
    for (const each of await readdir(dir)) {
      expect((await readFile(join(dir, each))).includes(old.subarray(13))).toBe(false)
    }
  })
})

describe('F14: a real disk that is full', { timeout: LONG_MS }, () => {
  it('leaves every file byte for byte as it was', async () => {
    const dir = await newDir()
    const mounting = `mount -t tmpfs -o size=256k none ${dir} && exec "$@"`
    const child = startChild('fill-disk.ts', [dir], [...inOwnMounts(), 'sh', '-c', mounting, 'sh'])
    let outcomes = ''
    for await (const line of linesOf(child)) outcomes += line
    expect(outcomes).toBe('refused, refused, refused')
  })
})

/** A small file system needs a mount, and that a namespace: as root of the machine, or of a user namespace. */
function inOwnMounts(): string[] {
  const isAllowed = (args: string[]) => {
    try {
      execFileSync('unshare', [...args, 'true'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  const found = [['--mount'], ['--map-root-user', '--mount']].find(isAllowed)
  if (found === undefined)
    throw new Error('this test mounts a tmpfs: it needs util-linux and user namespaces')
  return ['unshare', ...found]
}

describe('F16: kill -9', { timeout: LONG_MS }, () => {
  it(`loses nothing acknowledged, and the lock goes with its holder (seed ${SEED})`, async () => {
    const random = randomFrom(SEED)
    const dir = await newDir()
    let acknowledged = 0
    for (let round = 0; round < 8; round++) {
      const child = startChild('write-until-killed.ts', [dir])
      const until = acknowledged + 1 + random(40)
      for await (const line of linesOf(child)) {
        acknowledged = Number(line)
        if (acknowledged >= until) child.kill('SIGKILL')
      }
      await endOf(child)
      expect(acknowledged).toBeGreaterThanOrEqual(until)
    }
    const files = new NodeFiles(dir)
    const profileKey = await openProfileKey(dir)
    const journal = await Journal.open(files, 'device', profileKey)
    const last = Number(new TextDecoder().decode(journal.records.at(-1) ?? journal.snapshot))
    expect([acknowledged, acknowledged + 1]).toContain(last)
    const log = await HistoryLog.open(files, CHAT, profileKey)
    await log.verify()
    expect([last, last + 1]).toContain(log.count)
    expect(await log.last(10_000)).toEqual(entriesAt(1, log.count))
    expect(log.damage).toEqual([])
  })
})
