import { directWriterOf, principalOf } from '@veche/service-kit'
import { meetDevice } from '../database/devices.ts'
import { DeviceReader } from '../stream/device-reader.ts'
import { DeviceStream } from '../stream/device-stream.ts'
import { readPosition, readPositions } from './position.ts'
import type { Route } from './route.ts'

export const subscribe: Route<'subscribe'> = (context) =>
  async function* ({ positions, inboxPosition }, call) {
    const { hub, clock } = context
    const { accountId, deviceId, expiresAtMs } = principalOf(call)
    const named = readPositions(positions)
    const { device, announced } = await meetDevice(context.database, { accountId, deviceId })
    const stream: DeviceStream = new DeviceStream({
      device,
      accountId,
      reader: new DeviceReader(context, { accountId, deviceId, device }),
      clock,
      expiresAtMs,
      positions: named,
      inboxPosition: readPosition(inboxPosition),
      onFollow: (chatIds) => hub.follow(stream, chatIds),
      writer: directWriterOf(call),
    })
    const onAbort = () => {
      stream.end()
      hub.close(stream)
    }
    call.signal.addEventListener('abort', onAbort, { once: true })
    hub.open(stream)
    context.arrivals.announce({ accountId, device, announced })
    try {
      if (!call.signal.aborted) yield* stream.events()
    } finally {
      call.signal.removeEventListener('abort', onAbort)
      hub.close(stream)
    }
  }
