/** Alice, Bob and Carol, and a group that is Alice's: what most tests of groups begin with. */
import { TestGroup } from './group.ts'
import type { Person } from './person.ts'
import type { TestService } from './test-service.ts'

export interface Trio {
  readonly alice: Person
  readonly bob: Person
  readonly carol: Person
  /** Alice alone is in it. */
  readonly group: TestGroup
}

/** @param policy who may add them, of all three; to open a link is one's own consent (M11), whatever it is */
export async function gather(
  service: TestService,
  policy: Parameters<TestService['enrol']>[1],
): Promise<Trio> {
  const alice = await service.enrol('alice', policy)
  const bob = await service.enrol('bob', policy)
  const carol = await service.enrol('carol', policy)
  const group = await new TestGroup((person) => service.as(person), alice).create()
  return { alice, bob, carol, group }
}
