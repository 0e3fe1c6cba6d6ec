import type { ServiceImpl } from '@connectrpc/connect'
import type { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import type { DirectoryService } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import type { DirectoryContext } from '../context.ts'

type Directory = ServiceImpl<typeof DirectoryService>
type Internal = ServiceImpl<typeof DirectoryInternalService>

/** Gives the handler of one RPC, by its name. */
export type Route<Name extends keyof Directory> = (context: DirectoryContext) => Directory[Name]
export type InternalRoute<Name extends keyof Internal> = (context: DirectoryContext) => Internal[Name]
