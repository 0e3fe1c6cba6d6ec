import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildScript } from '../build.js'

test('N20 the same sources give the same bytes', async () => {
  expect(await buildScript()).toBe(await buildScript())
})

test('C2 nothing in the script is a sink for markup or code', async () => {
  const sinks =
    /innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|\beval\b|Function\(|DOMParser|style=|javascript:/
  expect((await buildScript()).match(sinks)?.[0]).toBeUndefined()
})

test('N20 script and style sheet are a light download', async (context) => {
  const bytes = gzipSync(await buildScript(), { level: 9 }).length
  await context.annotate(`${bytes} bytes of gzip`)
  expect(bytes).toBeLessThanOrEqual(6_144)
})
