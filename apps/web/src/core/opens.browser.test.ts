import { Community } from '@veche/testkit'
import { inBrowsers, missingPackages, openBrowser } from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('the web app', (browser, kind) => {
  test(`M2 C2 opens in ${kind}, under the policy, without a word in the console`, async () => {
    const page = await browser().newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    const response = await page.goto(community.url)
    expect(response?.headers()['content-security-policy']).toContain("require-trusted-types-for 'script'")
    await page.locator('[data-account=none]').waitFor()
    expect(said).toEqual([])
    await page.close()
  })
})

whereInstalled(
  'the web app in webkit',
  () => missingPackages(['webkit']),
  () => {
    test('M2 opens in webkit', async () => {
      await using page = await openBrowser('webkit')
      await page.open(community.url)
      await page.waitFor('[data-account=none]')
    })
  },
)
