/** grpc.health.v1 for the server as a whole and for each of its public services. */
import { create } from '@bufbuild/protobuf'
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect'
import {
  Health,
  type HealthCheckRequest,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from '@veche/protocol/gen/grpc/health/v1/health_pb.js'
import { RpcError } from '../rpc/rpc-error.ts'
import type { Readiness } from './readiness.ts'

export { Health }

/** @param services full names, e.g. `veche.chats.v1.ChatsService` */
export function registerHealth(
  router: ConnectRouter,
  readiness: Readiness,
  services: ReadonlySet<string>,
): void {
  router.service(Health, {
    check(request) {
      if (request.service !== '' && !services.has(request.service)) {
        throw new RpcError(Code.NotFound, 'service_unknown')
      }
      return statusOf(request, readiness, services)
    },
    async *watch(request, { signal }) {
      do yield statusOf(request, readiness, services)
      while (await readiness.changed(signal))
      // The caller's deadline: a stream that ended well would say that there is nothing more to watch.
      if (signal.reason instanceof ConnectError) throw signal.reason
    },
  })
}

function statusOf({ service }: HealthCheckRequest, readiness: Readiness, services: ReadonlySet<string>) {
  const known = service === '' || services.has(service)
  const status = readiness.ready ? Status.SERVING : Status.NOT_SERVING
  return create(HealthCheckResponseSchema, { status: known ? status : Status.SERVICE_UNKNOWN })
}
