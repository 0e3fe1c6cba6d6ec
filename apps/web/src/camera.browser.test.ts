/** Codes that one screen shows and the camera of another device reads. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Community } from '@veche/testkit'
import {
  type Browser,
  checkAccessibility,
  inBrowsers,
  missingPackages,
  openWithCamera,
} from '@veche/testkit/browsers'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { showNothing, showToCamera } from './testing/camera-file.ts'
import { passwordOf, Visitor } from './testing/visitor.ts'

let community: Community
let folder: string
beforeAll(async () => {
  community = await Community.start()
  folder = await mkdtemp(join(tmpdir(), 'veche-camera-'))
})
afterAll(async () => {
  await community?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

whereInstalled(
  'cameras in chromium',
  () => missingPackages(['chromium']),
  () => {
    let browser: Browser
    let film: string
    beforeAll(async () => {
      film = join(folder, 'film.y4m')
      await showNothing(film)
      browser = await openWithCamera(film)
    })
    afterAll(() => browser?.close())

    const open = async (permissions: string[] = ['camera']) => {
      const visitor = await Visitor.open(browser, community.url, 'usual', { permissions })
      await visitor.page.addInitScript(rememberStreams)
      await visitor.page.reload()
      return visitor
    }

    test('A2 two people verify each other by the camera, which is off as soon as it has read', async () => {
      await using ann = await open()
      await using bor = await open()
      await ann.register('anna', 'Anna')
      await bor.register('boris', 'Boris')
      const third = await community.welcome('third', 'Vera')
      await third.client.settings.setAcceptance('allowed')
      await ann.ask('boris')
      await bor.go('Private')
      await bor.page.getByRole('link', { name: /Anna wants to write to you/ }).click()
      await bor.page.getByRole('button', { name: 'Allow' }).click()
      await bor.page.getByRole('heading', { name: 'Anna' }).waitFor()
      await ann.page.getByRole('link', { name: /Boris/ }).click()
      for (const { page } of [ann, bor]) {
        await page.getByRole('button', { name: 'About this chat' }).click()
        await page.locator('.qr').waitFor()
      }
      await checkAccessibility(ann.page, 'the safety number and its code')
      const scan = () => ann.page.getByRole('button', { name: 'Scan their code' }).click()

      await showNothing(film)
      await scan()
      await ann.page.locator('.busy', { hasText: 'Hold the code on the other person’s screen' }).waitFor()
      expect(await ann.page.evaluate(streamsThatRun)).toBe(1)
      await ann.page.getByRole('button', { name: 'Cancel' }).click()
      await expect.poll(() => ann.page.evaluate(streamsThatRun), { timeout: 60_000 }).toBe(0)

      await showToCamera(ann.page, film)
      await scan()
      await ann.page.getByText('This is the code that you show yourself.').waitFor()
      await showToCamera(bor.page, film)
      await scan()
      await ann.page.getByText('The codes fit').waitFor()
      await ann.page.getByText('Verified: you have compared them.').waitFor()
      expect(await ann.page.evaluate(streamsThatRun)).toBe(0)

      await bor.ask('third')
      await bor.page.getByRole('heading', { name: 'Vera' }).waitFor()
      await bor.page.getByRole('button', { name: 'About this chat' }).click()
      await bor.page.locator('.qr').waitFor()
      await showToCamera(bor.page, film)
      await scan()
      await ann.page.getByText('The code does not fit').waitFor()
      expect([...ann.complaints, ...bor.complaints]).toEqual([])
    })

    test('A4 M8 a new device reads the code of the one that lets it in, and a sheet the words of its account', async () => {
      await using own = await open()
      await own.register('olga', 'Olga')
      await own.own('Recovery sheet')
      await own.page.locator('.qr').waitFor()
      await showToCamera(own.page, film)
      const words = (await own.page.locator('.sheet-words li').allInnerTexts()).join(' ')

      await using other = await open()
      const { page } = other
      await page.getByRole('button', { name: 'By the recovery sheet' }).click()
      await page.getByRole('button', { name: 'Scan the sheet' }).click()
      await expect
        .poll(() => page.getByLabel('The twelve words').inputValue(), { timeout: 60_000 })
        .toBe(words)
      expect(await page.getByLabel('Handle').inputValue()).toBe('olga')

      await own.own('Devices')
      await own.page.getByRole('button', { name: 'Let a new device in' }).click()
      await own.page.getByLabel('Password').fill(passwordOf('olga'))
      await own.page.getByRole('button', { name: 'Go on' }).click()
      await own.page.locator('.qr').waitFor()
      await showToCamera(own.page, film)
      await page.getByRole('button', { name: 'Scan the sheet' }).click()
      await page.getByText('This is not the code of a recovery sheet.').waitFor()
      await page.getByRole('button', { name: 'By a code of another device' }).click()
      await page.getByRole('button', { name: 'Scan the code' }).click()
      await own.page.getByRole('button', { name: 'The digits are the same' }).click()
      await page.locator('[data-account=ready]').waitFor()
      expect([...own.complaints, ...other.complaints]).toEqual([])
    })

    test('A2 where the browser does not let the page have its camera, the page says what to do instead', async () => {
      await using own = await open([])
      const { page } = own
      await page.getByRole('button', { name: 'By a code of another device' }).click()
      await page.getByRole('button', { name: 'Scan the code' }).click()
      await page.getByRole('alert').getByText('This page may not use the camera').waitFor()
      await page.getByRole('alert').getByText('Type the code that stands below it').waitFor()
      await page.getByRole('button', { name: 'Close' }).click()
      await page.getByRole('button', { name: 'Scan the code' }).waitFor()
    })
  },
)

inBrowsers('without a camera', (browser, kind) => {
  test(`M2 in ${kind} who has no camera is told so, and what to do instead`, async () => {
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await page.getByRole('button', { name: 'By a code of another device' }).click()
    await page.getByRole('button', { name: 'Scan the code' }).click()
    await page.getByRole('alert').getByText('Type the code that stands below it').waitFor()
    expect(own.complaints).toEqual([])
  })
})

function rememberStreams(): void {
  const streams: MediaStream[] = []
  Object.assign(globalThis, { streams })
  const { mediaDevices } = navigator
  const open = mediaDevices.getUserMedia.bind(mediaDevices)
  mediaDevices.getUserMedia = async (wish) => {
    const stream = await open(wish)
    streams.push(stream)
    return stream
  }
}

function streamsThatRun(): number {
  const { streams } = globalThis as unknown as { streams: MediaStream[] }
  return streams.filter((stream) => stream.getTracks().some(({ readyState }) => readyState === 'live')).length
}
