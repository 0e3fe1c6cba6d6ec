import { Code, createClient, createRouterTransport } from '@connectrpc/connect'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { deadlineInterceptor } from './deadline-interceptor.ts'

test('C8: a unary call without a deadline ends by the server’s own; a stream does not', async () => {
  const transport = createRouterTransport(
    (router) =>
      router.service(ChatsService, {
        listChats: () => new Promise(() => {}),
        listRequests: () => ({}),
        async *subscribe() {
          await new Promise((resolve) => setTimeout(resolve, 200))
          yield {}
        },
      }),
    { router: { interceptors: [deadlineInterceptor(20)] } },
  )
  const chats = createClient(ChatsService, transport)
  await expect(chats.listChats({})).rejects.toMatchObject({ code: Code.DeadlineExceeded })
  expect((await chats.listRequests({})).incoming).toEqual([])
  let events = 0
  for await (const _event of chats.subscribe({})) events++
  expect(events).toBe(1)
})
