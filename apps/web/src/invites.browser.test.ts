/** Links into groups, as they are made, opened, kept and taken back in browsers. */
import { Community } from '@veche/testkit'
import { checkAccessibility, inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Visitor } from './testing/visitor.ts'

const TIMEOUT = { timeout: 60_000 }

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('invites', (browser, kind) => {
  test(`M13 in ${kind} a link is kept over a reload before registering, and by nothing afterwards`, async () => {
    const host = await community.welcome(`host-${kind}`, 'Hanna')
    const { chat } = await host.client.groups.create({ name: 'Garden' })
    const { link } = await host.client.groups.invite(chat)
    await using guest = await Visitor.open(browser(), link)
    const { page } = guest
    await page.getByText(`Server: ${new URL(community.url).host}`).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'You are invited to a group' }).waitFor()
    expect(page.url()).not.toContain('join=')
    await guest.register(`guest-${kind}`, 'Greta')
    await page.getByRole('heading', { name: 'Garden' }).waitFor()
    await expect.poll(() => page.evaluate(() => sessionStorage.length), TIMEOUT).toBe(0)
    await page.reload()
    await page.getByRole('heading', { name: 'Garden' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test(`M13 in ${kind} who has an account sees where a link leads before joining, asks, and takes it back`, async () => {
    const host = await community.welcome(`leads-${kind}`, 'Lena')
    const { chat } = await host.client.groups.create({ name: 'Choir', description: 'On Fridays' })
    const { link } = await host.client.groups.invite(chat)
    const { link: asking } = await host.client.groups.invite(chat, { approve: true })
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`comes-${kind}`, 'Clara')

    await page.goto(asking)
    const dialog = page.getByRole('dialog', { name: 'An invite link' })
    await dialog.getByText('This link asks for you to be let in').waitFor()
    expect(page.url()).not.toContain('join=')
    await dialog.getByRole('button', { name: 'Ask to be let in' }).click()
    await page.getByText('To be let into a group').waitFor()
    await expect.poll(async () => (await host.client.requests.list()).incoming.length, TIMEOUT).toBe(1)
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('Your request is taken back.').waitFor()
    await expect
      .poll(
        async () =>
          (await host.client.requests.list()).incoming.filter(({ status }) => status === 'pending').length,
        TIMEOUT,
      )
      .toBe(0)
    await expect.poll(() => page.getByRole('button', { name: 'Take it back' }).count(), TIMEOUT).toBe(0)

    await page.goto(link)
    await dialog.getByText('Choir').waitFor()
    await dialog.getByText('1 person').waitFor()
    await dialog.getByText('On Fridays').waitFor()
    await checkAccessibility(page, 'where a link leads')
    await dialog.getByRole('button', { name: 'Not now' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(host.client.groups.members(chat)).toHaveLength(1)
    await page.goto(link)
    await dialog.getByRole('button', { name: 'Join the group' }).click()
    await page.getByRole('heading', { name: 'Choir' }).waitFor()
    await expect.poll(() => host.client.groups.members(chat).length, TIMEOUT).toBe(2)
    expect(own.complaints).toEqual([])
  })

  test(`M13 in ${kind} a link gives the role that was chosen for it`, async () => {
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`makes-${kind}`, 'Mara')
    await page.getByRole('button', { name: 'New group' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('Board')
    await page.getByRole('button', { name: 'Make the group' }).click()
    await page.getByRole('heading', { name: 'Board' }).waitFor()
    await page.getByRole('button', { name: 'Make an invite link' }).click()
    const form = page.locator('.about form.card')
    const role = form.getByLabel('Who comes by it is')
    expect(await role.locator('option').allInnerTexts()).toEqual([
      'member, as the group has it',
      'reader',
      'admin',
      'owner',
    ])
    await role.selectOption('reader')
    expect(await form.getByLabel('They also read what was written before').count()).toBe(0)
    await form.getByRole('button', { name: 'Make an invite link' }).click()
    const link = await page.locator('.made-link input').inputValue()
    await page.locator('.about .member', { hasText: 'reader' }).waitFor()
    const reader = await community.welcome(`reads-${kind}`, 'Rita')
    await reader.client.join(link)
    await expect.poll(() => reader.client.chats(), TIMEOUT).toMatchObject([{ name: 'Board', role: 'reader' }])
  })
})
