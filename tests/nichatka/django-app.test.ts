/** The tests of the Django app (integrations/django) are Django's own; here they run among the others. */
import { readdir, readFile } from 'node:fs/promises'
import { whereInstalled } from '@veche/testkit/where-installed'
import { expect, test } from 'vitest'
import { missingForPython, runPython } from './python.ts'

const FOLDER = 'integrations/django'

const missing = () => missingForPython('python3', 'python3-django')
whereInstalled(`N14 ${FOLDER}`, missing, () => {
  test('N14 the tests of the Django app pass', async () => {
    const { code, output } = await runPython(FOLDER, ['-m', 'django', 'test'], {
      DJANGO_SETTINGS_MODULE: 'tests.settings',
    })
    expect(output).toMatch(/^OK$/m)
    expect(code).toBe(0)
    expect(Number(/^Ran (\d+) tests/m.exec(output)?.[1])).toBe(await countTests())
  })
})

async function countTests(): Promise<number> {
  const names = (await readdir(`${FOLDER}/tests`)).filter((name) => name.startsWith('test_'))
  const files = await Promise.all(names.map((name) => readFile(`${FOLDER}/tests/${name}`, 'utf8')))
  return files.flatMap((text) => text.match(/^ {4}def test_/gm) ?? []).length
}
