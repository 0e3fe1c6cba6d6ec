/** Where a chat's history is kept (M22), as this device holds it. */
import { create } from '@bufbuild/protobuf'
import { type Keeping, KeepingSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'

export interface LocalKeeping {
  /** On this device. */
  readonly device: boolean
  /** On the server: in a private chat by this account's wish, while the peer wishes it too; in a group by right. */
  readonly server: boolean
  /** By the peer's wish; always in a group. */
  readonly peerServer: boolean
  /** Of what the server was told, as it counts it. */
  readonly revision: bigint
}

/** @param wire absent where it is as by default */
export function toLocalKeeping(wire: Keeping | undefined): LocalKeeping {
  return {
    device: wire?.notOnDevice !== true,
    server: wire?.notOnServer !== true,
    peerServer: wire?.peerNotOnServer !== true,
    revision: wire?.revision ?? 0n,
  }
}

export function toWireKeeping({ device, server, peerServer, revision }: LocalKeeping): Keeping {
  return create(KeepingSchema, {
    notOnDevice: !device,
    notOnServer: !server,
    peerNotOnServer: !peerServer,
    revision,
  })
}
