import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import config from '../vitest.config.ts'

const manifests = ['package.json', ...globSync('{packages,services,apps}/*/package.json')]

test('M30 every part is under the open licence that stands at the root', () => {
  expect(readFileSync('LICENSE', 'utf8')).toMatch(/Apache License\s+Version 2\.0/)
  for (const file of manifests)
    expect(JSON.parse(readFileSync(file, 'utf8')).license, file).toBe('Apache-2.0')
})

test('M29 the gate asks for 80 % of lines and branches of every package, service and app', () => {
  const { coverage } = config.test as { coverage: { thresholds: object; include: string[] } }
  expect(coverage.thresholds).toMatchObject({ lines: 80, branches: 80 })
  expect(coverage.include).toEqual(['{packages,services,apps}/**/src/**/*.ts'])
})

test('C15 every version is exact, and the lockfile names no host', () => {
  for (const file of manifests) {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'))
    const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(
      versions.every((version) => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))),
      file,
    ).toBe(true)
  }
  expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved": "https?:/)
})
