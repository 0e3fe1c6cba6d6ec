/** The history of a browser as a file, out of it and into it. */
import { readFile } from 'node:fs/promises'
import { Community, until } from '@veche/testkit'
import { checkAccessibility, inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwordOf, Visitor } from './testing/visitor.ts'

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('history files', (browser, kind) => {
  test(`M16 in ${kind} a history goes into a file, and from it onto another device of the account`, async () => {
    const peer = await community.welcome(`peer-${kind}`, 'Pyotr')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`keeps-${kind}`, 'Kira')
    await own.ask(`peer-${kind}`)
    await page.getByRole('heading', { name: 'Pyotr' }).waitFor()
    await until(() => peer.client.chats().length === 1)
    // What a new device has of the time before it, it then has from the file alone.
    await peer.client.keeping.set(peer.client.chats()[0]!.chat, { server: false })
    await own.write('The key is under the stone')
    await own.putSheetAway()
    await own.write('Not any more')
    await own.sees('Not any more')
    await page.getByRole('button', { name: /On the server: not kept/ }).waitFor()

    await own.own('History in a file')
    await checkAccessibility(page, 'history in a file')
    await page.evaluate(rememberFiles)
    const leaving = page.getByRole('form', { name: 'Into a file' })
    const make = () => leaving.getByRole('button', { name: 'Make the file' }).click()
    await leaving.getByLabel('Passphrase for the file').fill('short')
    await make()
    await leaving.getByText('Too easy to guess').waitFor()
    await leaving.getByRole('button', { name: 'Suggest one' }).click()
    const passphrase = await leaving.getByLabel('Passphrase for the file').inputValue()
    expect(passphrase.split(' ')).toHaveLength(5)
    await make()
    await leaving.getByRole('button', { name: 'Cancel' }).click()
    await make()
    await leaving.getByText('The file is made: 2 messages from 1 chat.').waitFor()
    const save = leaving.getByRole('link', { name: 'Save the file' })
    const name = await save.getAttribute('download')
    expect(name).toMatch(new RegExp(`^veche-keeps-${kind}-.*\\.veche-history$`))
    const file = Buffer.from(await page.evaluate(lastFile), 'base64')
    expect(file.includes('stone')).toBe(false)
    // Firefox tells WebDriver BiDi of no download.
    if (kind === 'chromium') {
      const [download] = await Promise.all([page.waitForEvent('download'), save.click()])
      expect(download.suggestedFilename()).toBe(name)
      expect(await readFile(await download.path())).toEqual(file)
    }

    const coming = page.getByRole('form', { name: 'From a file' })
    await coming.getByRole('button', { name: 'Read the file' }).click()
    await coming.getByText('Choose a file.').waitFor()
    await readInto(own, Buffer.from('a letter to the editor'), passphrase)
    await coming.getByText('The file is damaged, or is none that Veche has made.').waitFor()
    await readInto(own, file, `${passphrase} and more`)
    await coming.getByText('This is not the passphrase of the file.').first().waitFor()

    await using other = await Visitor.open(browser(), community.url)
    await other.page.getByLabel('Handle').fill(`keeps-${kind}`)
    await other.page.getByLabel('Password').fill(passwordOf(`keeps-${kind}`))
    await other.page.locator('form button[type=submit]').click()
    await other.page.locator('[data-account=ready]').waitFor()
    await other.go('Private')
    await other.page.getByRole('link', { name: /Pyotr/ }).waitFor()
    await other.own('History in a file')
    await readInto(other, file, passphrase)
    await other.page.getByText('Added to the history on this device: 2 messages.').waitFor()
    await other.page.getByText('Pyotr: 2 messages').waitFor()
    await other.go('Private')
    await other.page.getByRole('link', { name: /Pyotr/ }).click()
    await other.sees('The key is under the stone')
    expect([...own.complaints, ...other.complaints]).toEqual([])
  })

  test(`M9 in ${kind} a suggested passphrase is copied at a press, and that is said`, async () => {
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await page.evaluate(() => {
      const written: string[] = []
      Object.assign(globalThis, { written })
      const clipboard = { writeText: async (text: string) => void written.push(text) }
      Object.defineProperty(navigator, 'clipboard', { value: clipboard })
    })
    await page.getByRole('button', { name: 'New account' }).click()
    expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Suggest one' }).click()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('status').getByText('Copied').waitFor({ state: 'attached' })
    const suggested = await page.getByLabel('Password').inputValue()
    expect(await page.evaluate(() => (globalThis as { written?: string[] }).written)).toEqual([suggested])
    await page.getByLabel('Password').fill(`${suggested}s`)
    expect(await page.getByRole('button', { name: /Cop/ }).count()).toBe(0)
  })
})

async function readInto({ page }: Visitor, buffer: Buffer, passphrase: string): Promise<void> {
  const coming = page.getByRole('form', { name: 'From a file' })
  const file = { name: 'a file', mimeType: 'application/octet-stream', buffer }
  await coming.getByLabel('File', { exact: true }).setInputFiles(file)
  await coming.getByLabel('Passphrase of the file').fill(passphrase)
  await coming.getByRole('button', { name: 'Read the file' }).click()
}

/** What a page gives an address to. */
function rememberFiles(): void {
  const create = URL.createObjectURL.bind(URL)
  URL.createObjectURL = (file) => {
    Object.assign(globalThis, { file })
    return create(file)
  }
}

/** In base64. */
async function lastFile(): Promise<string> {
  const { file } = globalThis as unknown as { file: Blob }
  const bytes = new Uint8Array(await file.arrayBuffer())
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
