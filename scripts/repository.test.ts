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

const platforms = [
  { name: 'Linux x64', os: 'linux', cpu: 'x64' },
  { name: 'Linux arm64', os: 'linux', cpu: 'arm64' },
  { name: 'macOS', os: 'darwin', cpu: 'arm64' },
  { name: 'macOS', os: 'darwin', cpu: 'x64' },
  { name: 'Windows', os: 'win32', cpu: 'x64' },
]

test.each(platforms)('M2 all that is native comes for $name ($os $cpu)', ({ name, os, cpu }) => {
  for (const readme of ['README.md', 'README.ru.md']) {
    const paragraphs = readFileSync(readme, 'utf8').split('\n\n')
    expect(
      paragraphs.find((text) => text.includes('Debian 12')),
      readme,
    ).toContain(name)
  }
  // The Node that comes along is not there for macOS, and the READMEs say so.
  const families = [...nativeFamilies()].filter(([owner]) => owner !== '' || os !== 'darwin')
  const lacking = families.filter(
    ([, parts]) => !parts.some((part) => part.os.includes(os) && part.cpu.includes(cpu)),
  )
  expect(lacking.map(([owner]) => owner)).toEqual([])
  expect(families.length).toBeGreaterThan(5)
})

interface NativePart {
  readonly os: string | readonly string[]
  readonly cpu: string | readonly string[]
}

/** By who needs them: packages of which each is for one platform. What one platform alone needs is no family. */
function nativeFamilies(): ReadonlyMap<string, readonly NativePart[]> {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const families = Object.entries<{ optionalDependencies?: object }>(packages).flatMap(([owner, locked]) => {
    const names = Object.keys(locked.optionalDependencies ?? {})
    const parts = names.flatMap((name): NativePart[] => packages[`node_modules/${name}`] ?? [])
    const native = parts.filter(({ os, cpu }) => os !== undefined && cpu !== undefined)
    return names.length > 1 && native.length > 0 ? [[owner, native] as const] : []
  })
  return new Map(families)
}

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
