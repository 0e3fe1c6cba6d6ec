/**
 * The quick starts of both READMEs, run as they are written: every line of their `sh` blocks, in a shell, in order.
 * Two things are done as a reader does them: the server's command stays running, and where a line says
 * `export CODE=…`, the code is the one that was printed last.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServerProcess } from '@veche/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = process.cwd()
const codeLine = /^export CODE=(vr-[a-z2-7]{26})\b.*$/m

describe.each([
  {
    readme: 'README.md',
    first: 'The seedlings are ready, come and take some.',
    answer: 'I will be there at five.',
    group: ['group “Garden”', 'You: Who has a spare spade?', 'Bob (@bob): I have two.'],
  },
  {
    readme: 'README.ru.md',
    first: 'Рассада готова, приходите забирать.',
    answer: 'Приду в пять.',
    group: ['group “Огород”', 'You: У кого есть лишняя лопата?', 'Боб (@bob): У меня две.'],
  },
])('the quick start of $readme', ({ readme, first, answer, group }) => {
  let folder: string
  let server: ServerProcess
  let blocks: string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veche-'))
    // All that `npx veche` needs of a clone.
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    server = await ServerProcess.start({ data: join(folder, 'data'), port: await freePort() })
    blocks = shellBlocks(await readFile(join(root, readme), 'utf8'))
  })

  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('M1 M13 M14 M17 M24 leads two people from nothing to the first messages read, and into a group', async () => {
    expect(blocks[0]).toBe('npm ci && npm start\n')
    const [start, , ...rest] = [server.output, ...blocks]
    const outputs = [start]
    for (const block of rest.filter((text) => text.includes('npx veche'))) {
      outputs.push(await runBlock(block, outputs.at(-1)!))
    }
    const [, , , allowed, read, inGroup, onSecond] = outputs
    expect(allowed).toContain('@bob')
    expect(read).toContain(first)
    expect(read!.trimEnd().endsWith(answer)).toBe(true)
    for (const text of group) expect(inGroup).toContain(text)
    for (const text of [first, answer]) expect(onSecond).toContain(text)
  })

  async function runBlock(block: string, printedBefore: string): Promise<string> {
    const code = /vr-[a-z2-7]{26}/.exec(printedBefore)?.[0] ?? ''
    const script = block
      .replaceAll('http://127.0.0.1:8480', server.url)
      .replace(codeLine, `export CODE=${code}`)
    const shell = spawn('bash', ['-e', '-u', '-o', 'pipefail'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let output = ''
    shell.stdout.on('data', (chunk: Buffer) => (output += chunk))
    shell.stderr.on('data', (chunk: Buffer) => (output += chunk))
    shell.stdin.end(script)
    const [exitCode] = await once(shell, 'close')
    expect(exitCode, `${script}\n${output}`).toBe(0)
    return output
  }
})

function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!)
}
