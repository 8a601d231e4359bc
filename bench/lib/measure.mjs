import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { cpuOf, cpuOfMachine, cpuOfReaped, peakOf, processes, tree } from './proc.mjs'
import { watchThreads } from './threads.mjs'

const alive = new Set()

/** Ends every mover still running: for Ctrl-C. */
export function endMovers() {
  for (const pid of alive) killGroup(pid)
}

/**
 * Runs one mover and weighs it: wall time from exec to exit, CPU with children, peak memory, and what the broker paid.
 * @param {{ file: string, args: string[], env?: Record<string, string> }} command
 * @param {{ dir: string, brokerPid: number, patience: number, until?: (exited: () => boolean) => Promise<object> }} around
 *   patience: milliseconds until it is killed, which counts as exit 128; `until` watches a mover that never ends by itself; it is killed when `until` answers
 */
export async function measure(command, { dir, brokerPid, patience, until }) {
  const before = reading(brokerPid)
  const { child, exited } = launch(command, { dir, patience })
  const memory = watchMemory(child.pid)
  const threads = watchThreads({ mover: child.pid, broker: brokerPid })
  const moving = until ? await until(() => child.exitCode !== null || child.signalCode !== null) : undefined
  const wallOfWatch = performance.now()
  if (until) killGroup(child.pid)
  const { code, at } = await exited
  alive.delete(child.pid)
  const busiest = threads()
  const after = reading(brokerPid)
  const wall = ((until ? wallOfWatch : at) - before.at) / 1000
  const output = { code: until ? 0 : code, stdout: readFileSync(join(dir, 'stdout'), 'utf8'), stderr: tail(dir) }
  const paid = costs({ before, after, brokerPid, family: memory.family })
  return { ...output, wall, moving, peak: memory.stop(), ...paid, busiest }
}

function launch({ file, args, env }, { dir, patience }) {
  const [out, err] = ['stdout', 'stderr'].map(name => openSync(join(dir, name), 'w'))
  const child = spawn(file, args, {
    stdio: ['ignore', out, err],
    env: { ...process.env, ...env },
    cwd: dir,
    detached: true,
  })
  for (const fd of [out, err]) closeSync(fd)
  if (child.pid) alive.add(child.pid)
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => resolve({ code: code ?? 128, at: performance.now() }))
  })
  const overdue = setTimeout(() => killGroup(child.pid), patience)
  return { child, exited: exited.finally(() => clearTimeout(overdue)) }
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

const tail = dir => readFileSync(join(dir, 'stderr'), 'utf8').slice(-2000)

const reading = brokerPid => ({
  all: processes(),
  broker: cpuOf(brokerPid),
  mover: cpuOfReaped(),
  machine: cpuOfMachine(),
  at: performance.now(),
})

/** Samples VmHWM, which only rises, of the mover and its children; answers the sum of their peaks in bytes. */
function watchMemory(root) {
  const peaks = new Map([[root, 0]])
  let ticks = 0
  const look = () => {
    if (ticks++ % 20 === 2) for (const pid of tree(root)) if (!peaks.has(pid)) peaks.set(pid, 0)
    for (const [pid, seen] of peaks) peaks.set(pid, Math.max(seen, peakOf(pid) ?? 0))
  }
  const timer = setInterval(look, 25)
  const stop = () => {
    clearInterval(timer)
    return [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0)
  }
  return { stop, family: peaks }
}

/** CPU seconds of mover and broker, and shares of all cores over the window. */
function costs({ before, after, brokerPid, family }) {
  const capacity = ((after.at - before.at) / 1000) * availableParallelism()
  const moverCpu = after.mover - before.mover
  const brokerCpu = after.broker - before.broker
  const share = seconds => seconds / capacity
  const machine = name => after.machine[name] - before.machine[name]
  return {
    moverCpu,
    brokerCpu,
    busy: share(moverCpu + brokerCpu),
    other: share(Math.max(0, machine('busy') - moverCpu - brokerCpu)),
    iowait: share(machine('iowait')),
    steal: share(machine('steal')),
    others: topOthers({ before, after, known: new Set([brokerPid, ...family.keys()]) }),
  }
}

/** The three other processes that took most CPU, as `name seconds`. */
function topOthers({ before, after, known }) {
  return [...after.all]
    .filter(([pid]) => !known.has(pid))
    .map(([pid, { name, cpu }]) => ({ name, cpu: cpu - (before.all.get(pid)?.cpu ?? 0) }))
    .filter(({ cpu }) => cpu >= 0.05)
    .sort((a, b) => b.cpu - a.cpu)
    .slice(0, 3)
    .map(({ name, cpu }) => `${name} ${cpu.toFixed(2)}`)
}
