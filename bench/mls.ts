/** The MLS engine, by its own benchmark: CPU milliseconds, medians of its five runs. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const SCRIPT = fileURLToPath(new URL('../packages/mls/bench/join-used-group.ts', import.meta.url))

/** By the number of members, then by operation. */
export async function measureMls(sizes: readonly number[]): Promise<Record<string, Record<string, number>>> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...sizes.map(String)])
  const tables = [...stdout.matchAll(/(\d+) members \{([^}]*)\}/g)]
  return Object.fromEntries(tables.map(([, members, table]) => [members!, figuresOf(table!)]))
}

function figuresOf(table: string): Record<string, number> {
  const figures = [...table.matchAll(/'?([a-zA-Z ]+?)'?: ([\d.]+)/g)]
  return Object.fromEntries(figures.map(([, name, value]) => [name!.trim(), Number(value)]))
}
