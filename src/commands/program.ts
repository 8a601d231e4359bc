import { Command } from 'commander'
import { suggestion } from '../core/did-you-mean.js'
import { LATER_VERBS } from '../core/later-verbs.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { applyCommand } from './apply.js'
import { archiveCommand } from './archive.js'
import { completionCommand } from './completion.js'
import { discardCommand } from './discard.js'
import { drainCommand } from './drain.js'
import { fanoutCommand } from './fanout.js'
import { labCommand } from './lab.js'
import { ledgerCommand } from './ledger.js'
import { failpointsCommand, rehearseCommand } from './practise.js'
import { reconcileCommand } from './reconcile.js'
import { replayCommand } from './replay.js'
import { reportCommand } from './report.js'
import { restoreCommand } from './restore.js'
import { resumeCommand } from './resume.js'
import { runbookCommand } from './runbook.js'
import { runsCommand } from './runs.js'
import { scheduleCommand } from './schedule.js'
import { setCommand } from './set.js'
import { abortCommand, pauseCommand, statusCommand } from './steer.js'
import { surveyCommand } from './survey.js'
import { withCommonFlags } from './verb.js'

const AFTER = `
First night? Start with:
  spillway survey kafka://HOST:9092/TOPIC?group=GROUP

Every verb that changes something prints its plan until --execute is given.
Exit codes: 0 complete | 1 failed or unbalanced | 2 could not start | 3 complete, something left | 4 refused | 130/143 stopped`

const SO_FAR = {
  code: 'not-supported',
  hint: 'Until then: `spillway drain` and `spillway fanout`. `spillway --help` lists the verbs of this one.',
}

/** The whole tree of commands. Nothing but commander is loaded; each action imports what it needs. */
export const program = (io: Io, version: string): Command => {
  const root = new Command('spillway')
    .description('Get a backed-up message queue moving again.')
    .usage('VERB [arguments] [options]')
    .version(version, '--version', 'print the version')
    .enablePositionalOptions()
    .addHelpText('after', AFTER)
  withCommonFlags(root)
  for (const make of [surveyCommand, statusCommand, runsCommand, reportCommand]) root.addCommand(make(io))
  root.addCommand(ledgerCommand(io))
  root.addCommand(archiveCommand(io))
  root.addCommand(reconcileCommand(io))
  for (const make of [drainCommand, fanoutCommand, discardCommand, replayCommand, applyCommand, restoreCommand])
    root.addCommand(make(io))
  root.addCommand(runbookCommand(io))
  root.addCommand(scheduleCommand(io))
  for (const make of [pauseCommand, resumeCommand, setCommand, abortCommand]) root.addCommand(make(io))
  for (const make of [rehearseCommand, labCommand, failpointsCommand]) root.addCommand(make(io))
  root.addCommand(completionCommand(io, () => root))
  root.on('command:*', ([name = '']: string[]) => {
    if (LATER_VERBS.includes(name)) throw new UserError(`${name} comes with a later version`, SO_FAR)
    const names = root.commands.flatMap(command => [command.name(), ...command.aliases()])
    throw new UserError(`unknown command "${name}"`, { hint: suggestion(name, names, 'commands') })
  })
  configure(root, io)
  return root
}

// Errors are thrown, never printed or exited on, all the way down the tree: only main prints.
const configure = (command: Command, io: Io): void => {
  command.exitOverride()
  command.configureOutput({
    writeOut: text => io.out.write(text),
    writeErr: () => undefined,
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  })
  for (const sub of command.commands) configure(sub, io)
}
