import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** sun_path has 108 bytes on Linux and 104 on macOS, with the name in the folder and a final zero. */
const maxFolderBytes = 103 - '/.s.PGSQL.5432'.length

export interface ShortPath extends AsyncDisposable {
  readonly path: string
}

/** A path to `folder` under which a Unix socket can be reached: its own, or a link in the temporary folder. */
export async function shortPath(folder: string): Promise<ShortPath> {
  const path = await realpath(folder)
  if (Buffer.byteLength(path) <= maxFolderBytes) return { path, [Symbol.asyncDispose]: async () => {} }
  const place = await mkdtemp(join(tmpdir(), 'veche-'))
  await symlink(path, join(place, 'pg'))
  return {
    path: join(place, 'pg'),
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  }
}
