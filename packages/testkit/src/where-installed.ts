import { expect, test } from 'vitest'

/**
 * Tests of what not every machine has. Where something is missing the file says what, and has one test that says so, too:
 * none is left out unseen.
 * @param what the subject, behind the ids of what its tests prove
 * @param missing the Debian packages that are not installed here
 */
export function whereInstalled(what: string, missing: () => readonly string[], tell: () => void): void {
  const packages = missing()
  if (packages.length === 0) {
    tell()
    return
  }
  process.stdout.write(`${what}: not tried, for this is not installed: ${packages.join(', ')}\n`)
  test(`${what}: not tried here, and said so`, () => expect(missing()).toEqual(packages))
}
