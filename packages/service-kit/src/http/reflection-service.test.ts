import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { type Client, Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  ServerReflection,
  type ServerReflectionRequest,
} from '@veche/protocol/gen/grpc/reflection/v1/reflection_pb.js'
import { ServerReflection as Older } from '@veche/protocol/gen/grpc/reflection/v1alpha/reflection_pb.js'
import { expect, test } from 'vitest'
import { silentLogger } from '../log/logger.ts'
import { errorInterceptor } from '../rpc/error-interceptor.ts'
import { registerReflection } from './reflection-service.ts'
import { openTestListener } from './test-listener.ts'

type Asked = ServerReflectionRequest['messageRequest']

async function ask(client: Client<typeof ServerReflection>, ...asked: Asked[]) {
  const requests = (async function* () {
    for (const messageRequest of asked) yield { messageRequest }
  })()
  const answers = []
  for await (const { messageResponse } of client.serverReflectionInfo(requests)) answers.push(messageResponse)
  return answers
}

test('M25 over real gRPC both versions list the services, and give what a client needs to call them', async () => {
  await using listener = await openTestListener()
  const transport = createGrpcTransport({ baseUrl: listener.url })
  // Field for field alike.
  const older = createClient(Older, transport) as unknown as Client<typeof ServerReflection>
  for (const client of [createClient(ServerReflection, transport), older]) {
    const [services, byName, bySymbol, byMethod, byField] = await ask(
      client,
      { case: 'listServices', value: '' },
      { case: 'fileByFilename', value: 'veche/chats/v1/chats.proto' },
      { case: 'fileContainingSymbol', value: ChatsService.typeName },
      { case: 'fileContainingSymbol', value: `${ChatsService.typeName}.Append` },
      { case: 'fileContainingSymbol', value: 'veche.chats.v1.Entry.position' },
    )
    expect(services).toMatchObject({
      value: {
        service: [
          { name: 'grpc.reflection.v1.ServerReflection' },
          { name: 'grpc.reflection.v1alpha.ServerReflection' },
          { name: 'veche.chats.v1.ChatsService' },
        ],
      },
    })
    for (const answer of [byName, bySymbol, byMethod, byField]) {
      expect(answer).toEqual(byName)
      if (answer?.case !== 'fileDescriptorResponse') throw new Error(answer?.case)
      const file = answer.value.fileDescriptorProto.map((bytes) =>
        fromBinary(FileDescriptorProtoSchema, bytes),
      )
      const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: file.toReversed() }))
      const methods = registry.getService(ChatsService.typeName)?.methods.map(({ name }) => name)
      expect(methods).toEqual(ChatsService.methods.map(({ name }) => name))
    }
  }
})

test('what is not on the public listener, and what is no question, gets an error of its own, and the stream goes on', async () => {
  const answers = await ask(
    reflection(),
    { case: 'fileContainingSymbol', value: 'veche.accounts.internal.v1.AccountsInternalService' },
    { case: 'fileByFilename', value: 'veche/accounts/internal/v1/accounts_internal.proto' },
    { case: 'fileByFilename', value: '../../etc/passwd' },
    { case: 'fileContainingSymbol', value: '__proto__' },
    { case: 'allExtensionNumbersOfType', value: 'veche.chats.v1.Entry' },
    { case: undefined },
    { case: 'listServices', value: '*' },
  )
  expect(
    answers.map((answer) => (answer.case === 'errorResponse' ? answer.value.errorCode : answer.case)),
  ).toEqual([...Array(5).fill(Code.NotFound), Code.InvalidArgument, 'listServicesResponse'])
  expect(JSON.stringify(answers.at(-1))).not.toContain('internal')
})

test('a stream that asks without end, or nothing at all, is ended', async () => {
  const client = reflection({ maxRequests: 3, idleTimeoutMs: 20 })
  const list: Asked = { case: 'listServices', value: '' }
  expect(await ask(client, list, list, list)).toHaveLength(3)
  const tooMany = ask(client, list, list, list, list)
  expect(await tooMany.catch((error) => ConnectError.from(error).code)).toBe(Code.ResourceExhausted)
  const silent = client.serverReflectionInfo(
    (async function* () {
      await new Promise(() => {})
      yield {}
    })(),
  )
  const ended = silent[Symbol.asyncIterator]().next()
  expect(await ended.catch((error) => ConnectError.from(error).code)).toBe(Code.DeadlineExceeded)
})

function reflection(limits?: Parameters<typeof registerReflection>[2]): Client<typeof ServerReflection> {
  const transport = createRouterTransport((router) => registerReflection(router, [ChatsService], limits), {
    router: { interceptors: [errorInterceptor(silentLogger)] },
  })
  return createClient(ServerReflection, transport)
}
