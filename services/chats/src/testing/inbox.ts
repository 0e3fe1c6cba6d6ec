import type { InboxItem } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Person } from './person.ts'
import type { TestService } from './test-service.ts'

/** What waits for a person's device: all items of one kind, in order. */
export async function itemsOf(
  service: TestService,
  person: Person,
  kind: InboxItem['item']['case'],
): Promise<InboxItem['item'][]> {
  const found: InboxItem['item'][] = []
  for await (const { event } of service.as(person).subscribe({})) {
    if (event.case === 'inbox') found.push(...event.value.items.map(({ item }) => item))
    if (event.case === 'caughtUp') break
  }
  return found.filter((item) => item.case === kind)
}
