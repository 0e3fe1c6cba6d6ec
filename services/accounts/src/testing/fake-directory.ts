/** The directory service as accounts tells it: it remembers what it was told. */
import { type Client, Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { AccountId } from '@veche/protocol'
import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import { dependencyTransport } from '@veche/service-kit'

export class FakeDirectory {
  /** Of whom it was told, in order. */
  readonly told: AccountId[] = []
  isReachable = true
  /** Called before it answers. */
  onTold: () => Promise<void> = async () => {}

  client(): Client<typeof DirectoryInternalService> {
    const transport = createRouterTransport(({ service }) =>
      service(DirectoryInternalService, {
        refreshPeople: async ({ accountIds }) => {
          if (!this.isReachable) throw new ConnectError('not there', Code.Unavailable)
          this.told.push(...accountIds.map((id) => AccountId.fromBytes(id)))
          await this.onTold()
          return {}
        },
      }),
    )
    return createClient(DirectoryInternalService, dependencyTransport(transport))
  }
}
