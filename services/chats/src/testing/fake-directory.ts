/** The directory service as chats tells it: it remembers what it was told. */
import { type Client, Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { ChatId } from '@veche/protocol'
import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import { dependencyTransport } from '@veche/service-kit'

export class FakeDirectory {
  /** Of which groups it was told, in order. */
  readonly told: ChatId[] = []
  isReachable = true

  client(): Client<typeof DirectoryInternalService> {
    const transport = createRouterTransport(({ service }) =>
      service(DirectoryInternalService, {
        refreshGroups: ({ chatIds }) => {
          if (!this.isReachable) throw new ConnectError('not there', Code.Unavailable)
          this.told.push(...chatIds.map((id) => ChatId.fromBytes(id)))
          return {}
        },
      }),
    )
    return createClient(DirectoryInternalService, dependencyTransport(transport))
  }
}
