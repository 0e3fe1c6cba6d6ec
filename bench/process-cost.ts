/** What processes have used of the machine, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

interface Stat {
  readonly parent: number
  /** Of the process and its ended children. */
  readonly cpuSeconds: number
}

/** A process and all that it has started. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat) parents.set(Number(name), stat.parent)
  }
  const tree = [root]
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  }
  return tree
}

export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0), 0)
}

export function residentKib(pids: readonly number[]): number {
  return sumOfField(pids, 'status', 'VmRSS')
}

/** Proportional set size: memory that processes share is counted once. */
export function proportionalKib(pids: readonly number[]): number {
  return sumOfField(pids, 'smaps_rollup', 'Pss')
}

function sumOfField(pids: readonly number[], file: string, field: string): number {
  return pids.reduce((sum, pid) => {
    const value = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/${file}`))?.[1]
    return sum + Number(value ?? 0)
  }, 0)
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`)
  if (text === '') return undefined
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0)
  return { parent: fields[1]!, cpuSeconds: ticks / TICKS_PER_SECOND }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
