// Develops the web app: `node apps/web/dev.js`. Builds it, runs a server with it on http://127.0.0.1:8480 where anyone may
// register, and after each change of its sources or of the packages below builds it again and starts the server anew. The
// server's data stand in apps/web/data/.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.js'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(here))
const QUIET_MS = 200

let server
let due
let working = Promise.resolve()

for (const folder of [join(here, 'src'), join(root, 'packages')]) {
  watch(folder, { recursive: true }, (_, name) => {
    if (!/\/src\/|\.(tsx?|css|html|svg)$/.test(name ?? '') || /\.test\.ts$/.test(name)) return
    clearTimeout(due)
    due = setTimeout(renew, QUIET_MS)
  })
}
renew()

function renew() {
  working = working.then(rebuild)
}

async function rebuild() {
  try {
    await build()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return
  }
  await stopServer()
  const env = { VECHE_DATA: join(here, 'data'), VECHE_REGISTRATION: 'open', ...process.env }
  server = spawn(process.execPath, [join(root, 'bin/veche'), 'serve'], { env, stdio: 'inherit' })
}

async function stopServer() {
  if (!server || server.exitCode !== null) return
  server.kill()
  await once(server, 'exit')
}
