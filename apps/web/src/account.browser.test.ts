/** What somebody does with an account of their own, in real browsers: devices, password, recovery sheet, signing out. */
import { Community, type Person } from '@veche/testkit'
import { type Browser, inBrowsers, type Locator } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwordOf, Visitor } from './testing/visitor.ts'

const ENDED = 'This device is no longer one of the account.'

let community: Community
let pyotr: Person
beforeAll(async () => {
  community = await Community.start()
  pyotr = await community.welcome('pyotr', 'Pyotr')
  await pyotr.client.settings.setAcceptance('allowed')
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('account', (browser, kind) => {
  test(`M9 M16 in ${kind} a second device is let in by digits, has the history, and learns that it was removed`, async () => {
    await using old = await withHistory(browser(), `linka-${kind}`, ['by the old device'])
    await using fresh = await Visitor.open(browser(), community.url)
    await old.own('Devices')
    const given = async (code: string) => {
      await fresh.page.getByRole('button', { name: 'By a code of another device' }).click()
      await fresh.page.getByLabel('Code of the other device').fill(code)
      await fresh.page.getByRole('button', { name: 'Go on' }).click()
      const digits = await fresh.page.locator('.digits output').innerText()
      expect(digits.replace(/\D/g, '')).toHaveLength(6)
      expect(await old.page.locator('.digits output').innerText()).toBe(digits)
    }

    await given(await showCode(old, `linka-${kind}`))
    await fresh.page.reload()
    await fresh.page.locator('[data-account=none]').waitFor()
    await old.page.getByRole('button', { name: 'They are not: let nobody in' }).click()
    await old.page.getByText('Nobody was let in.').waitFor()

    await given(await showCode(old, `linka-${kind}`))
    await old.page.getByRole('button', { name: 'The digits are the same' }).click()
    await old.page.getByText('The new device is in.').waitFor()
    await fresh.page.locator('[data-account=ready]').waitFor()
    await fresh.openChat('Pyotr')
    await fresh.sees('by the old device')
    await fresh.write('by the new device')
    await old.openChat('Pyotr')
    await old.sees('by the new device')

    await old.own('Devices')
    await old.page.getByRole('button', { name: /^Sign out: / }).click()
    await old.page.getByLabel('Password').fill('not the password')
    await old.page.locator('form .button-danger').click()
    await old.page.getByText('The password is wrong.').waitFor()
    await old.page.getByLabel('Password').fill(passwordOf(`linka-${kind}`))
    await old.page.locator('form .button-danger').click()
    await fresh.page.getByRole('alert').filter({ hasText: ENDED }).waitFor()
    await old.page.getByRole('button', { name: /^Sign out: / }).waitFor({ state: 'detached' })
    await fresh.sees('by the old device')
    await fresh.own('Sign out')
    await fresh.page.getByRole('button', { name: 'Sign out and erase everything here' }).click()
    await fresh.page.locator('[data-account=none]').waitFor()
    expect([...old.complaints, ...fresh.complaints]).toEqual([])
  })

  test(`M9 M16 M22 in ${kind} a new password, and signing out with the history kept and without it`, async () => {
    const handle = `leaver-${kind}`
    await using own = await withHistory(browser(), handle, ['for this device alone'])
    const { page } = own
    // What the server does not keep can only come from this device.
    await own.keep('On the server', 'Erase on the server')
    await page.getByRole('button', { name: /On the server: not kept On this device: kept/ }).waitFor()

    await own.own('Password')
    const change = async (before: string, after: string) => {
      await page.getByLabel('Old password').fill(before)
      await page.getByLabel('New password').fill(after)
      await page.getByRole('button', { name: 'Change the password' }).click()
    }
    await change(passwordOf(handle), 'short')
    await page.getByText('Too easy to guess').waitFor()
    await change('not the old password', 'another harbour lantern olive')
    await page.getByText('The password is wrong.').waitFor()
    await change(passwordOf(handle), 'another harbour lantern olive')
    await page.getByText('From now on only the new password signs in.').waitFor()

    await own.own('Sign out')
    await page.getByRole('button', { name: 'Sign out, keep the history here encrypted' }).click()
    await page.locator('[data-account=none]').waitFor()
    await own.login(handle)
    await page.getByText('The handle or the password is wrong.').waitFor()
    await own.login(handle, 'another harbour lantern olive')
    await page.locator('[data-account=ready]').waitFor()
    await own.openChat('Pyotr')
    await own.sees('for this device alone')

    await own.own('Sign out')
    await page.getByRole('button', { name: 'Sign out and erase everything here' }).click()
    await page.locator('[data-account=none]').waitFor()
    await own.login(handle, 'another harbour lantern olive')
    await page.locator('[data-account=ready]').waitFor()
    await own.openChat('Pyotr')
    await own.write('anew')
    await own.sees('anew')
    expect(await page.locator('.message', { hasText: 'for this device alone' }).count()).toBe(0)
    expect(own.complaints).toEqual([])
  })

  test(`M9 in ${kind} the recovery sheet is shown until it is had on paper, and brings the account back`, async () => {
    const handle = `paper-${kind}`
    await using old = await Visitor.open(browser(), community.url)
    const { page } = old
    await old.register(handle, 'Polina')
    const due = page.getByRole('navigation', { name: 'Places' }).getByText('the recovery sheet waits')
    await due.waitFor()
    await old.ask('pyotr')
    await page.getByRole('heading', { name: 'Pyotr' }).waitFor()
    await old.write('before it was lost')
    const sheet = page.getByRole('dialog', { name: 'The recovery sheet' })
    const words = await wordsOf(sheet)
    await sheet.getByRole('button', { name: 'Later' }).click()
    await page.reload()
    await due.waitFor()
    await old.own('Recovery sheet')
    expect(await wordsOf(page.locator('.you-page'))).toBe(words)
    await page.getByRole('button', { name: 'I have it on paper' }).click()
    await old.confirm('I have it on paper')
    await page.getByText('You have your recovery sheet.').waitFor()
    expect(await due.count()).toBe(0)
    expect(await page.locator('.sheet-words').count()).toBe(0)

    await using fresh = await Visitor.open(browser(), community.url)
    const recover = async (given: string) => {
      await fresh.page.getByLabel('The twelve words').fill(given)
      await fresh.page.getByRole('button', { name: 'Get the account back' }).click()
    }
    await fresh.page.getByRole('button', { name: 'By the recovery sheet' }).click()
    await fresh.page.getByLabel('Handle').fill(handle)
    await fresh.page.getByLabel('New password').fill('regained harbour lantern olive')
    await recover(words.split(' ').slice(1).join(' '))
    await fresh.page.getByText('A word is wrong, or there are not twelve.').waitFor()
    await recover(words)
    await fresh.page.locator('[data-account=ready]').waitFor()
    await page.getByRole('alert').filter({ hasText: ENDED }).waitFor()
    await fresh.openChat('Pyotr')
    await fresh.write('found again')
    const heard = async () => {
      const { chat } = pyotr.client
        .chats()
        .find((each) => each.type === 'private' && each.with.handle === handle)!
      return (await pyotr.client.history(chat, { limit: 10 })).map(({ text }) => text)
    }
    await expect.poll(heard, { timeout: 120_000 }).toContain('found again')
    expect([...old.complaints, ...fresh.complaints]).toEqual([])
  })
})

/** Somebody new who has written to Pyotr. */
async function withHistory(browser: Browser, handle: string, texts: readonly string[]): Promise<Visitor> {
  const visitor = await Visitor.open(browser, community.url)
  await visitor.register(handle, 'Somebody')
  await visitor.ask('pyotr')
  await visitor.page.getByRole('heading', { name: 'Pyotr' }).waitFor()
  for (const text of texts) await visitor.write(text)
  await visitor.putSheetAway()
  await visitor.page
    .getByRole('img', { name: /Delivered|Read/ })
    .first()
    .waitFor()
  return visitor
}

async function wordsOf(sheet: Locator): Promise<string> {
  const words = sheet.locator('.sheet-words li')
  await words.nth(11).waitFor()
  return (await words.allInnerTexts()).join(' ')
}

/** @returns the code that lets a new device in */
async function showCode({ page }: Visitor, handle: string): Promise<string> {
  await page.getByRole('button', { name: 'Let a new device in' }).click()
  await page.getByLabel('Password').fill(passwordOf(handle))
  await page.getByRole('button', { name: 'Go on' }).click()
  return page.locator('.link-code').innerText()
}
