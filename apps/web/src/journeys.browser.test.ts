/** What people do with the web app from its first page on, in real browsers against a whole server. */
import { createHash } from 'node:crypto'
import { Community } from '@veche/testkit'
import { inBrowsers } from '@veche/testkit/browsers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Visitor } from './testing/visitor.ts'

let community: Community
beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community?.[Symbol.asyncDispose]())

inBrowsers('journeys', (browser, kind) => {
  test(`M10 M11 M14 in ${kind} two people come from nothing to a verified private chat`, async () => {
    const [anna, boris] = [`anna-${kind}`, `boris-${kind}`]
    await using ann = await Visitor.open(browser(), community.url)
    await using bor = await Visitor.open(browser(), community.url)
    await ann.register(anna, 'Anna')
    await bor.register(boris, 'Boris')

    await ann.ask(boris)
    await ann.page.getByText('waits for an answer').waitFor()
    await bor.go('Private')
    await bor.page.getByRole('link', { name: /Anna wants to write to you/ }).click()
    const card = bor.page.locator('.request-card')
    expect(await card.locator('.request-who').innerText()).toBe(`Anna\n@${anna}`)
    await bor.page.getByRole('button', { name: 'Allow' }).click()

    await bor.write('The gate is *open*, see https://veche.example/map.')
    await bor.putSheetAway()
    await ann.page.getByRole('link', { name: /Boris/ }).click()
    await ann.sees('The gate is open')
    expect(await ann.page.locator('.message em').innerText()).toBe('open')
    const link = ann.page.locator('.message a')
    expect(await link.getAttribute('href')).toBe('https://veche.example/map')
    expect(await link.getAttribute('rel')).toContain('noreferrer')
    await bor.page
      .getByRole('img', { name: /Delivered|Read/ })
      .first()
      .waitFor()

    await ann.write('I come at five')
    await ann.putSheetAway()
    await bor.sees('I come at five')

    for (const { page } of [ann, bor]) {
      await page.getByRole('button', { name: 'About this chat' }).click()
      await page.locator('.number').waitFor()
    }
    const digits = await ann.page.locator('.number').innerText()
    expect(digits.replace(/\D/g, '')).toHaveLength(60)
    expect(await bor.page.locator('.number').innerText()).toBe(digits)
    await ann.page.getByRole('button', { name: 'The digits are the same' }).click()
    await ann.page.getByText('Verified: you have compared them.').waitFor()
    expect([...ann.complaints, ...bor.complaints]).toEqual([])
  })

  test(`M13 in ${kind} a newcomer comes by a link into a group whose other members use other programs`, async () => {
    const owner = await community.welcome(`owner-${kind}`, 'Oksana')
    const { chat } = await owner.client.groups.create({ name: 'Garden' })
    const { link } = await owner.client.groups.invite(chat)
    await using newcomer = await Visitor.open(browser(), link)
    const { page } = newcomer
    expect(page.url()).not.toContain('join=')
    await newcomer.register(`new-${kind}`, 'Nina')
    await page.getByRole('heading', { name: 'Garden' }).waitFor()

    await newcomer.write('Good morning')
    await newcomer.putSheetAway()
    const heard = () => owner.client.history(chat, { limit: 10 })
    await expect
      .poll(async () => (await heard()).map(({ text }) => text), { timeout: 60_000 })
      .toContain('Good morning')
    const [asked] = await heard()
    await owner.client.send(chat, `Welcome, @new-${kind}`, { replyTo: asked!.id })
    await newcomer.sees('Welcome')
    const answer = page.locator('.message', { hasText: 'Welcome' })
    expect(await answer.locator('.rich .name').innerText()).toBe('Oksana')
    expect(await answer.locator('.quote').innerText()).toContain('Good morning')
    expect(await answer.locator('mark').innerText()).toBe(`@new-${kind}`)
    expect(await page.locator('.message .rich .name').allInnerTexts()).toEqual(['Nina', 'Oksana'])
    expect(newcomer.complaints).toEqual([])
  })

  test(`M11 M12 C15 in ${kind} settings show the release, and the three states of the policy do what they say`, async () => {
    await using host = await Visitor.open(browser(), community.url)
    await host.register(`host-${kind}`, 'Hanna')
    const guests = await Promise.all(['one', 'two'].map((name) => community.welcome(`${name}-${kind}`)))
    await host.settings()
    const list = await (await fetch(`${community.url}/release.json`)).arrayBuffer()
    const release = createHash('sha256').update(Buffer.from(list)).digest('hex')
    const shown = await host.page.locator('.release').innerText()
    expect(shown.replace(/[^0-9A-F]/g, '').toLowerCase()).toBe(release)
    for (const [language, code] of [
      ['Русский', 'ru'],
      ['English', 'en'],
    ] as const) {
      await host.page.getByLabel(language).check()
      await host.page
        .locator(`link[rel=manifest][href="/${code}.webmanifest"]`)
        .waitFor({ state: 'attached' })
    }
    await expect.poll(() => host.page.getByLabel('ask me').isChecked(), { timeout: 60_000 }).toBe(true)

    await host.page.getByLabel('no one new').check()
    await host.page.getByText('Nobody new can ask you for a chat.').waitFor()
    expect(await guests[0]!.client.requests.ask(`host-${kind}`)).not.toMatchObject({ status: 'open' })

    await host.page.getByLabel('anyone').check()
    await host.page.getByText('Whoever knows your handle can write at once.').waitFor()
    expect(await guests[1]!.client.requests.ask(`host-${kind}`)).toMatchObject({ status: 'open' })
    await host.go('Private')
    await host.page.getByRole('link', { name: new RegExp(`two-${kind}`) }).waitFor()
    expect(await host.page.getByRole('link', { name: new RegExp(`one-${kind}`) }).count()).toBe(0)
    expect(host.complaints).toEqual([])
  })

  test(`M22 in ${kind} what is kept where is in sight, and one click changes it`, async () => {
    const peer = await community.welcome(`peer-${kind}`, 'Pyotr')
    await peer.client.settings.setAcceptance('allowed')
    await using own = await Visitor.open(browser(), community.url)
    const { page } = own
    await own.register(`keep-${kind}`, 'Kira')
    await own.ask(`peer-${kind}`)
    await page.getByRole('heading', { name: 'Pyotr' }).waitFor()
    await own.write('For your eyes')
    await own.putSheetAway()
    await page.getByRole('button', { name: /On the server: kept On this device: kept/ }).click()
    await page.getByLabel('On this device').click()
    await page.getByRole('button', { name: 'Erase from this device' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: /On this device: not kept/ }).waitFor()
    await expect.poll(() => page.locator('.message').count(), { timeout: 60_000 }).toBe(0)
  })
})
