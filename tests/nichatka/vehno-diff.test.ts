/**
 * All that taking Nichatka in changed in Vehno stands in its README as a diff. Taken back on a copy, that leaves a system that
 * knows nothing of Nichatka and is whole; put on again, it gives the one in the repository.
 */
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { missingForPython, runPython } from './python.ts'

const VEHNO = 'examples/vehno'

let folder: string
let diff: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vehno-'))
  await cp(VEHNO, folder, { recursive: true, filter: (path) => !/(\/data|__pycache__|\.ts)$/.test(path) })
  diff = diffOf(await readFile(`${VEHNO}/README.md`, 'utf8'))
  await writeFile(join(folder, 'nichatka.diff'), diff)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('both languages show the same diff', async () => {
  expect(diffOf(await readFile(`${VEHNO}/README.ru.md`, 'utf8'))).toBe(diff)
})

test('N2 the diff is small, and touches settings, URLs, colours and the base template alone', () => {
  const changed = [...diff.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file)
  expect(changed).toEqual([
    'vehno/settings.py',
    'vehno/urls.py',
    'tasks/static/tasks/vehno.css',
    'tasks/templates/tasks/base.html',
  ])
  expect(diff.match(/^\+(?!\+\+)/gm)!.length).toBeLessThanOrEqual(20)
})

test('N2 without the diff Vehno knows nothing of Nichatka, and is a whole system', async () => {
  apply('--reverse')
  const sources = await sourcesIn(folder)
  expect([...sources.keys()]).toContain('tasks/models.py')
  const knowing = [...sources].filter(([, text]) => /nichatka|ничатк/i.test(text)).map(([file]) => file)
  expect(knowing).toEqual([])
  if (missingForPython('python3-django', 'python3-psycopg2').length > 0) return
  const { code, output } = await runPython(folder, ['manage.py', 'check'], { VEHNO_DATA: folder })
  expect(output).toContain('no issues')
  expect(code).toBe(0)
})

test('N2 with the diff put on again it is the Vehno of the repository', async () => {
  apply()
  for (const [file, text] of await sourcesIn(folder)) {
    expect(text, file).toBe(await readFile(join(VEHNO, file), 'utf8'))
  }
})

function apply(...options: string[]): void {
  // Outside of any repository, so that nothing but these files counts.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() }
  execFileSync('git', ['apply', ...options, 'nichatka.diff'], { cwd: folder, env })
}

async function sourcesIn(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true })
  const files = entries.filter((file) => ['.py', '.html', '.css', '.json', '.svg'].includes(extname(file)))
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const)),
  )
}

function diffOf(markdown: string): string {
  const [, diff] = /^```diff\n(.*?)^```$/ms.exec(markdown) ?? []
  return diff!
}
