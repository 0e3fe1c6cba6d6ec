/**
 * A user who does one thing after the other, chosen at random, for as long as they are let. Whoever gets no answer asks
 * the same again, with the same key, until there is one; what was answered goes into the ledger.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { colors, priorities } from '../../services/nichatka/src/domain.ts'
import { allOf, byKey } from './fragments.ts'
import type { Ledger, Sent, Target, View } from './ledger.ts'
import type { Answer, Asked, FieldList, NichatkaClient } from './nichatka-client.ts'

export interface Town {
  readonly nicknames: readonly string[]
  /** Ids of groups that stay as they are. */
  readonly groups: readonly string[]
  /** The id of the group into and out of which people go. */
  readonly changing: string
  readonly ledger: Ledger
  readonly random: () => number
}

export class BusyUser {
  readonly #client: NichatkaClient
  readonly #town: Town
  #count = 0
  /** Ids of messages seen. */
  #known: readonly string[] = []

  constructor(client: NichatkaClient, town: Town) {
    this.#client = client
    this.#town = town
  }

  async run(isOver: () => boolean): Promise<void> {
    await sleep(this.#below(1_000))
    while (!isOver()) await this.#pick(this.#acts)()
  }

  /** The more often one stands here, the more often it is done. */
  readonly #acts = [
    ...Array(4).fill(() => this.#send(this.#someone())),
    ...Array(2).fill(() => this.#send(this.#aGroup())),
    ...Array(3).fill(() => this.#reply()),
    ...Array(8).fill(() => this.#change()),
    ...Array(4).fill(() => this.#look()),
    ...Array(4).fill(() => this.#askStatus()),
    () => this.#seldom(() => this.#send({ kind: 'everyone' })),
    () => this.#seldom(() => this.#makeGroup()),
    () => this.#goInOrOut(),
    () => this.#ask('PATCH', 'typing', { typing: this.#pick(['0', '1']) }, [200]),
    () => this.#ask('GET', 'recipients', { q: this.#pick(this.#town.nicknames).slice(0, 3) }, [200]),
    () => this.#ask('GET', 'history', { q: 'word', limit: '5' }, [200]),
    () => this.#beRefused(),
  ] as readonly (() => Promise<unknown>)[]

  async #send(to: Target): Promise<void> {
    const priority = this.#pick(priorities)
    await this.#write(to, [...addressesOf(to), ['priority', priority]], priority)
  }

  async #reply(): Promise<void> {
    if (this.#known.length === 0) return this.#look()
    const to = { kind: 'reply', parentId: this.#pick(this.#known), toAll: this.#below(3) === 0 } as const
    // Of the few that name a priority, most name another than the parent's, and are refused.
    const priority = this.#below(4) === 0 ? this.#pick(priorities) : undefined
    const fields: FieldList = [
      ['parent', to.parentId],
      ['reply', to.toAll ? 'all' : 'sender'],
      ...(priority === undefined ? [] : [['priority', priority] as const]),
    ]
    await this.#write(to, fields, priority)
  }

  async #write(to: Target, fields: FieldList, priority: Sent['priority']): Promise<void> {
    const [key, text] = this.#newText()
    const all: FieldList = [['id', key], ['text', text], ...fields]
    const { status } = await this.#ask(
      'POST',
      'messages',
      all,
      to.kind === 'reply' ? [200, 201, 401] : [200, 201],
    )
    const outcome = status === 401 ? 'refused' : 'acknowledged'
    this.#town.ledger.sent.push({ key, sender: this.#client.nickname, text, to, priority, outcome })
    if (outcome === 'acknowledged' && this.#below(5) === 0) {
      await this.#ask('POST', 'messages', all, [200])
      this.#town.ledger.repeated++
    }
  }

  async #change(): Promise<void> {
    if (this.#known.length === 0) return this.#look()
    const id = this.#pick(this.#known)
    const change: View = this.#pick([
      { status: 'read' },
      { status: 'read' },
      { status: 'hidden' },
      { color: this.#pick([...colors, 'none']) },
      { priority: this.#pick([...priorities, 'sender']) },
      { status: 'read', color: this.#pick(colors), priority: this.#pick(priorities) },
    ] as const)
    await this.#ask('PATCH', `messages/${id}`, { ...change }, [200])
    this.#town.ledger.change(this.#client.nickname, id, change)
  }

  async #look(): Promise<void> {
    const path = this.#pick(['panel', 'panel', 'history'])
    const { elements } = await this.#ask('GET', path, { part: 'list', box: 'all', limit: '30' }, [200])
    this.#known = idsIn(elements())
  }

  async #askStatus(): Promise<void> {
    await this.#ask('GET', 'status', {}, [200])
  }

  async #makeGroup(): Promise<void> {
    const name = `group of ${this.#client.nickname} ${this.#count++}`
    const members = [...new Set([1, 2, 3].map(() => this.#pick(this.#town.nicknames)))]
    const fields: FieldList = [['name', name], ...members.map((each) => ['member', each] as const)]
    // A group that was made although the answer was lost has its name already.
    await this.#ask('POST', 'groups', fields, [201, 401])
    this.#town.ledger.groups.set(name, members)
  }

  async #goInOrOut(): Promise<void> {
    const { changing, ledger } = this.#town
    const isIn = this.#below(2) === 0
    const fields = { [isIn ? 'add' : 'remove']: this.#client.nickname }
    await this.#ask('PATCH', `groups/${changing}`, fields, [200])
    ledger.joined.set(this.#client.nickname, isIn)
  }

  /** Each is wrong in one thing, and must not take effect in another. */
  async #beRefused(): Promise<void> {
    const [key, text] = this.#newText('refused')
    const other = this.#pick(this.#town.nicknames.filter((each) => each !== this.#client.nickname))
    const message: FieldList = [
      ['id', key],
      ['text', text],
      ['to', `user:${other}`],
    ]
    const id = this.#known[0] ?? '1'
    const asked = this.#pick<readonly [string, string, FieldList, Asked?]>([
      ['POST', 'messages', [...message, ['priority', 'urgent']]],
      ['POST', 'messages', [...message, ['to', 'group:999999']]],
      ['POST', 'messages', [...message, ['to', 'user:\u202e']]],
      ['POST', 'messages', [...message, ['text', text]]],
      ['POST', 'messages', [...message, ['more', '1']]],
      ['POST', 'messages', [...message.slice(0, 2), ['parent', '99999999999']]],
      ['POST', 'messages', message.slice(1)],
      ['POST', 'messages', message, { user: other }],
      [
        'POST',
        'messages',
        message,
        { token: this.#client.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) },
      ],
      [
        'PATCH',
        `messages/${id}`,
        [
          ['status', 'hidden'],
          ['color', 'pink'],
        ],
      ],
      [
        'PATCH',
        `messages/${id}`,
        [
          ['status', 'hidden'],
          ['priority', 'urgent'],
        ],
      ],
      ['PATCH', 'messages/99999999999', [['status', 'hidden']]],
      [
        'POST',
        'groups',
        [
          ['name', text],
          ['member', other],
          ['member', '\u202e'],
        ],
      ],
      [
        'PATCH',
        `groups/${this.#town.changing}`,
        [
          ['name', text],
          ['add', '\u202e'],
        ],
      ],
      ['PATCH', 'groups/999999', [['add', other]]],
    ])
    await this.#ask(asked[0], asked[1], asked[2], [401], asked[3])
    this.#town.ledger.refused++
  }

  /** @throws Error for an answer of another status */
  async #ask(
    method: string,
    path: string,
    fields: Asked['fields'] & object,
    expected: readonly number[],
    asked: Asked = {},
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.#tryOnce(method, path, { fields, charset: 'utf-8', ...asked })
      if (answer === undefined) {
        await sleep(300 + this.#below(900))
      } else if (expected.includes(answer.status)) {
        this.#town.ledger.acknowledged++
        return answer
      } else {
        throw new Error(`${method} ${path} answered ${answer.status} ${answer.code} ${answer.field}`)
      }
    }
  }

  async #tryOnce(method: string, path: string, asked: Asked): Promise<Answer | undefined> {
    try {
      const answer = await this.#client.ask(method, path, asked)
      if (answer.status < 500) return answer
    } catch {
      // Killed before it answered, or before it was asked.
    }
    this.#town.ledger.unanswered++
    return undefined
  }

  #newText(word = 'word'): readonly [key: string, text: string] {
    const number = this.#count++
    return [
      `key-${number}-${this.#client.nickname.replaceAll(' ', '-')}`,
      `${word} ${number} of ${this.#client.nickname}`,
    ]
  }

  #someone(): Target {
    const users = Array.from({ length: this.#pick([1, 1, 1, 3]) }, () => this.#pick(this.#town.nicknames))
    return { kind: 'chosen', users, groups: [] }
  }

  #aGroup(): Target {
    const users = this.#below(3) === 0 ? [this.#pick(this.#town.nicknames)] : []
    return { kind: 'chosen', users, groups: [this.#pick(this.#town.groups)] }
  }

  async #seldom(act: () => Promise<void>): Promise<void> {
    if (this.#below(8) === 0) await act()
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!
  }

  #below(bound: number): number {
    return Math.floor(this.#town.random() * bound)
  }
}

/** Of the messages in an answer. */
export function idsIn(elements: Parameters<typeof byKey>[0]): string[] {
  const list = byKey(elements, 'list')
  if (list === undefined) throw new Error('an answer without a list')
  const ids = [...allOf(list)].map(({ attributes }) => /^m(\d+)$/.exec(attributes.get('data-key') ?? '')?.[1])
  return ids.filter((id) => id !== undefined)
}

function addressesOf(to: Target): (readonly ['to', string])[] {
  if (to.kind === 'reply') return []
  if (to.kind === 'everyone') return [['to', 'everyone']]
  const { users, groups } = to
  return [...users.map((user) => `user:${user}`), ...groups.map((group) => `group:${group}`)].map(
    (address) => ['to', address] as const,
  )
}
