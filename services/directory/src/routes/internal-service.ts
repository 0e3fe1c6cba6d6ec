import type { ServiceImpl } from '@connectrpc/connect'
import type { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import type { DirectoryContext } from '../context.ts'
import { refreshGroups } from './internal/refresh-groups.ts'
import { refreshPeople } from './internal/refresh-people.ts'

export function internalService(context: DirectoryContext) {
  return {
    refreshPeople: refreshPeople(context),
    refreshGroups: refreshGroups(context),
  } satisfies ServiceImpl<typeof DirectoryInternalService>
}
