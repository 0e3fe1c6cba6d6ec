/** Compares the web app that a server serves with the one of this program. Needs no account, and changes nothing. */
import { WebApp } from '@veche/app-server'
import { trustOf } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { explained, profileFolder } from '../profile.ts'
import { isReal, reportText } from '../verify-web/report-text.ts'
import { verifyWeb, type WebReport } from '../verify-web/verify-web.ts'

export async function run(context: Context, address: string): Promise<ExitCode> {
  const { output, terminal, words } = context
  const server = originOf(address)
  const web = await localRelease()
  const told = { ...context, options: { ...context.options, server: address } }
  const report = await explained(told, () =>
    verifyWeb(web, server, {
      trust: trustOf(profileFolder(context)),
      signal: terminal.interrupted,
      onBegun: (answers) => output.remark(words.says.web.begun(answers)),
    }),
  )
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  await show(context, report, web.release)
  if (report.findings.some(isReal)) throw new Failure('web_differs', exitCode.refused, server.origin)
  return exitCode.done
}

async function show({ output, options, words }: Context, report: WebReport, release: string): Promise<void> {
  const { answers, findings } = report
  const text = reportText(report, release, words)
  const same = !findings.some(isReal)
  if (options.json) {
    for (const { path, difference, visitors, answers: count } of findings) {
      const { kind, ...details } = difference
      await output.show({ path, difference: kind, ...details, visitors, answers: count }, undefined)
    }
  }
  await output.show({ same, release, answers }, text)
}

/** @throws Failure `invalid_server` */
function originOf(address: string): URL {
  const url = URL.parse(address)
  const isOrigin = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (!isOrigin || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw wrongUse('invalid_server', address)
  return url
}

/** @throws Failure where there is none, or it was changed after it was made */
async function localRelease(): Promise<WebApp> {
  const web = await WebApp.read()
  if (web === undefined) throw wrongUse('no_local_release')
  const [damaged] = web.damaged
  if (damaged !== undefined) throw wrongUse('local_release_damaged', damaged)
  return web
}
