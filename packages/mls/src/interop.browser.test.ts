/**
 * Our engine and OpenMLS in one group: each joins what the other makes, by Welcomes and by external commits, follows its
 * commits and reads its messages. What our engine gets wrong in a way that its own kind does not notice is found here.
 */

import { randomBytes } from '@noble/hashes/utils.js'
import { missingPackages } from '@veche/testkit/browsers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, CoreCrypto, type CoreCryptoMember } from './testing/core-crypto.ts'
import { PlainMember } from './testing/plain-member.ts'
import { type Random, seededRandom, seedFromEnvironment } from './testing/random.ts'

const COMMITS = process.env.VECHE_LONG === '1' ? 2000 : 100
const MOST_MEMBERS = 9

type Member = PlainMember | CoreCryptoMember

const isHere = missingPackages(['chromium']).length === 0
if (!isHere) process.stdout.write('interop: not tried, for Chromium is not installed\n')

describe.runIf(isHere)('with OpenMLS', () => {
  let openmls: CoreCrypto
  beforeAll(async () => {
    openmls = await CoreCrypto.open()
  })
  afterAll(() => openmls?.[Symbol.asyncDispose]())

  const ours = async () => new PlainMember(newId())
  const theirs = () => openmls.newMember(newId())

  test.each([
    { by: 'ours', make: ours, other: theirs },
    { by: 'OpenMLS', make: theirs, other: ours },
  ])(
    'A7 a group by $by: the other kind joins by a Welcome and by an external commit, and one goes out',
    async ({ make, other }: { make: () => Promise<Member>; other: () => Promise<Member> }) => {
      const founder: Member = await make()
      await founder.create(randomBytes(32))
      const group = new Members([founder])
      const second = await other()
      await group.admit(founder, second)
      await group.agree()
      const third = await other()
      await group.joinExternally(third, founder)
      await group.agree()
      const fourth = await make()
      await group.joinExternally(fourth, second)
      await group.agree()
      for (const one of [...group.all]) await group.commit(one, await one.update())
      await group.agree()
      await group.expel(second, fourth)
      await group.agree()
    },
  )

  test(`A7 ${COMMITS} random commits of both keep all together`, { timeout: COMMITS * 20_000 }, async () => {
    const seed = seedFromEnvironment()
    process.stdout.write(`interop: VECHE_SEED=${seed}\n`)
    const random = seededRandom(seed)
    const founder = await ours()
    await founder.create(randomBytes(32))
    const group = new Members([founder])
    for (let count = 0; count < COMMITS; count++) {
      await group.step(random, random.below(2) === 0 ? ours : theirs)
      if (count % 5 === 0) await group.agree()
    }
    await group.agree()
    process.stdout.write(`interop: ${JSON.stringify(group.counts)}\n`)
    expect(Object.keys(group.counts)).toHaveLength(8)
  })
})

/** All that are in one group; every commit goes to all others. */
class Members {
  readonly counts: Record<string, number> = {}
  all: Member[]
  #groupInfo: Uint8Array | undefined

  constructor(all: Member[]) {
    this.all = all
  }

  async step(random: Random, make: () => Promise<Member>): Promise<void> {
    const actor = random.pick(this.all)
    const isFull = this.all.length >= MOST_MEMBERS
    switch (random.below(4)) {
      case 0:
        if (!isFull) return this.admit(actor, await make())
        break
      case 1:
        if (!isFull && this.#groupInfo) return this.joinExternally(await make())
        break
      case 2:
        if (this.all.length > 2)
          return this.expel(actor, random.pick(this.all.filter((one) => one !== actor)))
        break
    }
    this.#count('update', actor)
    await this.commit(actor, await actor.update())
  }

  async admit(by: Member, newcomer: Member): Promise<void> {
    this.#count('add', by)
    const bundle = await by.add(await newcomer.newKeyPackage())
    await this.commit(by, bundle)
    await newcomer.join(bundle.welcome!)
    this.all.push(newcomer)
  }

  /** @param by whose commit comes before, so that the group is told of by it */
  async joinExternally(newcomer: Member, by?: Member): Promise<void> {
    if (by) await this.commit(by, await by.update())
    this.#count('join', newcomer)
    const bundle = await newcomer.joinExternal(this.#groupInfo!)
    this.all.push(newcomer)
    await this.commit(newcomer, bundle)
  }

  async expel(by: Member, gone: Member): Promise<void> {
    this.#count('remove', by)
    const bundle = await by.remove(gone.id)
    this.all = this.all.filter((one) => one !== gone)
    await this.commit(by, bundle)
  }

  async commit(by: Member, { commit, groupInfo }: Bundle): Promise<void> {
    for (const member of this.all) {
      if (member !== by) expect(await member.hear(commit)).toEqual({ kind: 'commit' })
    }
    this.#groupInfo = groupInfo
  }

  /** The same epoch with the same secrets, and everybody reads everybody. */
  async agree(): Promise<void> {
    const [first, ...others] = this.all
    const [epoch, secret] = [await first!.epoch(), await first!.secret()]
    for (const other of others) {
      expect(await other.epoch()).toBe(epoch)
      expect(await other.secret()).toEqual(secret)
    }
    for (const speaker of this.all) {
      const message = await speaker.say(`by ${speaker.id}`)
      for (const hearer of this.all) {
        if (hearer !== speaker)
          expect(await hearer.hear(message)).toEqual({ kind: 'text', text: `by ${speaker.id}` })
      }
    }
  }

  #count(what: string, by: Member): void {
    const name = `${what} by ${by instanceof PlainMember ? 'ours' : 'OpenMLS'}`
    this.counts[name] = (this.counts[name] ?? 0) + 1
  }
}

/** As Wire names a client. */
function newId(): string {
  return `${crypto.randomUUID()}:${(1 + Math.floor(Math.random() * 0xffff)).toString(16)}@veche.example`
}
