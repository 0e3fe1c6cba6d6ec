/** Starts a script of this folder as a real process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** @param prefix a command line that runs the rest of itself, such as `unshare` */
export function startChild(
  script: string,
  args: readonly string[],
  prefix: readonly string[] = [],
): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const [command, ...rest] = [...prefix, process.execPath, path, ...args]
  return spawn(command!, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Lines of the child's output, as they come, until it ends. */
export async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of child.stdout!) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop()!
    yield* lines
  }
}

export async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
