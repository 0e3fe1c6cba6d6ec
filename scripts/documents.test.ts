import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const documents = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n')
const roots = 'apps|bin|bench|docs|packages|proto|scripts|services|tests'

test.each(documents)('what %s points at is there', (document) => {
  const text = readFileSync(document, 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) =>
    join(dirname(document), match[1]!),
  )
  const paths = [...text.matchAll(new RegExp(`\`((?:${roots})/[^\`\\s…*<{]*)\``, 'g'))].map(
    (match) => match[1]!,
  )
  expect([...links, ...paths].filter((path) => !existsSync(path))).toEqual([])
})

test('both languages have the same documents', () => {
  const russian = documents.filter((document) => document.endsWith('.ru.md'))
  expect(russian).toContain('README.ru.md')
  for (const document of russian) expect(documents).toContain(document.replace('.ru.md', '.md'))
})
